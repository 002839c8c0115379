"""A modern client, which pulls diagnostics and can be asked to pull again (as VS Code can since 2022)."""

import pytest
from lsprotocol import types
from tests.server.lsp.conftest import REFRESHING, StartOnce
from tests.server.lsp.editor import PUSHED, SETTINGS, Editor, python_function
from tests.server.lsp.raw import FAULTY


@pytest.fixture
async def server(start_once: StartOnce) -> Editor:
    return await start_once(REFRESHING, "workspace", command=FAULTY, options={"workspaceDiagnostics": True})


async def test_finding_withheld_at_the_caret_arrives_with_a_refresh(editor: Editor) -> None:
    await editor.configure(threshold=0.0, debounce=10, caretQuiet=600)
    document = editor.open(python_function("settled"))
    assert await editor.names(document) == ["settled"]
    editor.refreshes.clear()
    editor.replace(document, "def settled", python_function("typed", 7) + "\n\ndef settled")
    assert await editor.names(document) == ["settled"]
    await editor.asked_again("diagnostic")
    assert await editor.names(document) == ["typed", "settled"]


async def test_save_triggers_a_refresh(editor: Editor) -> None:
    await editor.configure(threshold=0.0, run="onSave")
    document = editor.open(python_function("saved"))
    assert await editor.names(document) == ["saved"]
    editor.replace(document, "saved", "edited")
    assert await editor.names(document) == ["saved"]
    editor.refreshes.clear()
    editor.save(document)
    await editor.asked_again("diagnostic")
    assert await editor.names(document) == ["edited"]


async def test_changed_settings_trigger_refreshes(editor: Editor) -> None:
    document = editor.open(python_function("watched"))
    assert await editor.names(document) == ["watched"]
    editor.refreshes.clear()
    await editor.configure(threshold=1.0)
    await editor.asked_again("diagnostic", "codeLens", "inlayHint")
    assert await editor.names(document) == []
    await editor.configure(threshold=0.0, codeLens=True, inlayHints=True)
    await editor.asked_again("codeLens", "inlayHint")


async def test_rescored_selection_triggers_a_refresh(editor: Editor) -> None:
    document = editor.open(python_function("selected"))
    await editor.findings(document)
    editor.refreshes.clear()
    place = {"start": {"line": 0, "character": 0}, "end": {"line": 9, "character": 0}}
    await editor.rescore(document, place)
    await editor.asked_again("diagnostic")
    assert [each.code for each in await editor.findings(document)] == ["llm-written", "selection"]


async def test_nothing_is_pushed(editor: Editor) -> None:
    document = editor.open(python_function("pulled"))
    await editor.findings(document)
    (editor.root / "unopened.py").write_text(python_function("unopened"), encoding="utf-8")
    await editor.scan()
    await editor.idle()
    assert PUSHED not in editor.inbox
    (editor.root / "unopened.py").unlink()


async def test_workspace_diagnostics_follow_the_files_and_settings(editor: Editor) -> None:
    assert editor.result.capabilities.diagnostic_provider.workspace_diagnostics is True
    names = ("stays", "changes", "goes", "hidden", "opened")
    paths = {name: editor.root / f"{name}.py" for name in names}
    for name, path in paths.items():
        path.write_text(python_function(name), encoding="utf-8")
    first = await editor.workspace_diagnostics()
    found = {name: [each.data["name"] for each in item.items] for name, item in first.items()}
    assert found == {f"{name}.py": [name] for name in names}
    document = editor.open(python_function("opened"), name="opened.py")
    await editor.findings(document)
    paths["changes"].write_text(python_function("changed"), encoding="utf-8")
    paths["goes"].unlink()
    await editor.configure(**SETTINGS, exclude=["hidden.py"])
    # The client may spell a URI differently from the server: the answer uses the client's spelling.
    odd = first["goes.py"].uri.replace("goes", "%67oes")
    known = [
        types.PreviousResultId(uri=odd if name == "goes.py" else item.uri, value=item.result_id)
        for name, item in first.items()
    ]
    second = await editor.workspace_diagnostics(*known)
    assert set(second) == {"stays.py", "changes.py", "%67oes.py", "hidden.py"}
    assert second["stays.py"].kind == "unchanged"
    assert [each.data["name"] for each in second["changes.py"].items] == ["changed"]
    for name in ("%67oes.py", "hidden.py"):
        assert (second[name].kind, list(second[name].items), second[name].result_id) == ("full", [], None)
    for path in paths.values():
        path.unlink(missing_ok=True)


async def test_result_id_from_before_a_close_does_not_match_another_text(editor: Editor) -> None:
    document = editor.open(python_function("before"), name="reopened.py")
    await editor.names(document)
    before = await editor.pull(document)
    await editor.close(document)
    document = editor.open(python_function("after"), name="reopened.py")
    await editor.idle()
    again = await editor.pull(document, before.result_id)
    assert [each.data["name"] for each in again.items] == ["after"]
    assert again.result_id != before.result_id


async def test_nothing_is_reported_under_any_of_several_cursors(editor: Editor) -> None:
    await editor.configure(threshold=0.0, debounce=10, caretQuiet=60_000)
    document = editor.open("a = 1\nb = 2\n", name="cursors.py")
    assert await editor.names(document) == []
    document.version += 1
    changes = [
        types.TextDocumentContentChangePartial(
            range=types.Range(types.Position(line, 0), types.Position(line, 0)), text=python_function(name)
        )
        for line, name in ((2, "lower"), (0, "upper"))
    ]
    editor.change(document, *changes)
    await editor.idle()
    assert await editor.names(document) == []
    # A save ends the typing.
    editor.save(document)
    await editor.idle()
    assert await editor.names(document) == ["upper", "lower"]


async def test_server_relies_on_a_client_that_watches_files(editor: Editor) -> None:
    assert editor.watches
    document = editor.open(python_function("watched"), name="watched.py")
    assert await editor.names(document) == ["watched"]
    file = editor.root / "codeorigin.toml"
    file.write_text("threshold = 1.0\n", encoding="utf-8")
    editor.replace(document, "watched", "edited")
    await editor.idle()
    assert await editor.names(document) == ["edited"]
    for wanted in ([], ["edited"]):
        editor.tell_of_change(file)
        await editor.idle()
        assert await editor.names(document) == wanted
        file.unlink(missing_ok=True)
