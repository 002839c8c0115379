"""Every request is answered, whatever was sent; odd messages are read as far as they can be, and none is kept."""

import asyncio
import copy
import json
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from lsprotocol import types

from codeorigin.lsp.handlers import register_all
from codeorigin.lsp.server import CodeOriginServer

URI = "file:///project/a.py"


class Wire:
    """Takes what the server writes."""

    def __init__(self) -> None:
        self.messages: list[dict[str, Any]] = []

    def write(self, data: bytes) -> None:
        self.messages.append(json.loads(data.split(b"\r\n\r\n", 1)[1]))

    def close(self) -> None:
        """Nothing to close."""


def started() -> tuple[CodeOriginServer, Wire, Any]:
    """A server in this process, and how to send it a message."""
    server, wire = CodeOriginServer(), Wire()
    register_all(server)
    server.attach()
    server.protocol.set_writer(wire)

    def send(method: str, params: Any, **identity: Any) -> None:
        message = {"jsonrpc": "2.0", "method": method, "params": params, **identity}
        server.protocol.receive(json.dumps(message).encode())

    return server, wire, send


async def answer(wire: Wire, identity: int | str | None) -> dict[str, Any]:
    for _ in range(200):
        for message in wire.messages:
            if message.get("id", wire) == identity and "method" not in message:
                return message
        await asyncio.sleep(0)
    raise AssertionError("no answer")


CAPABILITIES = {
    "general": {"positionEncodings": ["utf-8"]},
    "workspace": {
        "configuration": True,
        "symbol": {"symbolKind": {"valueSet": [1, 2]}},
        "workspaceEdit": {"documentChanges": True, "resourceOperations": ["create"]},
    },
    "textDocument": {
        "hover": {"contentFormat": ["markdown"]},
        "publishDiagnostics": {"tagSupport": {"valueSet": [1, 2]}, "codeDescriptionSupport": True},
        "rename": {"prepareSupportDefaultBehavior": 1},
        "completion": {"completionItem": {"insertTextModeSupport": {"valueSet": [1]}}},
        "semanticTokens": {"requests": {}, "tokenTypes": [], "tokenModifiers": [], "formats": ["relative"]},
    },
    "notebookDocument": {"synchronization": {}},
}
INITIALIZE = {
    "processId": None,
    "rootUri": None,
    "capabilities": CAPABILITIES,
    "clientInfo": {"name": "an editor", "version": "1"},
    "trace": "off",
    "workspaceFolders": [{"uri": "file:///project", "name": "project"}],
}


def places(value: Any, at: tuple[Any, ...] = ()) -> list[tuple[Any, ...]]:
    """The path of everything in a JSON value, itself included."""
    inner = value.items() if isinstance(value, dict) else enumerate(value) if isinstance(value, list) else ()
    return [at, *(path for key, item in inner for path in places(item, (*at, key)))]


CODES = types.ErrorCodes
BROKEN: dict[str, tuple[bytes, int]] = {
    "not json": (b"{broken", CODES.ParseError),
    "not utf-8": (b'{"jsonrpc":"2.0","id":1,"method":"\xff\xfe"}', CODES.ParseError),
    "deep": (b"[" * 100_000, CODES.ParseError),
    "long number": (b"1" * 10_000, CODES.ParseError),
    "empty object": (b"{}", CODES.InvalidRequest),
    "batch": (b'[{"jsonrpc":"2.0","id":1,"method":"shutdown"}]', CODES.InvalidRequest),
    "null": (b"null", CODES.InvalidRequest),
    "other version": (b'{"jsonrpc":"1.0","id":1,"method":"shutdown"}', CODES.InvalidRequest),
    "no method": (b'{"jsonrpc":"2.0","id":1}', CODES.InvalidRequest),
    "method is a number": (b'{"jsonrpc":"2.0","id":1,"method":3}', CODES.InvalidRequest),
    "id is an object": (b'{"jsonrpc":"2.0","id":{},"method":"shutdown"}', CODES.InvalidRequest),
}
DOCUMENT, NOWHERE = {"uri": URI}, {"uri": "file:///no.py"}
COMMAND = "workspace/executeCommand"
REQUESTS: list[tuple[str, Any, int]] = [
    ("textDocument/hover", None, CODES.InvalidParams),
    ("textDocument/hover", [], CODES.InvalidParams),
    ("textDocument/hover", {"textDocument": DOCUMENT, "position": {"line": "a"}}, CODES.InvalidParams),
    ("textDocument/codeAction", {"textDocument": DOCUMENT, "range": 1, "context": 2}, CODES.InvalidParams),
    ("textDocument/codeLens", {"textDocument": []}, CODES.InvalidParams),
    ("textDocument/inlayHint", {"textDocument": DOCUMENT}, CODES.InvalidParams),
    ("codeorigin/attributions", None, CODES.InvalidParams),
    ("codeorigin/attributions", {}, CODES.InvalidParams),
    ("codeorigin/attributions", {"textDocument": {"name": 7}}, CODES.InvalidParams),
    ("codeorigin/attributions", {"textDocument": DOCUMENT, "range": "all"}, CODES.InvalidParams),
    ("codeorigin/declared", [1], CODES.InvalidParams),
    (COMMAND, {"arguments": [1]}, CODES.InvalidParams),
    (COMMAND, {"command": "codeorigin.rescore", "arguments": {"a": 1}}, CODES.InvalidParams),
    *(
        (COMMAND, {"command": f"codeorigin.{name}", "arguments": arguments}, CODES.InvalidParams)
        for name, arguments in (
            ("unknown", []),
            ("rescore", []),
            ("rescore", [3]),
            ("rescore", [NOWHERE["uri"], None]),
            ("rescore", [URI, {"start": 1}]),
            ("rescore", [URI, None, {}, "more"]),
            ("explain", [URI]),
            ("explain", [URI, "there"]),
            ("acceptFindings", [URI, 3]),
            ("scanChanges", [3]),
            ("scanChanges", ["file:///nowhere"]),
        )
    ),
    ("initialize", INITIALIZE, CODES.InvalidRequest),
    ("no/such", {"huge": "x" * 1_000_000}, CODES.MethodNotFound),
    # Notifications with an id.
    *((method, {}, CODES.InvalidRequest) for method in ("textDocument/didSave", "initialized", "exit")),
]
SILENT: list[dict[str, Any]] = [
    {"method": "no/such", "params": [1]},
    {"id": "nobody", "result": {"a": 1}},
    {"id": "nobody", "error": {"code": 1, "message": "x"}},
    {"id": "nobody", "error": 7},
    {"method": "$/cancelRequest", "params": {"id": {}}},
    {"method": "$/cancelRequest", "params": {"id": 999999}},
    {"method": "textDocument/didClose", "params": {"textDocument": NOWHERE}},
    {"method": "textDocument/didOpen", "params": {"textDocument": NOWHERE}},
    {"method": "window/workDoneProgress/cancel", "params": {"token": "nobody"}},
    {"method": "workspace/didChangeConfiguration", "params": {"settings": 7}},
]
"""What needs no answer."""


async def test_bad_messages_and_requests_are_refused_and_the_next_one_is_answered() -> None:
    server, wire, send = started()
    send("textDocument/hover", {}, id="early")
    assert (await answer(wire, "early"))["error"]["code"] == CODES.ServerNotInitialized
    send("initialize", {**INITIALIZE, "capabilities": {}}, id=1)
    send("initialized", {})
    send("textDocument/didOpen", {"textDocument": {**DOCUMENT, "languageId": "x", "version": 0, "text": ""}})
    for name, (body, code) in BROKEN.items():
        wire.messages.clear()
        server.protocol.receive(body)
        assert (await answer(wire, None))["error"]["code"] == code, name
    for number, (method, params, code) in enumerate(REQUESTS):
        send(method, params, id=f"bad {number}")
        error = (await answer(wire, f"bad {number}"))["error"]
        assert error["code"] == code, (method, params)
        assert "Traceback" not in json.dumps(error)
    wire.messages.clear()
    for message in SILENT:
        server.protocol.receive(json.dumps({"jsonrpc": "2.0", **message}).encode())
    send(COMMAND, {"command": "codeorigin.status"}, id="good")
    assert (await answer(wire, "good"))["result"]["documents"] == 1
    assert [message for message in wire.messages if "error" in message] == []
    send("shutdown", None, id="end")
    assert (await answer(wire, "end"))["result"] is None
    send("textDocument/hover", {}, id="late")
    assert (await answer(wire, "late"))["error"]["code"] == CODES.InvalidRequest


async def test_edits_leave_nothing_behind() -> None:
    server, wire, send = started()
    send("initialize", {"processId": None, "rootUri": None, "capabilities": {}}, id=1)
    send("textDocument/didOpen", {"textDocument": {"uri": URI, "languageId": "x", "version": 0, "text": ""}})
    for version in range(1, 200):
        place = {"line": 0, "character": 0}
        change = {"range": {"start": place, "end": place}, "text": "x"}
        send(
            "textDocument/didChange",
            {"textDocument": {"uri": URI, "version": version}, "contentChanges": [change]},
        )
    send("workspace/executeCommand", {"command": "codeorigin.status", "arguments": []}, id=2)
    for _ in range(5):
        await asyncio.sleep(0)
    assert server.session.documents.find(URI).source == "x" * 199
    assert {message.get("id") for message in wire.messages if "result" in message} == {1, 2}
    assert server.protocol._request_futures == {}
    server.session.stop()


ODD = st.sampled_from([None, -1, 99, "compact", "", [], {}, [7], {"x": 1}, 1.5, True])
OPTIONAL = [
    path
    for path in places(INITIALIZE)
    if len(path) > 1 or path in {("trace",), ("clientInfo",), ("capabilities",)}
]


@settings(max_examples=300, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(st.lists(st.tuples(st.sampled_from(OPTIONAL), ODD), min_size=1, max_size=4))
async def test_what_cannot_be_read_of_initialize_is_absent_and_the_rest_counts(changes: Any) -> None:
    message = json.loads(json.dumps(INITIALIZE))
    for path, odd in changes:
        holder = message
        try:
            for step in path[:-1]:
                holder = holder[step]
            holder[path[-1]] = copy.deepcopy(odd)  # a later change may write into it
        except (KeyError, IndexError, TypeError):
            continue  # an earlier change took it away
    server, wire, send = started()
    send("initialize", message, id=1)
    reply = await answer(wire, 1)
    assert "result" in reply
    touched = {path[:2] for path, _ in changes}
    if not touched & {("capabilities",), ("capabilities", "general")}:
        assert reply["result"]["capabilities"]["positionEncoding"] == "utf-8"
    server.session.stop()


@pytest.mark.parametrize(
    "odd",
    [{"tags": [-1]}, {"severity": 9}, {"relatedInformation": 3}, {"codeDescription": {}}, {"range": "all"}],
)
async def test_odd_diagnostic_of_another_server_does_not_end_the_code_actions(odd: dict[str, Any]) -> None:
    server, wire, send = started()
    send("initialize", INITIALIZE, id=1)
    text = "def f(a):\n    return a\n"
    item = {"uri": URI, "languageId": "python", "version": 0, "text": text}
    send("textDocument/didOpen", {"textDocument": item})
    span = {"start": {"line": 0, "character": 0}, "end": {"line": 1, "character": 0}}
    theirs = {"range": span, "message": "theirs", "source": "other", **odd}
    context = {"diagnostics": [theirs], "triggerKind": 7}
    send("textDocument/codeAction", {"textDocument": {"uri": URI}, "range": span, "context": context}, id=2)
    actions = (await answer(wire, 2))["result"]
    assert [action["title"] for action in actions] == ["Rescore selection"]
    server.session.stop()


@pytest.mark.parametrize("version", [None, "2", 1.5])
async def test_edit_counts_whatever_its_version_but_not_without_its_range(version: Any) -> None:
    server, _, send = started()
    send("initialize", INITIALIZE, id=1)
    item = {"uri": URI, "languageId": "python", "version": 4, "text": "x"}
    send("textDocument/didOpen", {"textDocument": item})
    document = {"uri": URI, "version": version}
    send("textDocument/didChange", {"textDocument": document, "contentChanges": [{"text": "new"}]})
    assert (server.session.documents.find(URI).source, server.session.documents.find(URI).version) == (
        "new",
        5,
    )
    broken = [{"range": {"start": "here"}, "text": "lost"}]
    send("textDocument/didChange", {"textDocument": document, "contentChanges": broken})
    assert server.session.documents.find(URI).source == "new"
    server.session.stop()


async def test_edits_of_what_is_not_open_are_ignored_in_one_line(caplog: pytest.LogCaptureFixture) -> None:
    server, wire, send = started()
    send("initialize", INITIALIZE, id=1)
    await answer(wire, 1)
    change = {"textDocument": {"uri": URI, "version": 1}, "contentChanges": [{"text": "x"}]}
    send("textDocument/didChange", change)
    book = {"notebookDocument": {"uri": URI, "version": 1}, "change": {"cells": {}}}
    send("notebookDocument/didChange", book)
    assert [(record.getMessage(), record.exc_info) for record in caplog.records] == [
        ("an edit of a document that is not open was ignored", None),
        ("an edit of a notebook that is not open was ignored", None),
    ]
    assert server.session.documents.opened() == []
    server.session.stop()


async def test_uri_that_no_path_can_be_made_of_is_not_on_disk() -> None:
    server, wire, send = started()
    odd = "file://[::1/x.py"
    send("initialize", {**INITIALIZE, "workspaceFolders": [{"uri": odd, "name": "odd"}]}, id=1)
    assert "result" in await answer(wire, 1)
    send(
        "textDocument/didOpen",
        {"textDocument": {"uri": odd, "languageId": "python", "version": 0, "text": "x"}},
    )
    snapshot = server.session.documents.find(odd).snapshot()
    assert (snapshot.text, snapshot.path) == ("x", None)
    server.session.stop()
