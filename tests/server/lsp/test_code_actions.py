"""Code actions: made from diagnostics, with edits that do what they say."""

import attrs
from lsprotocol import types
from tests.server.lsp.conftest import NEOVIM, VSCODE, clients
from tests.server.lsp.editor import PUSHED, Document, Editor, python_function


def titled(found: dict[str, types.CodeAction], start: str) -> types.CodeAction:
    """The action whose title starts like this."""
    (action,) = (each for title, each in found.items() if title.startswith(start))
    return action


def apply(editor: Editor, document: Document, edit: types.WorkspaceEdit) -> None:
    """Apply the edit of an action as an editor does."""
    (change,) = edit.document_changes
    assert change.text_document.version == document.version
    (each,) = change.edits
    assert each.range.start == each.range.end
    lines = document.text.split("\n")
    line, column = each.range.start.line, each.range.start.character
    lines[line] = lines[line][:column] + each.new_text + lines[line][column:]
    document.text = "\n".join(lines)
    document.version += 1
    editor.change(document, types.TextDocumentContentChangePartial(range=each.range, text=each.new_text))


@clients(VSCODE, NEOVIM)
async def test_ignoring_a_function_silences_it(editor: Editor) -> None:
    method = "".join(f"    {line}\n" for line in ("@property\n" + python_function("noisy")).splitlines())
    document = editor.open("class A:\n" + method + "\n\n" + python_function("other"))
    (noisy, other) = await editor.findings(document)
    found = await editor.actions(document, noisy.range, noisy)
    action = titled(found, "Ignore this function: A.noisy")
    assert action.kind == types.CodeActionKind.QuickFix.value
    apply(editor, document, action.edit)
    assert document.text.split("\n")[1:3] == ["    # codeorigin: ignore", "    @property"]
    assert await editor.names(document) == [other.data["name"]]


async def test_ignoring_a_file_silences_it(editor: Editor) -> None:
    document = editor.open("#!/usr/bin/env python3\n# -*- coding: utf-8 -*-\n" + python_function("f"))
    (finding,) = await editor.findings(document)
    action = titled(await editor.actions(document, finding.range, finding), "Ignore this whole file")
    apply(editor, document, action.edit)
    assert document.text.split("\n")[2] == "# codeorigin: ignore-file"
    assert await editor.findings(document) == []


async def test_accepted_function_is_not_reported_until_its_text_changes(editor: Editor) -> None:
    document = editor.open(python_function("accepted") + "\n\n" + python_function("kept"))
    (accepted, _) = await editor.findings(document)
    found = await editor.actions(document, accepted.range, accepted)
    command = titled(found, "Accept this finding").command
    answer = await editor.command(command.command, *command.arguments, {"quiet": True})
    assert answer["accepted"] == 1
    await editor.idle()
    editor.replace(document, "def kept", "\n\ndef kept")
    assert await editor.names(document) == ["kept"]
    editor.replace(document, "total = 0", "total = 1")
    assert await editor.names(document) == ["accepted", "kept"]


async def test_actions_are_made_from_the_diagnostic_without_scoring(editor: Editor) -> None:
    await editor.configure(threshold=0.0, debounce=10_000)
    document = editor.open(python_function("stale"))
    (finding,) = await editor.findings(document)
    editor.replace(document, "def stale", "\n\n\ndef stale")
    moved = attrs.evolve(finding, range=types.Range(types.Position(3, 0), types.Position(3, 24)))
    found = await editor.actions(document, moved.range, moved)
    edit = titled(found, "Ignore this function").edit
    edits = edit.document_changes[0].edits
    assert edits[0].range.start.line == 3
    assert (await editor.command("codeorigin.status"))["queue"] == 0


async def test_selections_can_be_rescored(editor: Editor) -> None:
    document = editor.open(python_function("one") + "\n\n" + python_function("two"))
    await editor.findings(document)
    place = types.Range(types.Position(1, 0), types.Position(14, 0))
    action = titled(await editor.actions(document, place), "Rescore selection")
    answer = await editor.command(action.command.command, *action.command.arguments, {"quiet": True})
    assert answer["verdict"]["probability"] is not None
    assert answer["version"] == document.version
    assert answer["range"]["end"] == {"line": 14, "character": 0}
    pushed = await editor.take(PUSHED, lambda params: len(params.diagnostics) == 3)
    found = list(pushed.diagnostics)
    (selection,) = [each for each in found if each.code == "selection"]
    assert selection.data["probability"] == answer["verdict"]["probability"]
    assert selection.range == place
    editor.replace(document, "total = 0", "total = 2")
    assert not [each for each in await editor.findings(document) if each.code == "selection"]


async def test_only_requested_kinds_are_offered(editor: Editor) -> None:
    document = editor.open(python_function("kinds"))
    (finding,) = await editor.findings(document)
    for only, expected in (
        (["quickfix"], {"quickfix"}),
        (["refactor"], {"refactor.codeorigin.rescore"}),
        (["source"], set()),
    ):
        found = await editor.actions(document, finding.range, finding, only=only)
        assert {getattr(each.kind, "value", each.kind) for each in found.values()} == expected
    assert (
        next(iter(await editor.actions(document, finding.range, finding))) == "Explain this function: kinds"
    )
    # Where there is no finding, there is nothing to fix.
    [explain] = (
        await editor.actions(document, types.Range(finding.range.start, finding.range.start))
    ).values()
    assert explain.kind == "refactor.codeorigin.explain"


async def test_other_tools_diagnostics_are_left_alone(editor: Editor) -> None:
    document = editor.open("x = 1\n")
    await editor.findings(document)
    place = types.Range(types.Position(0, 0), types.Position(0, 0))
    for data in (None, 7, {"functionId": "x"}, {"probability": "a", "functionId": 1}):
        foreign = types.Diagnostic(range=place, message="unused", source="other", data=data)
        ours = types.Diagnostic(range=place, message="broken", source="CodeOrigin", data=data)
        assert await editor.actions(document, place, foreign, ours) == {}
