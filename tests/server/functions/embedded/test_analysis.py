"""Functions in documents: found, judged and explained as in files of their own, at document positions."""

import pytest
from tests.support.language_texts import CODE

from codeorigin.analysis.analyzer import Analyzer
from codeorigin.analysis.report import FunctionReport, line_range, walk
from codeorigin.functions.documents import Document
from codeorigin.functions.finding import function_id
from codeorigin.model.verdict import Reason


@pytest.fixture(scope="module")
def analyzer() -> Analyzer:
    return Analyzer.load()


def fenced(code: str, info: str, margin: str = "") -> str:
    lines = [f"```{info}", *code.strip("\n").split("\n"), "```"]
    return "".join(f"{margin}{line}".rstrip(" ") + "\n" for line in lines)


@pytest.mark.parametrize("margin", ["", "  ", "> ", "> > "])
@pytest.mark.parametrize("language", CODE)
def test_block_is_judged_like_a_file(analyzer: Analyzer, language: str, margin: str) -> None:
    code = CODE[language].strip("\n") + "\n"
    alone = analyzer.analyze(Document(code, language))
    assert alone.functions
    text = f"é 😀\n\n{fenced(code, language, margin)}\nafter\n"
    document = analyzer.analyze(Document(text, "markdown"))
    assert (document.language, document.verdict) == ("markdown", None)
    assert [(each.function_id, each.verdict, each.span.language) for each in document.functions] == [
        (each.function_id, each.verdict, each.span.language) for each in alone.functions
    ]
    lines = text.split("\n")
    for (_, there), (_, here) in zip(walk(alone.functions), walk(document.functions), strict=True):
        assert line_range(here) == tuple(line + 3 for line in line_range(there))
        name = there.span.name_range
        assert text[here.span.name_range.start : here.span.name_range.end] == code[name.start : name.end]
        data = text.encode()[here.span.name_range.start_byte : here.span.name_range.end_byte]
        assert data.decode() == code[name.start : name.end]
        start = here.span.range
        assert text[start.start :].startswith(lines[start.start_line][start.start_column :])
        assert function_id(text, here.span) == here.function_id


@pytest.mark.parametrize("margin", ["", "   ", "> "])
def test_explanation_has_document_positions(analyzer: Analyzer, margin: str) -> None:
    text = "Text\n\n" + fenced(CODE["python"], "python", margin)
    function = next(
        each
        for each in analyzer.analyze(Document(text, "markdown")).functions
        if each.verdict.logit is not None
    )
    explanation = analyzer.explain(text, function.span)
    first, last = line_range(function)
    assert [line.line + 1 for line in explanation.lines] == list(range(first, last + 1))
    assert explanation.logit == pytest.approx(function.verdict.logit)
    lines = text.split("\n")
    for token in explanation.top_tokens:
        assert lines[token.line][token.start_column : token.end_column].strip() == token.text.strip()
    assert analyzer.explain(text, function.span) == explanation
    assert analyzer.cached_explanation(text, function.span) == explanation


def reasons(functions: tuple[FunctionReport, ...]) -> list[Reason | None]:
    return [function.verdict.reason for function in functions]


def test_comments_above_blocks_and_in_code_ignore_functions(analyzer: Analyzer) -> None:
    above = "<!-- codeorigin: ignore -->\n" + fenced(CODE["python"], "python")
    inside = fenced("# codeorigin: ignore\n" + CODE["python"].lstrip("\n"), "python")
    document = analyzer.analyze(Document(above + inside + fenced(CODE["python"], "python"), "markdown"))
    per_block = len(document.functions) // 3
    assert set(reasons(document.functions[:per_block])) == {Reason.IGNORED}
    assert Reason.IGNORED in reasons(document.functions[per_block : 2 * per_block])
    assert Reason.IGNORED not in reasons(document.functions[2 * per_block :])


def test_language_filter_applies_and_documents_may_have_no_code(analyzer: Analyzer) -> None:
    text = fenced(CODE["python"], "python") + fenced(CODE["go"], "go")
    found = analyzer.analyze(Document(text, "markdown", languages=frozenset(["go"]))).functions
    assert {function.span.language for function in found} == {"go"}
    assert analyzer.analyze(Document("# Nothing\n", "rst")).functions == ()
