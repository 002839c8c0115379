"""A modern client, which pulls diagnostics and can be asked to pull again (as VS Code can since 2022)."""

from collections.abc import AsyncIterator

import pytest
from lsprotocol import types
from tests.server.lsp.conftest import SETTINGS, refreshing_capabilities, running
from tests.server.lsp.editor import PUSHED, Editor, python_function


@pytest.fixture(scope="module")
async def server(tmp_path_factory: pytest.TempPathFactory) -> AsyncIterator[Editor]:
    root, options = tmp_path_factory.mktemp("workspace"), {"workspaceDiagnostics": True}
    async with running(root, refreshing_capabilities(), options=options) as editor:
        yield editor


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


async def test_workspace_diagnostics_when_switched_on(editor: Editor) -> None:
    assert editor.result.capabilities.diagnostic_provider.workspace_diagnostics is True
    for name in ("one", "two"):
        (editor.root / f"{name}.py").write_text(python_function(name), encoding="utf-8")
    document = editor.open(python_function("open_one"), name="open.py")
    (editor.root / "open.py").write_text(python_function("on_disk"), encoding="utf-8")
    await editor.findings(document)
    first = await editor.workspace_diagnostics()
    assert set(first) == {"one.py", "two.py"}
    assert [each.data["name"] for each in first["one.py"].items] == ["one"]
    (editor.root / "two.py").write_text(python_function("two_changed"), encoding="utf-8")
    known = [types.PreviousResultId(uri=item.uri, value=item.result_id) for item in first.values()]
    second = await editor.workspace_diagnostics(*known)
    assert second["one.py"].kind == "unchanged"
    assert [each.data["name"] for each in second["two.py"].items] == ["two_changed"]
    for name in ("one", "two", "open"):
        (editor.root / f"{name}.py").unlink()


async def test_deleted_or_excluded_files_get_empty_reports(editor: Editor) -> None:
    for name in ("stays", "goes", "hidden", "opened"):
        (editor.root / f"{name}.py").write_text(python_function(name), encoding="utf-8")
    first = await editor.workspace_diagnostics()
    assert all(first[f"{name}.py"].items for name in ("stays", "goes", "hidden", "opened"))
    document = editor.open(python_function("opened"), name="opened.py")
    await editor.findings(document)
    (editor.root / "goes.py").unlink()
    await editor.configure(**SETTINGS, exclude=["hidden.py"])
    # The client may spell a URI differently from the server: the answer uses the client's spelling.
    odd = first["goes.py"].uri.replace("goes", "%67oes")
    known = [
        types.PreviousResultId(uri=odd if name == "goes.py" else item.uri, value=item.result_id)
        for name, item in first.items()
    ]
    second = await editor.workspace_diagnostics(*known)
    assert set(second) == {"stays.py", "%67oes.py", "hidden.py"}
    assert second["stays.py"].kind == "unchanged"
    for name in ("%67oes.py", "hidden.py"):
        assert (second[name].kind, list(second[name].items), second[name].result_id) == ("full", [], None)
    for name in ("stays", "hidden", "opened"):
        (editor.root / f"{name}.py").unlink()


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
    try:
        editor.replace(document, "watched", "edited")
        await editor.idle()
        assert await editor.names(document) == ["edited"]
        for wanted in ([], ["edited"]):
            editor.tell_of_change(file)
            await editor.idle()
            assert await editor.names(document) == wanted
            file.unlink(missing_ok=True)
    finally:
        file.unlink(missing_ok=True)
