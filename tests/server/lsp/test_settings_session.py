"""Settings of a running server: every source, every layer, bad values shown once."""

from collections.abc import AsyncIterator
from pathlib import Path

import pytest
from lsprotocol import types
from tests.server.lsp.conftest import NEOVIM, VSCODE, clients, everywhere, running
from tests.server.lsp.editor import SETTINGS, SHOWN, Editor, python_function


def forget(editor: Editor, message: str) -> list[str]:
    """Take the shown messages that contain ``message`` out of the inbox."""
    waiting = editor.inbox.get(SHOWN, ())
    found = [params for params in waiting if message in params.message]
    for params in found:
        waiting.remove(params)
    return [params.message for params in found]


async def test_changed_settings_apply_at_once(editor: Editor) -> None:
    document = editor.open(python_function("switched"))
    assert await editor.findings(document)
    await editor.configure(enable=False)
    editor.replace(document, "switched", "off")
    assert await editor.findings(document) == []
    assert await editor.hover(document, 0) is None
    await editor.configure(**SETTINGS)
    editor.replace(document, "off", "on")
    assert await editor.names(document) == ["on"]


async def test_bad_value_is_shown_once_with_the_value_used(editor: Editor) -> None:
    for _ in range(3):
        await editor.configure(threshold=7, debounce="soon", run="sometimes", ofTheExtension=True)
    shown = forget(editor, "")
    assert sorted(shown) == [
        "CodeOrigin: editor settings: debounce must be a whole number from 0 to 10000; 300 is used",
        'CodeOrigin: editor settings: run must be one of onType, onSave; "onType" is used',
        "CodeOrigin: editor settings: threshold must be a number from 0.0 to 1.0; null is used",
    ]


@clients(VSCODE, NEOVIM)
async def test_what_breaks_again_after_a_repair_is_shown_again(editor: Editor) -> None:
    for _ in range(2):
        await editor.configure(**SETTINGS, severity="loud")
        await editor.take(SHOWN, lambda params: "severity must be one of" in params.message)
        await editor.configure(**SETTINGS, severity="hint")
    document = editor.open(python_function("broken_0"))
    for number in range(2):
        with editor.project_file(".codeorigin-baseline.json", "broken"):
            editor.replace(document, f"broken_{number}", f"repaired_{number}")
            editor.save(document)
            await editor.findings(document)
            assert len(forget(editor, "does not hold accepted findings")) == 1
        editor.replace(document, f"repaired_{number}", f"broken_{number + 1}")
        editor.save(document)
        await editor.findings(document)


async def test_languages_exclude_and_file_size_are_respected(editor: Editor) -> None:
    await editor.configure(threshold=0.0, languages=["go"], debounce=1)
    assert await editor.findings(editor.open(python_function("other_language"))) == []
    await editor.configure(threshold=0.0, exclude=["generated/", "*_pb2.py"], debounce=1)
    assert await editor.findings(editor.open(python_function("f"), name="generated/a.py")) == []
    excluded = editor.open(python_function("f"), name="deep/a_pb2.py")
    assert await editor.findings(excluded) == []
    assert (await editor.explain(excluded, 0))["message"] == (
        "no explanation: the document is not scored: excluded in the settings by *_pb2.py"
    )
    assert await editor.findings(editor.open(python_function("f"), name="deep/a.py")) != []
    await editor.configure(threshold=0.0, maxFileSize=1000, debounce=1)
    large = editor.open(python_function("f") + "# " + "x" * 1000 + "\n")
    assert await editor.findings(large) == []
    logged = await editor.take(types.WINDOW_LOG_MESSAGE)
    assert "larger than maxFileSize" in logged.message
    # Nobody needs to be told again at every key.
    editor.replace(large, "xxx", "yyy")
    assert await editor.findings(large) == []
    assert not editor.inbox.get(types.WINDOW_LOG_MESSAGE)
    editor.replace(large, "# yyy" + "x" * 997, "#")
    assert await editor.findings(large) != []
    editor.replace(large, "#", "#" * 1000)
    assert await editor.findings(large) == []
    assert "larger than maxFileSize" in (await editor.take(types.WINDOW_LOG_MESSAGE)).message


async def test_on_save_scores_only_after_a_save(editor: Editor) -> None:
    await editor.configure(threshold=0.0, run="onSave")
    document = editor.open(python_function("saved"))
    assert await editor.names(document) == ["saved"]
    editor.replace(document, "saved", "edited")
    await editor.idle()
    editor.save(document)
    assert await editor.names(document) == ["edited"]


async def test_changing_other_settings_does_not_score_text_typed_since(editor: Editor) -> None:
    run = "onSave"
    document = editor.open(python_function("seen"))
    assert await editor.findings(document)
    await editor.configure(**SETTINGS, run=run)
    await editor.idle()
    editor.inbox.clear()
    version = document.version
    editor.replace(document, "seen", "unseen")
    await editor.configure(**{**SETTINGS, "severity": "warning"}, run=run)
    # The text scored before the edit, under the current settings.
    (finding,) = await editor.findings(document, version=version)
    assert (finding.data["name"], finding.severity) == ("seen", types.DiagnosticSeverity.Warning)
    await editor.configure(**{**SETTINGS, "enable": False}, run=run)
    assert await editor.findings(document, version=version) == []
    await editor.configure(**SETTINGS, run=run)
    assert [each.data["name"] for each in await editor.findings(document, version=version)] == ["seen"]
    # An explicit request gets the current text.
    answer = await editor.rescore(document)
    assert [each["name"] for each in answer["functions"]] == ["unseen"]
    assert await editor.names(document) == ["unseen"]


@clients(VSCODE, NEOVIM)
async def test_project_files_take_precedence_and_are_watched(editor: Editor) -> None:
    document = editor.open(python_function("project"))
    assert await editor.findings(document)
    text = "threshold = 1.0\nmodel-path = 'elsewhere'\n"
    with editor.project_file("codeorigin.toml", text) as file:
        editor.tell_of_change(file)
        await editor.idle()
        editor.replace(document, "project", "project_2")
        assert await editor.findings(document) == []
        assert forget(editor, "codeorigin.toml: modelPath can only be set in the editor; ignored")
        # A client that watches no files says nothing: the next save notices the change.
        file.write_text("thresold = 0.0", encoding="utf-8")
        editor.replace(document, "project_2", "project_3")
        editor.save(document)
        assert await editor.names(document) == ["project_3"]
        assert forget(editor, "there is no setting 'thresold', did you mean threshold?")
    await editor.configure(**SETTINGS)
    with editor.project_file("pyproject.toml", "[tool.codeorigin]\nenable = false\n"):
        editor.replace(document, "project_3", "project_4")
        editor.save(document)
        await editor.idle()
        assert await editor.findings(document) == []


@everywhere
async def test_watchers_are_registered_if_the_client_supports_it(editor: Editor) -> None:
    workspace = editor.client.capabilities.workspace
    watched = workspace.did_change_watched_files
    assert ("codeorigin-files" in editor.registered) == bool(watched and watched.dynamic_registration)
    changes = workspace.did_change_configuration
    assert ("codeorigin-configuration" in editor.registered) == bool(changes and changes.dynamic_registration)


@pytest.fixture
async def two_folders(tmp_path: Path) -> AsyncIterator[Editor]:
    """A client with two folders and no settings except those given at startup."""
    for name, threshold in (("one", 0.0), ("two", 1.0)):
        (tmp_path / name).mkdir()
        (tmp_path / name / "codeorigin.toml").write_text(f"threshold = {threshold}\n", encoding="utf-8")
    options = {"codeorigin": {"debounce": 10, "severity": "error"}}
    async with running(tmp_path, settings={}, options=options, folders=("one", "two")) as editor:
        yield editor
        await editor.tidy()


async def test_each_folder_has_its_own_settings_and_an_added_one_brings_its_own(two_folders: Editor) -> None:
    first = await two_folders.findings(two_folders.open(python_function("f"), name="one/a.py"))
    assert [each.severity for each in first] == [types.DiagnosticSeverity.Error]
    assert await two_folders.findings(two_folders.open(python_function("f"), name="two/a.py")) == []
    three = two_folders.root / "three"
    three.mkdir()
    (three / "codeorigin.toml").write_text('threshold = 0.0\nseverity = "hint"\n', encoding="utf-8")
    await two_folders.change_folders(added=[three])
    found = await two_folders.findings(two_folders.open(python_function("f"), name="three/a.py"))
    assert [each.severity for each in found] == [types.DiagnosticSeverity.Hint]
