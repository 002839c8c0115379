"""Which functions a change touched, and which it wrote."""

from codeorigin.functions.function_lines import FunctionLines, function_lines
from codeorigin.functions.outline import find_functions
from codeorigin.languages import get_language

CODE = """\
func first(a int) int {

	return a
}

func second(b int) int {
	return b
}
"""


def lines() -> list[FunctionLines]:
    return function_lines(CODE, find_functions(CODE, get_language("go")))


def test_function_lines_list_blank_and_letterless_lines() -> None:
    assert lines() == [FunctionLines(1, 4, (2, 4)), FunctionLines(6, 8, (8,))]


def test_function_is_touched_by_a_change_of_any_line() -> None:
    first, second = lines()
    assert [first.is_touched([(4, 5)]), second.is_touched([(4, 5)])] == [True, False]
    assert second.is_touched([(1, 2), (7, 7), (20, 30)])
    assert not first.is_touched([])
    assert not first.is_touched([(5, 9)])


def test_function_is_written_if_all_lines_with_letters_changed() -> None:
    first, second = lines()
    # A diff of a function added below another shows the brace of the one before, not its own.
    assert second.is_written([(4, 7)])
    assert not first.is_written([(4, 7)])
    assert first.is_written([(1, 1), (3, 3)])
    assert not first.is_written([(2, 4)])
    assert not FunctionLines(1, 2, (1, 2)).is_written([(1, 2)])
