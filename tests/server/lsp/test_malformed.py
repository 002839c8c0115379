"""Whatever is sent, every request is answered, and so is the next one."""

import json
from collections.abc import Iterator
from typing import Any

import pytest
from tests.server.lsp.editor import python_function
from tests.server.lsp.raw import RawServer, frame

URI = "file:///project/a.py"


@pytest.fixture(scope="module")
def server() -> Iterator[RawServer]:
    with RawServer() as running:
        running.initialize()
        running.open(URI, python_function("target"))
        assert running.findings(URI)
        yield running
        assert running.stray == b""
        assert running.leave() == 0


def assert_answers(server: RawServer) -> None:
    """The server still works."""
    assert "An estimate" in server.hover(URI)["contents"]["value"]


BROKEN = {
    "not json": frame(b"{broken"),
    "empty object": frame(b"{}"),
    "array": frame(b"[]"),
    "batch": frame(b'[{"jsonrpc":"2.0","id":1,"method":"shutdown"}]'),
    "number": frame(b"7"),
    "null": frame(b"null"),
    "not utf-8": frame(b'{"jsonrpc":"2.0","id":1,"method":"\xff\xfe"}'),
    "deep": frame(b"[" * 100_000),
    "long number": frame(b"1" * 10_000),
    "other version": frame(b'{"jsonrpc":"1.0","id":1,"method":"shutdown"}'),
    "no method": frame(b'{"jsonrpc":"2.0","id":1}'),
    "method is a number": frame(b'{"jsonrpc":"2.0","id":1,"method":3}'),
    "id is an object": frame(b'{"jsonrpc":"2.0","id":{},"method":"shutdown"}'),
}


@pytest.mark.parametrize("name", BROKEN)
def test_invalid_messages_are_refused(server: RawServer, name: str) -> None:
    server.write(BROKEN[name])
    answer = server.answer(None)
    assert answer["error"]["code"] in {-32700, -32600}
    assert_answers(server)


NOWHERE = {"uri": "file:///no.py"}


def body(message: dict[str, Any]) -> bytes:
    return frame(json.dumps({"jsonrpc": "2.0", **message}).encode())


def note(method: str, params: Any) -> bytes:
    return body({"method": method, "params": params})


SILENT = {
    "words": b"hello\r\n\r\n",
    "blank lines": b"\r\n\r\n\r\n",
    "binary": bytes(range(256)) + b"\r\n",
    "length is no number": b"Content-Length: many\r\n\r\n",
    "length is negative": b"Content-Length: -5\r\n\r\n",
    "length is huge": b"Content-Length: 99999999999\r\n\r\n",
    "length is nothing": b"Content-Length: 0\r\n\r\n",
    "long header": b"X-Long: " + b"x" * 200_000 + b"\r\n\r\n",
    "unknown notification": note("no/such", [1]),
    "unknown response": body({"id": "nobody", "result": {"a": 1}}),
    "unknown error": body({"id": "nobody", "error": {"code": 1, "message": "x"}}),
    "odd error": body({"id": "nobody", "error": 7}),
    "odd cancel": note("$/cancelRequest", {"id": {}}),
    "cancel of nothing": note("$/cancelRequest", {"id": 999999}),
    "change of nothing": note(
        "textDocument/didChange",
        {"textDocument": {**NOWHERE, "version": 1}, "contentChanges": [{"text": "x"}]},
    ),
    "close of nothing": note("textDocument/didClose", {"textDocument": NOWHERE}),
    "open without a text": note("textDocument/didOpen", {"textDocument": NOWHERE}),
    "odd uri": note(
        "textDocument/didOpen",
        {"textDocument": {"uri": "::%%\0//", "languageId": "plaintext", "version": 1, "text": "x"}},
    ),
    "progress of nothing": note("window/workDoneProgress/cancel", {"token": "nobody"}),
    "settings of a wrong type": note("workspace/didChangeConfiguration", {"settings": 7}),
}


@pytest.mark.parametrize("name", SILENT)
def test_input_that_needs_no_answer_does_no_harm(server: RawServer, name: str) -> None:
    server.write(SILENT[name])
    assert_answers(server)
    server.unread.clear()


def test_wrong_lengths_lose_one_message_at_most(server: RawServer) -> None:
    short = b'{"jsonrpc":"2.0","id":"short","method":"shutdown"}'
    server.write(b"Content-Length: 10\r\n\r\n" + short)
    assert server.answer(None)["error"]["code"] == -32700
    assert_answers(server)


WRONG_PARAMETERS: list[tuple[str, Any]] = [
    ("textDocument/hover", None),
    ("textDocument/hover", {}),
    ("textDocument/hover", []),
    ("textDocument/hover", {"textDocument": 3, "position": "x"}),
    ("textDocument/hover", {"textDocument": {"uri": None}, "position": {"line": "a", "character": {}}}),
    ("textDocument/codeAction", {"textDocument": {"uri": URI}, "range": 1, "context": 2}),
    ("textDocument/codeLens", {"textDocument": []}),
    ("textDocument/inlayHint", {"textDocument": {"uri": URI}}),
    ("workspace/executeCommand", {"arguments": [1]}),
    ("workspace/executeCommand", {"command": "codeorigin.rescore", "arguments": {"a": 1}}),
    ("codeorigin/attributions", {"textDocument": {"name": 7}}),
    ("codeorigin/attributions", 7),
    ("codeorigin/attributions", None),
    ("initialize", {"processId": None, "rootUri": None, "capabilities": {}}),
    ("no/such", {"huge": "x" * 5_000_000}),
]


@pytest.mark.parametrize("number", range(len(WRONG_PARAMETERS)))
def test_request_with_wrong_parameters_gets_an_error(server: RawServer, number: int) -> None:
    method, parameters = WRONG_PARAMETERS[number]
    error = server.answer(server.ask(method, parameters))["error"]
    assert error["code"] in {-32600, -32601, -32602}
    assert "Traceback" not in json.dumps(error)
    assert_answers(server)


@pytest.mark.parametrize("method", ["textDocument/didSave", "initialized", "$/setTrace", "exit"])
def test_notification_with_an_id_is_refused(server: RawServer, method: str) -> None:
    error = server.answer(server.ask(method, {}))["error"]
    assert error["code"] == -32600
    assert_answers(server)


def test_positions_far_outside_the_document_do_no_harm(server: RawServer) -> None:
    for line, character in ((2**31 - 1, 2**31 - 1), (0, 2**31 - 1), (2**31 - 1, 0)):
        server.hover(URI, line, character)
    assert_answers(server)


def test_change_with_a_reversed_range_does_no_harm(server: RawServer) -> None:
    uri = "file:///project/turned.py"
    server.open(uri, "abc\ndef\n")
    turned = {"start": {"line": 1, "character": 2}, "end": {"line": 0, "character": 1}}
    server.change(uri, 1, {"range": turned, "text": "!"})
    assert_answers(server)
    server.unread.clear()


def test_large_document_is_accepted_but_not_scored(server: RawServer) -> None:
    uri = "file:///project/large.py"
    server.open(uri, "x = 1\n" * 1_000_000)
    answer = server.command("codeorigin.rescore", uri, None, {"quiet": True})
    assert "larger than maxFileSize" in answer["message"]
    assert_answers(server)
    server.unread.clear()


def test_lone_surrogates_are_handled(server: RawServer) -> None:
    uri = "file:///project/surrogates.py"
    server.open(uri, "# \ud800 \udfff\n" + python_function("lonely"))
    assert [each["data"]["name"] for each in server.findings(uri)] == ["lonely"]
    assert "An estimate" in server.hover(uri, 1)["contents"]["value"]


def test_requests_before_initialize_and_after_shutdown_fail() -> None:
    with RawServer() as server:
        error = server.answer(server.ask("textDocument/hover", {}))["error"]
        assert error["code"] == -32002
        server.notify("textDocument/didOpen", {})
        server.initialize()
        server.request("shutdown")
        error = server.answer(server.ask("textDocument/hover", {}))["error"]
        assert error["code"] == -32600
        server.notify("exit", None)
        assert server.process.wait(60) == 0
