"""Code in Markdown and reStructuredText, and in texts without a known language."""

import pytest
from lsprotocol import types
from tests.server.lsp.editor import PUSHED, SETTINGS, Document, Editor, hover_rows, python_function
from tests.support.language_texts import CODE

from codeorigin.wording.messages import IGNORE_FILE, IGNORE_FUNCTION, about


def fenced(code: str, info: str = "python", margin: str = "") -> str:
    lines = [f"```{info}", *code.rstrip("\n").split("\n"), "```"]
    return "".join(f"{margin}{line}".rstrip() + "\n" for line in lines)


def place(start: tuple[int, int], end: tuple[int, int]) -> types.Range:
    return types.Range(types.Position(*start), types.Position(*end))


def applied(document: Document, action: types.CodeAction) -> str:
    assert action.edit is not None
    edits = (
        action.edit.document_changes[0].edits  # type: ignore[union-attr]
        if action.edit.document_changes
        else (action.edit.changes or {})[document.uri]
    )
    edit = edits[0]
    assert isinstance(edit, types.TextEdit)
    lines = document.text.splitlines(keepends=True)
    line, column = edit.range.start.line, edit.range.start.character
    lines[line] = lines[line][:column] + edit.new_text + lines[line][column:]
    return "".join(lines)


async def test_block_has_findings_hover_and_evidence_at_document_positions(editor: Editor) -> None:
    text = "# Notes\n\n1. Like this:\n\n" + fenced(python_function("in_a_list"), margin="   ")
    document = editor.open(text, language="markdown", name="NOTES.md")
    [finding] = await editor.findings(document)
    assert finding.data["name"] == "in_a_list"
    assert finding.range == place((5, 3), (5, 3 + len("def in_a_list(values, limit):")))
    lines = text.split("\n")
    rows = hover_rows(await editor.hover_text(document, 5))
    assert len(rows) == 3
    assert all(lines[number - 1].strip().startswith(code.rstrip("…")) for *_, number, code in rows)
    answer = await editor.explain(document, 7)
    assert [line["line"] for line in answer["explanation"]["lines"]] == list(range(5, 14))
    for token in answer["explanation"]["topTokens"]:
        start, end = token["range"]["start"], token["range"]["end"]
        assert lines[start["line"]][start["character"] : end["character"]].strip() == token["text"].strip()
    assert await editor.hover(document, 2) is None


async def test_edits_outside_a_block_move_its_findings(editor: Editor) -> None:
    document = editor.open(
        "Text\n\n" + fenced(python_function("moved")), language="markdown", name="moved.md"
    )
    [before] = await editor.findings(document)
    editor.replace(document, "Text\n", "Text\n\nmore\n")
    [after] = await editor.findings(document)
    assert after.range.start.line == before.range.start.line + 2
    assert after.data["functionId"] == before.data["functionId"]


async def test_rescoring_a_document_and_a_selection_in_a_block(editor: Editor) -> None:
    text = "> Quoted:\n>\n" + fenced(python_function("quoted"), margin="> ")
    document = editor.open(text, language="markdown", name="quoted.md")
    await editor.findings(document)
    whole = await editor.rescore(document)
    assert [each["name"] for each in whole["functions"]] == ["quoted"]
    selection = {"start": {"line": 2, "character": 0}, "end": {"line": 12, "character": 0}}
    part = await editor.rescore(document, selection)
    assert part["verdict"]["logit"] == pytest.approx(whole["functions"][0]["verdict"]["logit"])
    prose = {"start": {"line": 0, "character": 0}, "end": {"line": 0, "character": 9}}
    told = await editor.rescore(document, prose)
    assert told["verdict"] is None
    assert told["message"] == "its language is not clear from the text"
    await editor.take(PUSHED, lambda params: params.uri == document.uri and len(params.diagnostics) == 2)


async def test_ignoring_a_quoted_function_and_the_whole_document(editor: Editor) -> None:
    text = "---\ntitle: x\n---\n" + fenced(python_function("quoted"), margin="> ")
    document = editor.open(text, language="markdown", name="ignored.md")
    [finding] = await editor.findings(document)
    found = await editor.actions(document, finding.range, finding)
    function, whole = found[about(IGNORE_FUNCTION, "quoted")], found[IGNORE_FILE]
    lines = applied(document, function).split("\n")
    assert lines[4:6] == ["> # codeorigin: ignore", "> def quoted(values, limit):"]
    assert applied(document, whole).startswith(
        "---\ntitle: x\n---\n<!-- codeorigin: ignore-file -->\n\n> ```python\n"
    )
    for action in (function, whole):
        changed = editor.open(applied(document, action), language="markdown")
        assert await editor.findings(changed) == []


async def test_restructuredtext_blocks_have_findings_and_hover(editor: Editor) -> None:
    code = "".join(f"   {line}\n" for line in python_function("directed").splitlines())
    document = editor.open(
        f"Title\n=====\n\n.. code-block:: python\n   :linenos:\n\n{code}\nEnd\n",
        language="restructuredtext",
        name="a.rst",
    )
    [finding] = await editor.findings(document)
    assert finding.range.start == types.Position(6, 3)
    assert {number for *_, number, _ in hover_rows(await editor.hover_text(document, 6))} <= set(range(7, 17))


async def test_language_of_an_untitled_text_is_detected(editor: Editor) -> None:
    document = editor.open(CODE["go"], language="plaintext", uri="untitled:Untitled-1")
    [finding] = await editor.findings(document)
    assert finding.data["name"].endswith("Lookup")
    line = finding.range.start.line
    assert hover_rows(await editor.hover_text(document, line))
    selection = {"start": {"line": line, "character": 0}, "end": {"line": line + 9, "character": 0}}
    answer = await editor.rescore(document, selection)
    assert answer["verdict"]["probability"] is not None
    await editor.take(PUSHED, lambda params: params.uri == document.uri and len(params.diagnostics) == 2)


async def test_language_is_detected_again_when_the_text_is_replaced(editor: Editor) -> None:
    document = editor.open(CODE["rust"], language="plaintext", uri="untitled:Untitled-2")
    assert await editor.findings(document)
    editor.fill(document, python_function("pasted"))
    assert await editor.names(document) == ["pasted"]
    editor.fill(document, "Dear all,\nthe meeting about the release is moved to Monday.\n")
    assert await editor.findings(document) == []
    answer = await editor.rescore(document)
    assert answer["message"] == "not scored: its language is not clear from the text"


async def test_documents_setting_switches_kinds_of_documents_off(editor: Editor) -> None:
    await editor.configure(**SETTINGS, documents=["markdown"])
    text = editor.open(python_function("plain"), language="plaintext", uri="untitled:Untitled-3")
    rest = editor.open(
        ".. code:: python\n\n  " + python_function("x"), language="restructuredtext", name="b.rst"
    )
    marked = editor.open(fenced(python_function("kept")), language="markdown", name="kept.md")
    assert await editor.findings(text) == []
    assert await editor.findings(rest) == []
    assert await editor.names(marked) == ["kept"]
    await editor.configure(**SETTINGS, documents=["markdown"], languages=["go"])
    assert await editor.findings(marked) == []
