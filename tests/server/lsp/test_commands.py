"""Commands, status, accepted findings and workspace scans."""

import json

from lsprotocol import types
from tests.server.lsp.conftest import everywhere
from tests.server.lsp.editor import SETTINGS, SHOWN, Editor, python_function

from codeorigin.report import FULL_CAVEAT


async def test_explaining_a_function(editor: Editor) -> None:
    document = editor.open(python_function("told"))
    answer = await editor.command("codeorigin.explain", document.uri, {"line": 4, "character": 0})
    assert answer["name"] == "told"
    assert answer["explanation"]["lines"]
    verdict = answer["verdict"]
    assert verdict["probabilityText"] in verdict["summary"]
    assert verdict["summary"].startswith(verdict["answer"])
    assert verdict["number"].endswith("human-written Python functions score this high")
    assert answer["caveat"] == FULL_CAVEAT
    details = {each["term"]: each["text"] for each in answer["details"]}
    assert details["Probability"] == verdict["probabilityText"]
    assert details["Reported"].endswith("your own threshold")
    assert details["Model"] == answer["modelId"]
    assert {"Logit", "Completeness gap", "Method"} <= set(details)
    assert all(each["meaning"] for each in answer["details"])
    shown = await editor.take(SHOWN)
    assert shown.message.startswith("CodeOrigin: `told`: likely LLM (")
    assert "strongest evidence: line" in shown.message
    nothing = await editor.explain(document, 400)
    assert nothing == {"explanation": None, "message": "there is no function here"}


@everywhere
async def test_status(editor: Editor) -> None:
    status = await editor.command("codeorigin.status")
    assert status["state"] == "ready"
    assert status["positionEncoding"] == editor.result.capabilities.position_encoding
    states = [each["state"] for each in editor.statuses]
    assert states[0] == "loading"
    assert "ready" in states
    last = editor.statuses[-1]
    assert last["modelId"] == status["modelId"]


async def test_status_notifications_can_be_switched_off(editor: Editor) -> None:
    await editor.configure(**SETTINGS, statusNotifications=False)
    editor.statuses.clear()
    assert await editor.findings(editor.open(python_function("quiet")))
    await editor.idle()
    assert editor.statuses == []


async def test_accepted_findings_are_saved_in_a_file_of_the_folder(editor: Editor) -> None:
    document = editor.open(python_function("f") + "\n\n" + python_function("g"))
    await editor.idle()
    answer = await editor.command("codeorigin.acceptFindings", document.uri, None)
    assert answer["accepted"] == 2
    assert (await editor.take(SHOWN)).message == "CodeOrigin: 2 findings accepted until their texts change"
    path = editor.root / ".codeorigin-baseline.json"
    data = json.loads(path.read_text(encoding="utf-8"))
    names = {(entry["path"], entry["name"]) for entry in data["functions"]}
    name = document.uri.rsplit("/", 1)[1]
    assert {(name, "f"), (name, "g")} <= names
    path.write_text("{", encoding="utf-8")
    answer = await editor.command("codeorigin.acceptFindings", document.uri, None)
    assert answer == {
        "accepted": 0,
        "message": ".codeorigin-baseline.json does not hold accepted findings; repair or delete it",
    }
    assert path.read_text(encoding="utf-8") == "{"
    while (shown := await editor.take(SHOWN)).type is not types.MessageType.Info:
        assert "does not hold accepted findings" in shown.message
    path.unlink()
    editor.inbox.pop(SHOWN, None)
