"""Commands, status, accepted findings and workspace scans."""

import json

from lsprotocol import types
from tests.server.lsp.conftest import everywhere
from tests.server.lsp.editor import SETTINGS, SHOWN, Editor, python_function

from codeorigin.report import FULL_CAVEAT


async def test_rescoring_a_selection_shows_the_result(editor: Editor) -> None:
    document = editor.open(python_function("spoken") + "\n\n" + python_function("for_itself"))
    place = {"start": {"line": 0, "character": 0}, "end": {"line": 20, "character": 0}}
    answer = await editor.command("codeorigin.rescore", document.uri, place)
    shown = await editor.take(SHOWN)
    assert shown.type is types.MessageType.Info
    assert shown.message == f"CodeOrigin: {answer['message']}"
    assert answer["verdict"]["summary"].lower() in answer["message"].lower()
    short = {"start": {"line": 2, "character": 0}, "end": {"line": 3, "character": 0}}
    answer = await editor.rescore(document, short)
    assert answer["verdict"]["probability"] is None
    assert answer["message"] == "selection: no verdict: the selection is too short to judge"


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


async def test_wrong_arguments_are_rejected(editor: Editor) -> None:
    document = editor.open("x = 1\n")
    for name, arguments in (
        ("codeorigin.rescore", ()),
        ("codeorigin.rescore", (3,)),
        ("codeorigin.rescore", ("file:///not/open.py", None)),
        ("codeorigin.rescore", (document.uri, {"start": 1})),
        ("codeorigin.explain", (document.uri,)),
        ("codeorigin.explain", (document.uri, "there")),
        ("codeorigin.acceptFindings", (document.uri, 3)),
        ("codeorigin.scanChanges", (3,)),
        ("codeorigin.unknown", ()),
    ):
        error = await editor.error_of(editor.command(name, *arguments))
        assert error.code == types.ErrorCodes.InvalidParams, name
        assert "Traceback" not in str(error.data)


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


async def test_documents_outside_folders_have_no_accepted_findings(editor: Editor) -> None:
    document = editor.open(python_function("f"), uri="untitled:Untitled-9")
    answer = await editor.command("codeorigin.acceptFindings", document.uri, None, {"quiet": True})
    assert answer["accepted"] == 0
    assert "open the folder" in answer["message"]


async def test_folder_that_is_not_in_the_workspace_is_an_error(editor: Editor) -> None:
    before = set(editor.client.progress_reports)
    error = await editor.error_of(editor.scan_changes((editor.root / "nowhere").as_uri()))
    assert error.code == types.ErrorCodes.InvalidParams
    assert error.message == f"{(editor.root / 'nowhere').as_uri()} is not a folder of the workspace"
    assert set(editor.client.progress_reports) == before
