"""Hover: the score at once, the evidence when it is ready, and no document text interpreted as markup."""

import asyncio
import re

from lsprotocol import types
from tests.server.lsp.editor import Editor, hover_rows, python_function


async def test_header_hover_is_the_answer_its_lines_and_a_sentence(editor: Editor) -> None:
    document = editor.open("import os\n\n\n" + python_function("explained"), name="explained.py")
    hover = await editor.hover(document, 3)
    assert hover is not None
    assert hover.range.start.line == 3
    assert hover.contents.kind is types.MarkupKind.Markdown
    answer, lines, made_of, last = hover.contents.value.split("\n\n")
    assert re.fullmatch(r"\*\*Likely LLM\*\* - .+ human-written Python functions score this high", answer)
    assert lines.startswith("```text\n")
    assert len(hover_rows(lines)) == 3
    assert re.fullmatch(r"(Mostly|Partly|Its own lines) .+\.", made_of)
    command = "codeorigin explain explained.py:4"
    assert last == f"An estimate, not proof. Whole explanation: `{command}`"
    # The figures behind it are in the explanation.
    assert not re.search(r"logit|gap|%|[+-]\d\.\d|codeorigin-", hover.contents.value)
    assert not re.search(r"copilot|chatgpt|claude|gemini|cheat|plagiari", hover.contents.value, re.IGNORECASE)


async def test_rows_are_the_strongest_lines_with_bars(editor: Editor) -> None:
    document = editor.open("import os\n\n\n" + python_function("rows"))
    rows = hover_rows(await editor.hover_text(document, 3))
    answer = await editor.explain(document, 3)
    strongest = sorted(answer["explanation"]["lines"], key=lambda line: -abs(line["value"]))[:3]
    assert [number for _, _, number, _ in rows] == [line["line"] + 1 for line in strongest]
    assert [side for _, side, _, _ in rows] == ["LLM" if line["value"] > 0 else "human" for line in strongest]
    bars = [len(bar) for bar, *_ in rows]
    assert bars == [max(1, round(8 * abs(line["weight"]))) for line in strongest]
    source = document.text.split("\n")
    for *_, number, code in rows:
        assert source[number - 1].strip().startswith(code.rstrip("…"))


async def test_findings_are_explained_before_anybody_hovers(editor: Editor) -> None:
    document = editor.open(python_function("lines"))
    lines = range(1, document.text.count("\n"))
    # A line shows only what is known already.
    while not any(texts := [await editor.hover(document, line) for line in lines]):
        await asyncio.sleep(0.02)
    first = next(each for each in texts if each is not None)
    assert isinstance(first.contents, types.MarkupContent)
    assert re.match(
        r"\*\*This line points to (an LLM|a person)\*\* - number \d of 9 in strength\n\nAn estimate",
        first.contents.value,
    )
    rows = hover_rows(await editor.hover_text(document, 0))
    rank, side, number = next(
        (n, side, number) for n, (_, side, number, _) in enumerate(rows, 1) if number > 1
    )
    text = await editor.hover_text(document, number - 1)
    who = "an LLM" if side == "LLM" else "a person"
    assert text.startswith(f"**This line points to {who}** - number {rank} of 9 in strength\n\nAn estimate")


async def test_no_hover_outside_functions_and_the_reason_over_one_without_a_verdict(editor: Editor) -> None:
    document = editor.open("x = 1\n\n\ndef tiny():\n    return 1\n")
    assert await editor.hover(document, 0) is None
    assert await editor.hover(document, 10_000) is None
    assert await editor.hover_text(document, 3) == "**No verdict** - the function is too short to judge"
