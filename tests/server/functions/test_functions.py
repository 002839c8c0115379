"""The functions of one fixture file per language against a table of them, and what the table cannot show."""

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from codeorigin.core.cancellation import CancelToken
from codeorigin.core.errors import Cancelled
from codeorigin.functions.captured_spans import MAX_NESTING, SpanBuilder
from codeorigin.functions.function_lines import FunctionLines, function_lines
from codeorigin.functions.outline import find_functions, outline
from codeorigin.functions.spans import FunctionSpan, TextRange
from codeorigin.languages import LANGUAGES, get_language, language_for_path

FIXTURES = Path(__file__).parents[2] / "fixtures" / "functions"
SOURCES = sorted(path for path in FIXTURES.iterdir() if path.suffix != ".txt")


def flat(spans: tuple[FunctionSpan, ...], depth: int = 0) -> Iterator[tuple[int, FunctionSpan]]:
    for span in spans:
        yield depth, span
        yield from flat(span.nested, depth + 1)


def names(text: str, language: str) -> list[str]:
    return [span.qualified_name for _, span in flat(find_functions(text, get_language(language)))]


def of(text: str, span: TextRange | None) -> str:
    assert span is not None
    return text[span.start : span.end]


def row(text: str, depth: int, span: FunctionSpan) -> list[str]:
    doc = span.doc_comment
    return [
        "  " * depth + span.name,
        span.qualified_name,
        f"{span.range.start_line + 1}-{span.range.end_line + 1}",
        f"{doc.start_line + 1}-{doc.end_line + 1}" if doc else "-",
        " ".join(of(text, span.header).split()),
    ]


@pytest.mark.parametrize("source", SOURCES, ids=lambda path: path.stem)
def test_every_function_of_the_fixture_is_found(source: Path) -> None:
    text = source.read_text("utf-8")
    language = language_for_path(source)
    assert language is not None
    table = source.with_name(f"{source.stem}.expected.txt").read_text("utf-8").splitlines()[1:]
    expected = [[cell.rstrip() for cell in line.split(" | ", 4)] for line in table]

    found = [row(text, depth, span) for depth, span in flat(find_functions(text, language))]

    assert found == expected


def test_every_language_has_a_fixture() -> None:
    assert {path.stem for path in SOURCES} == set(LANGUAGES)


@pytest.mark.parametrize("source", SOURCES, ids=lambda path: path.stem)
@pytest.mark.parametrize("line_end", ["\r\n", "\r"], ids=["crlf", "cr"])
def test_line_ends_change_nothing_but_offsets(source: Path, line_end: str) -> None:
    language = language_for_path(source)
    assert language is not None
    text = source.read_text("utf-8")
    other = text.replace("\n", line_end)

    expected = [row(text, depth, span) for depth, span in flat(find_functions(text, language))]
    found = [row(other, depth, span) for depth, span in flat(find_functions(other, language))]

    assert found == expected


def test_range_reaches_from_the_first_decorator_to_the_last_statement() -> None:
    text = "import x\n\n# doc\n@a(\n  1)\n@b\ndef f(x):\n    return x\n\n\ny = 1\n"
    (span,) = find_functions(text, get_language("python"))
    assert of(text, span.range) == "@a(\n  1)\n@b\ndef f(x):\n    return x"
    assert of(text, span.header) == "def f(x):"
    assert of(text, span.name_range) == "f"
    assert of(text, span.doc_comment) == "# doc"


def test_range_is_the_whole_declaration_if_it_declares_nothing_else() -> None:
    text = "export const f = () => 1;\nconst g = () => 2, h = 3;\n"
    f, g = find_functions(text, get_language("javascript"))
    assert of(text, f.range) == "export const f = () => 1;"
    assert of(text, g.range) == "g = () => 2"


def test_attributes_above_a_function_belong_to_it() -> None:
    text = "use a;\n/// doc\n#[a]\n// why\n#[b]\npub fn f() {}\n"
    (span,) = find_functions(text, get_language("rust"))
    assert of(text, span.range) == "#[a]\n// why\n#[b]\npub fn f() {}"
    assert of(text, span.header) == "pub fn f()"
    assert of(text, span.doc_comment) == "/// doc"


def test_template_heads_belong_to_the_function() -> None:
    text = "template <class T>\nrequires X<T>\n[[nodiscard]] T f(T t)\n{ return t; }\n"
    (span,) = find_functions(text, get_language("cpp"))
    assert of(text, span.range) == text.rstrip("\n")
    assert of(text, span.header) == "T f(T t)"


def test_doc_comment_is_the_one_directly_above() -> None:
    text = "// far\n\n// near\n// nearer\nint f() { return 1; }\nint x; // of x\nint g() { return 1; }\n"
    f, g = find_functions(text, get_language("c"))
    assert of(text, f.doc_comment) == "// near\n// nearer"
    assert g.doc_comment is None


def test_columns_are_code_points_and_bytes_are_utf8() -> None:
    text = "\ufeff\t/* 👩‍👩‍👧 e\u0301\u2028\x0c\x85 */ function ƒ(𝒙) {\r\n\treturn '🎉'; }\r// é\rfunction g() {}"
    f, g = find_functions(text, get_language("javascript"))
    start = text.index("function ƒ")
    assert f.range == TextRange(
        start_byte=len(text[:start].encode()),
        end_byte=len(text[: text.index("\r// é")].encode()),
        start=start,
        end=text.index("\r// é"),
        start_line=0,
        start_column=start,
        end_line=1,
        end_column=len("\treturn '🎉'; }"),
    )
    assert (g.range.start_line, g.range.start_column, g.range.end) == (3, 0, len(text))
    assert of(text, g.doc_comment) == "// é"
    assert f.name == "ƒ"


def test_nul_and_lone_surrogates_do_not_shift_ranges() -> None:
    text = "x = '\ud800\0\udfff'  # \0\ndef f(\ud83d):\n    return '\0'\n"
    (span,) = find_functions(text, get_language("python"))
    assert of(text, span.range) == text[text.index("def") : -1]
    encoded = text.encode("utf-8", "surrogatepass")
    assert encoded[span.range.start_byte : span.range.end_byte].decode("utf-8", "surrogatepass") == of(
        text, span.range
    )


def test_nesting_beyond_the_limit_is_not_listed() -> None:
    text = "function f() {" * 3000 + "}" * 3000
    depths = [depth for depth, _ in flat(find_functions(text, get_language("javascript")))]
    assert depths == list(range(MAX_NESTING))


@pytest.mark.parametrize(
    ("language", "opening", "closing"),
    [
        ("python", "(", ")"),
        ("javascript", "class A { m() { return ", "}}"),
        ("typescript", "namespace A { ", "}"),
        ("tsx", "<a>", "</a>"),
        ("java", "class A { void f() { ", "}}"),
        ("go", "func() { x := ", "}"),
        ("c", "{ if (x) ", "}"),
        ("cpp", "namespace a { ", "}"),
        ("csharp", "class A { ", "}"),
        ("rust", "mod a { fn f() { ", "}}"),
        ("php", "<?php function() { $x = ", "}"),
        ("ruby", "module A\ndef f\n", "end\nend\n"),
    ],
)
def test_deep_nesting_is_not_an_error(language: str, opening: str, closing: str) -> None:
    for text in (opening * 4000 + closing * 4000, opening * 4000):
        spans = find_functions(text, get_language(language))
        assert all(depth < MAX_NESTING for depth, _ in flat(spans))


def test_functions_after_deep_nesting_are_found() -> None:
    text = "x = " + "(" * 4000 + ")" * 4000 + "\ndef last(): pass\n"
    assert names(text, "python") == ["last"]
    assert names("module A\n" * 4000 + "end\n" * 4000 + "def last; end\n", "ruby") == ["last"]


def test_long_names_are_shortened() -> None:
    key, nested = "k" * 5000, 4000
    (span,) = find_functions(f"x = {{ '{key}': () => 1 }}", get_language("javascript"))
    assert span.name == f"'{'k' * 198}…"
    (span,) = find_functions("namespace ab { " * nested + "void f() {} " + "}" * nested, get_language("cpp"))
    assert span.qualified_name.startswith("ab::ab::")
    assert span.qualified_name.endswith("::ab::f")
    assert len(span.qualified_name) < 2100


def test_top_level_functions_of_a_script_are_found() -> None:
    text = "using X;\n// doc\nint F(int x) { return x; }\nFunc<int> g = () => 1;\nConsole.Write(F(1));\n"
    f, g = find_functions(text, get_language("csharp"))
    assert of(text, f.range) == "int F(int x) { return x; }"
    assert of(text, f.doc_comment) == "// doc"
    assert of(text, g.range) == "Func<int> g = () => 1;"


def test_text_added_for_the_parser_is_in_no_range() -> None:
    text = "function a() {\n  const b = () => {\n    f(`${"
    (span,) = find_functions(text, get_language("javascript"))
    assert span.range.end == len(text)
    assert span.nested[0].range.end == len(text)


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


FUNCTIONS = 3_000


def test_cancelled_work_stops_after_a_few_more_steps(monkeypatch: pytest.MonkeyPatch) -> None:
    token, steps = CancelToken(), []
    known = SpanBuilder._open_function

    def cancelling(*arguments: Any) -> Any:
        steps.append(1)
        token.cancel()
        return known(*arguments)

    monkeypatch.setattr(SpanBuilder, "_open_function", cancelling)
    with pytest.raises(Cancelled):
        outline("def f():\n    return 1\n" * FUNCTIONS, get_language("python"), cancel=token)
    assert 0 < len(steps) < FUNCTIONS / 4
