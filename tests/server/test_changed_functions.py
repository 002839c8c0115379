"""Which functions a change touched, and which it wrote."""

from codeorigin.changed_functions import FunctionLines, function_lines
from codeorigin.functions import find_functions
from codeorigin.languages import get_language
from codeorigin.model.verdict import Reason, Verdict
from codeorigin.report import FunctionReport

CODE = """\
func first(a int) int {

	return a
}

func second(b int) int {
	return b
}
"""


def lines() -> list[FunctionLines]:
    none = Verdict.without(Reason.TOO_SHORT)
    spans = find_functions(CODE, get_language("go"))
    return function_lines(CODE, [FunctionReport(span, none, "") for span in spans])


def test_lines_of_functions() -> None:
    assert lines() == [FunctionLines(1, 4, (2,), (2, 4)), FunctionLines(6, 8, (), (8,))]


def test_touched_is_any_line() -> None:
    first, second = lines()
    assert [first.is_touched([(4, 5)]), second.is_touched([(4, 5)])] == [True, False]
    assert second.is_touched([(1, 2), (7, 7), (20, 30)])
    assert not first.is_touched([])
    assert not first.is_touched([(5, 9)])


def test_written_is_all_lines_but_those_without_a_letter() -> None:
    first, second = lines()
    # What a comparison says of a function that was added below another: the brace of the one before, not its own.
    assert second.is_written([(4, 7)])
    assert not first.is_written([(4, 7)])
    assert first.is_written([(1, 1), (3, 3)])
    assert not first.is_written([(2, 4)])
    assert not FunctionLines(1, 2, (), (1, 2)).is_written([(1, 2)])


def test_blank_lines_are_not_counted() -> None:
    first, _ = lines()
    assert first.changed_count([(1, 9)]) == 3
    assert first.changed_count([(2, 3)]) == 1
    assert first.changed_count([(5, 9)]) == 0
