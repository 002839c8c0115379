"""Hover: the score at once, the evidence when it is ready, and no document text interpreted as markup."""

import asyncio
import re

import pytest
from lsprotocol import types
from tests.server.lsp.editor import Editor, python_function

pytestmark = pytest.mark.asyncio(loop_scope="session")


async def test_header_hover_shows_verdict_and_evidence(editor: Editor) -> None:
    document = editor.open("import os\n\n\n" + python_function("explained"))
    hover = await editor.hover(document, 3)
    assert hover is not None
    assert hover.range.start.line == 3
    assert hover.contents.kind is types.MarkupKind.Markdown
    text = hover.contents.value
    model = (await editor.command("codeorigin.status"))["modelId"]
    assert re.search(r"\*\*CodeOrigin: .* likely LLM-written\*\* · `explained` · band `llm`", text)
    assert "your own threshold" in text
    assert "| Line | Evidence | | Code |" in text
    assert "completeness gap" in text
    assert "Strongest tokens" in text
    assert "not proof of who wrote it" in text
    assert f"Model: `{model}`" in text
    assert not re.search(r"copilot|chatgpt|claude|gemini|cheat|plagiari", text, re.IGNORECASE)


async def test_table_shows_lines_of_the_function_with_bars(editor: Editor) -> None:
    document = editor.open("import os\n\n\n" + python_function("rows"))
    text = await editor.hover_text(document, 3)
    rows = re.findall(r"^\| (\d+) \| ([+-]\d+\.\d\d) \| ([▰▱]+) \| `(.*)` \|$", text, re.MULTILINE)
    assert rows
    source = document.text.split("\n")
    for number, value, bar, code in rows:
        assert source[int(number) - 1].strip() == code
        assert set(bar) == ({"▰"} if float(value) > 0 else {"▱"})
        assert 1 <= len(bar) <= 8


async def test_model_threshold_is_shown_with_its_guarantee(editor: Editor) -> None:
    await editor.configure(explainWait=10_000)
    document = editor.open(python_function("guaranteed"))
    text = await editor.hover_text(document, 0)
    assert re.search(
        r"Reported at .* or more: at most .* of the human-written.* functions of a new repository are expected",
        text,
    )
    await editor.configure(explainWait=10_000, falsePositiveRate=0.02)
    text = await editor.hover_text(document, 0)
    assert "at most 2 % of the human-written calibration functions score as high" in text


async def test_line_has_a_hover_once_its_attribution_is_known(editor: Editor) -> None:
    document = editor.open(python_function("lines"))
    assert await editor.hover(document, 3) is None
    rows = re.findall(r"^\| (\d+) \| ([+-]\d\.\d\d)", await editor.hover_text(document, 0), re.MULTILINE)
    number, value = rows[-1]
    if number == "1":
        number, value = rows[0]
    text = await editor.hover_text(document, int(number) - 1)
    assert f"**{value}**" in text
    assert "This line" in text or number == "1"


async def test_no_hover_outside_functions(editor: Editor) -> None:
    document = editor.open("x = 1\n\n\n" + python_function("inside"))
    assert await editor.hover(document, 0) is None
    assert await editor.hover(document, 10_000) is None


async def test_hover_without_a_verdict_gives_the_reason(editor: Editor) -> None:
    document = editor.open("def tiny():\n    return 1\n")
    assert "No verdict: the function is too short to judge." in await editor.hover_text(document, 0)


async def test_nested_function_is_judged_with_the_enclosing_one(editor: Editor) -> None:
    inner = "".join(f"    {line}\n" for line in python_function("inner").splitlines())
    document = editor.open(f"def outer(values, limit):\n{inner}    return inner(values, limit)\n")
    text = await editor.hover_text(document, 1)
    assert "`outer`" in text
    assert "judged as part of this function" in text


async def test_first_hover_does_not_wait_and_a_later_one_has_the_evidence(editor: Editor) -> None:
    await editor.configure(threshold=0.0, explainWait=0)
    # Long, so that its explanation cannot be ready before the first hover is answered.
    body = "".join(f"    total_{number} = limit * {number}\n" for number in range(3000))
    document = editor.open(python_function("patience") + body)
    first = await editor.hover_text(document, 0)
    assert "likely LLM-written" in first
    assert "hover again" in first
    assert "| Line |" not in first
    await editor.idle()
    assert "| Line | Evidence |" in await editor.hover_text(document, 0)
    reports = [report for reports in editor.client.progress_reports.values() for report in reports]
    kinds = [report.kind for report in reports]
    assert kinds.count("begin") == kinds.count("end")


async def test_document_text_is_not_interpreted_as_markup(editor: Editor) -> None:
    body = (
        "def risky(values):\n"
        "    first = '`code` | <b>bold</b> [link](command:rm) ![x](http://example.org/x.png)'\n"
        "    second = '``two`` | \\\\ | <script>alert(1)</script>'\n"
        "    third = 'bidi \u202e reversed \u2066 isolate \u200b zero'\n"
        "    fourth = first + second + third\n"
        "    for value in values:\n"
        "        fourth += value\n"
        "    return fourth\n"
    )
    document = editor.open(body)
    text = await editor.hover_text(document, 0)
    assert not set(text) & set("\u202e\u2066\u200b")
    table = [line for line in text.split("\n") if line.startswith("|")]
    assert table
    for row in table:
        assert len(re.findall(r"(?<!\\)\|", row)) == 5
    outside = re.sub(r"(`+)(?!`).*?(?<!`)\1(?!`)", "", text)
    assert "<b>" not in outside
    assert "](" not in outside
    assert "<script>" not in outside


async def test_hover_over_text_being_typed_waits_for_its_score(editor: Editor) -> None:
    await editor.configure(threshold=0.0, debounce=10_000, explainWait=10_000, caretQuiet=0)
    document = editor.open(python_function("draft"))
    await editor.hover(document, 0)
    editor.replace(document, "draft", "final")
    assert "`final`" in await editor.hover_text(document, 0)


async def test_concurrent_hovers_are_all_answered(editor: Editor) -> None:
    document = editor.open("\n\n".join(python_function(f"many_{n}", n + 2) for n in range(6)))
    lines = [n for n, line in enumerate(document.text.split("\n")) if line.startswith("def ")]
    texts = await asyncio.gather(*(editor.hover_text(document, line) for line in lines * 3))
    for number, text in enumerate(texts):
        assert f"`many_{number % 6}`" in text


async def test_hover_can_be_cancelled(editor: Editor) -> None:
    await editor.configure(threshold=0.0, debounce=10_000, explainWait=10_000)
    text = "\n\n".join(python_function(f"cancel_{n}", n + 2) for n in range(40))
    document = editor.open(text)
    place = types.HoverParams(types.TextDocumentIdentifier(document.uri), types.Position(0, 4))
    error = await editor.cancelled_request(types.TEXT_DOCUMENT_HOVER, place, after=0)
    assert error.code == types.LSPErrorCodes.RequestCancelled
    assert await editor.hover(document, 0) is not None
