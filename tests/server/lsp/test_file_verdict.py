"""The second answer, on a file's functions together, wherever an editor can show it."""

from pathlib import Path
from typing import Any

import pytest
from tests.server.lsp.conftest import VSCODE, StartOnce
from tests.server.lsp.editor import SETTINGS, Document, Editor, python_function

from support.tiny_model import with_file_rule

TEXT = python_function("first") + "\n\n" + python_function("second", 5)


@pytest.fixture(scope="module")
def model(tiny_model_dir: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A model with a rule for files of two or more functions."""
    return with_file_rule(tmp_path_factory.mktemp("file-rule"), tiny_model_dir)


@pytest.fixture
async def server(start_once: StartOnce, model: Path) -> Editor:
    return await start_once(VSCODE, "file verdict", model=model)


async def told(editor: Editor, document: Document) -> list[dict[str, Any]]:
    await editor.idle()
    return [each for each in editor.file_verdicts if each["uri"] == document.uri]


async def test_editor_is_notified_after_every_scoring(editor: Editor) -> None:
    document = editor.open(TEXT)
    (first,) = await told(editor, document)
    verdict = first["verdict"]
    assert first["version"] == 0
    assert verdict["functionCount"] == 2
    assert verdict["summary"].startswith("This file, 2 functions together: ")
    assert 0 < verdict["probability"] < 1
    assert verdict["band"] in {"human", "unsure", "llm"}
    assert verdict["label"] == f"file {verdict['probabilityText']}"
    assert verdict["details"].startswith(f"{verdict['summary']} (band {verdict['band']})\n")
    editor.replace(document, "second", "other")
    await editor.findings(document)
    assert [each["version"] for each in await told(editor, document)] == [0, 1]


async def test_every_answer_about_a_document_has_the_file_verdict(editor: Editor) -> None:
    document = editor.open(TEXT)
    answer = await editor.rescore(document)
    (notified,) = await told(editor, document)
    assert answer["file"] == notified["verdict"]
    assert answer["message"].endswith(answer["file"]["summary"])
    assert (await editor.attributions(document))["file"] == answer["file"]


async def test_function_settings_do_not_affect_the_file_verdict(editor: Editor) -> None:
    document = editor.open(TEXT)
    await editor.configure(threshold=1.0)
    answer = await editor.rescore(document)
    assert {each["verdict"]["band"] for each in answer["functions"]} <= {"human", "unsure"}
    before = answer["file"]
    await editor.configure(threshold=0.0)
    answer = await editor.rescore(document)
    assert {each["verdict"]["band"] for each in answer["functions"]} == {"llm"}
    assert answer["file"] == before


async def test_too_few_functions_give_a_reason_and_show_nothing(editor: Editor) -> None:
    await editor.configure(**{**SETTINGS, "codeLens": True})
    document = editor.open(python_function("alone"))
    verdict = (await editor.rescore(document))["file"]
    assert (verdict["reason"], verdict["functionCount"], verdict["band"]) == ("too_few_functions", 1, None)
    assert "too few" in verdict["summary"]
    assert len(await editor.lenses(document)) == 1


async def test_file_verdict_has_a_lens_above_the_first_line(editor: Editor) -> None:
    await editor.configure(**{**SETTINGS, "codeLens": True})
    document = editor.open("import os\n\n\n" + TEXT)
    await editor.idle()
    lenses = await editor.lenses(document)
    assert [each.range.start.line for each in lenses] == [0, 3, 14]
    whole = lenses[0].command
    assert whole is not None
    assert whole.title.startswith("This file, 2 functions together: ")
    answer = await editor.command(whole.command, *(whole.arguments or ()), {"quiet": True})
    assert answer["file"]["summary"] == whole.title


async def test_file_verdict_is_withdrawn_when_no_longer_scored(editor: Editor) -> None:
    document = editor.open(TEXT)
    assert len(await told(editor, document)) == 1
    await editor.configure(**{**SETTINGS, "languages": ["go"]})
    assert [each["verdict"] is None for each in await told(editor, document)] == [False, True]
    await editor.configure(**{**SETTINGS, "languages": ["go"], "threshold": 0.5})
    assert len(await told(editor, document)) == 2


async def test_notifications_can_be_switched_off(editor: Editor) -> None:
    await editor.configure(**{**SETTINGS, "statusNotifications": False})
    document = editor.open(TEXT)
    assert (await editor.rescore(document))["file"]["functionCount"] == 2
    assert await told(editor, document) == []


async def test_scan_has_a_verdict_for_each_file(editor: Editor) -> None:
    (editor.root / "scanned.py").write_text(TEXT)
    answer = await editor.scan()
    (found,) = [each for each in answer["files"] if each["uri"].endswith("/scanned.py")]
    assert found["file"]["functionCount"] == 2
    editor.inbox.clear()
