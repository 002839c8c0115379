"""A parse that takes too long is ended by a count that is the same on every machine, and can be cancelled."""

import gc
import tracemalloc
from contextlib import suppress
from pathlib import Path

import pytest
from tree_sitter import Language as Grammar
from tree_sitter import Parser

from codeorigin.analysis.analyzer import Analyzer
from codeorigin.cancellation import CancelToken
from codeorigin.errors import Cancelled
from codeorigin.functions.finding import Outline, find_functions, outline
from codeorigin.languages import LANGUAGES, get_language
from codeorigin.languages.parsing import ParseBudgetError, parse_tree
from codeorigin.languages.syntax import parse
from codeorigin.model.file_verdict import FileReason

PYTHON = get_language("python")


def commented(size: int) -> str:
    """Python code where the grammar's scanner looks ahead, at every comment, over all that follow."""
    line = "    # " + "word " * 40 + "\n"
    return "def f(x):\n" + line * (size // len(line)) + "    return x\n"


FUNCTIONS = "".join(f"def f{number}(x):\n    return x\n" for number in range(2_000))


class _Later(CancelToken):
    """Cancelled after it has been asked three times."""

    asked = 0

    @property
    def cancelled(self) -> bool:
        self.asked += 1
        return self.asked > 3

    def raise_if_cancelled(self) -> None:
        if self.asked > 3:
            raise Cancelled("cancelled")


def test_text_that_is_rescanned_too_often_has_no_functions() -> None:
    text = commented(400_000)
    with pytest.raises(ParseBudgetError):
        parse(text, PYTHON)
    assert outline(text, PYTHON) == Outline((), parsed=False)
    assert find_functions(text, PYTHON) == ()


@pytest.mark.parametrize("language", ["python", "java", "php"])
def test_text_of_too_many_unparsable_pieces_has_no_functions(language: str) -> None:
    assert outline("(" * 30_001, get_language(language)) == Outline((), parsed=False)
    assert outline("(" * 1_000, get_language(language)) == Outline(())


@pytest.mark.parametrize(
    ("language", "text"),
    [
        ("javascript", f"{'f(' * 6_000}1{')' * 6_000}"),
        ("typescript", f"x = {'[' * 10_000}1{']' * 10_000};"),
        # A method without its class, which is parsed a second time as a method.
        ("javascript", f"m() {{ return {'[' * 10_000}1{']' * 10_000}; }}"),
    ],
)
def test_text_nested_too_deeply_to_search_has_no_functions(language: str, text: str) -> None:
    assert outline(text, get_language(language)) == Outline((), parsed=False)


def test_text_that_is_only_deep_or_only_large_is_parsed() -> None:
    """Each term of a sum is nested in the next; a long table is flat."""
    deep = "def f():\n    return " + " + ".join(["'word'"] * 3_000) + "\n"
    large = "def g():\n    return [" + "(1, 2),\n" * 20_000 + "]\n"
    assert [span.name for span in outline(deep + large, PYTHON).functions] == ["f", "g"]
    calls = "function f() { return " + "g(" * 1_000 + ")" * 1_000 + "; }\n"
    found = outline(calls + "const x = [" + "1, " * 40_000 + "];\n", get_language("javascript"))
    assert [span.name for span in found.functions] == ["f"]


def test_text_of_many_parsable_pieces_is_parsed() -> None:
    text = "def f(x):\n    return x\n" + "x = (1)\n" * 40_000 + "y = [" + "(1), " * 40_000 + "]\n"
    assert [span.name for span in outline(text, PYTHON).functions] == ["f"]


def test_text_with_many_comments_is_parsed() -> None:
    text = commented(40_000)
    assert [span.name for span in outline(text, PYTHON).functions] == ["f"]
    apart = "".join(f"# {'word ' * 10}\ndef f{number}(x):\n    return x\n" for number in range(8_000))
    assert len(apart) > 600_000
    assert len(outline(apart, PYTHON).functions) == 8_000


def test_running_parse_can_be_cancelled() -> None:
    token = _Later()
    with pytest.raises(Cancelled):
        outline(commented(400_000), PYTHON, cancel=token)
    assert token.asked < 50


def test_small_text_is_not_parsed_after_cancellation() -> None:
    token = CancelToken()
    token.cancel()
    with pytest.raises(Cancelled):
        outline("def f(): pass", PYTHON, cancel=token)


@pytest.mark.parametrize("text", [commented(70_000) + FUNCTIONS, commented(400_000)])
def test_parser_does_not_keep_what_it_has_read(text: str) -> None:
    """Python traces the memory of its own objects, whoever holds them."""

    def read() -> int:
        with suppress(ParseBudgetError):
            parse(text, PYTHON)
        gc.collect()
        return tracemalloc.get_traced_memory()[0]

    tracemalloc.start()
    try:
        read()
        before = read()
        assert max(read() for _ in range(5)) - before < len(text) // 10
    finally:
        tracemalloc.stop()


@pytest.mark.parametrize("language", LANGUAGES)
def test_long_text_read_in_pieces_is_parsed_whole(language: str) -> None:
    known = get_language(language)
    comment = f"{known.line_comment} \u00e9\u00e9\u00e9 \U0001d499 {'x' * 60}\n"
    data = (comment * 1000).encode()
    grammar = Grammar(known.grammar())
    root = parse_tree(grammar, data).root_node
    assert (root.end_byte, root.text) == (len(data), data)
    assert str(root) == str(Parser(grammar).parse(data).root_node)


def test_unparsed_file_says_why_it_has_no_verdict(tiny_model_dir: Path) -> None:
    report = Analyzer.load(tiny_model_dir).analyze(commented(400_000), "python")
    assert report.functions == ()
    assert report.verdict is not None
    assert (report.verdict.reason, report.verdict.band) == (FileReason.UNPARSED, None)
