"""Every request is answered, whatever was sent; odd messages are read as far as they can be, and none is kept."""

import copy
import json
import random
from collections.abc import AsyncIterator
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from lsprotocol import types
from tests.server.lsp.conftest import server_here
from tests.server.lsp.editor import python_function
from tests.server.lsp.raw import Client

from codeorigin.lsp.documents.documents import SourceDocument
from support.waiting import until

URI = "file:///project/a.py"


class Raw(Client):
    """A server in this process, and what it writes."""

    def __init__(self) -> None:
        super().__init__()
        self.messages: list[dict[str, Any]] = []
        self.server = server_here(self.messages.append)

    def post(self, body: bytes) -> None:
        self.server.protocol.receive(body)

    async def answer(self, identity: int | str | None) -> dict[str, Any]:
        def arrived() -> list[dict[str, Any]]:
            return [
                each for each in self.messages if "method" not in each and each.get("id", self) == identity
            ]

        await until(lambda: bool(arrived()))
        return arrived()[0]

    async def request(self, method: str, params: Any) -> dict[str, Any]:
        """The answer to a request."""
        return await self.answer(self.ask(method, params))

    def document(self, uri: str = URI) -> SourceDocument:
        found = self.server.session.documents.find(uri)
        assert found is not None
        return found


@pytest.fixture
async def raw() -> AsyncIterator[Raw]:
    """A server after its handshake."""
    made = Raw()
    await made.request("initialize", INITIALIZE)
    yield made
    made.server.session.stop()


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


def rescoring(uri: str) -> dict[str, Any]:
    """The parameters of the command that scores a document."""
    return {"command": "codeorigin.rescore", "arguments": [uri]}


async def test_bad_messages_and_requests_are_refused_and_the_next_one_is_answered() -> None:
    raw = Raw()
    assert (await raw.request("textDocument/hover", {}))["error"]["code"] == CODES.ServerNotInitialized
    raw.ask("initialize", {**INITIALIZE, "capabilities": {}})
    raw.notify("initialized", {})
    raw.open(URI, "")
    for name, (body, code) in BROKEN.items():
        raw.messages.clear()
        raw.post(body)
        assert (await raw.answer(None))["error"]["code"] == code, name
    for method, params, code in REQUESTS:
        error = (await raw.request(method, params))["error"]
        assert error["code"] == code, (method, params)
        assert "Traceback" not in json.dumps(error)
    raw.messages.clear()
    for message in SILENT:
        raw.send(message)
    status = await raw.request(COMMAND, {"command": "codeorigin.status"})
    assert status["result"]["documents"] == 1
    assert [message for message in raw.messages if "error" in message] == []
    raw.open("file:///project/pending.py", python_function("f"))
    pending = raw.ask(COMMAND, rescoring("file:///project/pending.py"))
    assert (await raw.request("shutdown", None))["result"] is None
    assert (await raw.answer(pending))["error"]["code"] == types.LSPErrorCodes.RequestCancelled
    assert (await raw.request("textDocument/hover", {}))["error"]["code"] == CODES.InvalidRequest


VALUES: tuple[Any, ...] = (
    None, True, -1, 0, 7, 2**31, 2**63, 1e308, "", "x", "\0", "\ud800", URI, "::%%", [], [[]], {}, {"a": {}},
    [None] * 5, "x" * 5_000,
)  # fmt: skip
PLACE = {"line": 0, "character": 5}
HERE = {"start": PLACE, "end": PLACE}
GOOD: tuple[tuple[str, Any], ...] = (
    ("textDocument/hover", {"textDocument": DOCUMENT, "position": PLACE}),
    ("textDocument/codeLens", {"textDocument": DOCUMENT}),
    (
        "textDocument/didOpen",
        {"textDocument": {**DOCUMENT, "languageId": "python", "version": 1, "text": "x\n"}},
    ),
    (
        "textDocument/didChange",
        {"textDocument": {**DOCUMENT, "version": 2}, "contentChanges": [{"range": HERE, "text": "y"}]},
    ),
    (
        "textDocument/codeAction",
        {
            "textDocument": DOCUMENT,
            "range": HERE,
            "context": {"diagnostics": [{"range": HERE, "message": "m"}]},
        },
    ),
    (COMMAND, {"command": "codeorigin.rescore", "arguments": [URI, None, {}]}),
    (COMMAND, {"command": "codeorigin.explain", "arguments": [URI, PLACE]}),
    ("codeorigin/attributions", {"textDocument": DOCUMENT, "range": HERE}),
)


def bent(chance: random.Random, good: Any) -> Any:
    """``good`` with one part replaced, dropped or added."""
    if isinstance(good, dict) and good and chance.random() < 0.8:
        key = chance.choice(list(good))
        if chance.random() < 0.2:
            return {name: part for name, part in good.items() if name != key}
        return {**good, key: bent(chance, good[key])}
    if isinstance(good, list) and good and chance.random() < 0.8:
        number = chance.randrange(len(good))
        return [*good[:number], bent(chance, good[number]), *good[number + 1 :]]
    return chance.choice(VALUES)


async def test_each_of_a_thousand_malformed_requests_is_answered_and_the_next_document_is_scored(
    raw: Raw,
) -> None:
    raw.notify("initialized", {})
    chance, asked = random.Random(11), set[int]()
    for _ in range(1_000):
        method, good = chance.choice(GOOD)
        parameters = bent(chance, good)
        if chance.random() < 0.7 and "/did" not in method:
            asked.add(raw.ask(method, parameters))
        else:
            raw.notify(method, parameters)
    await until(lambda: asked <= {message.get("id") for message in raw.messages})
    answers = [message for message in raw.messages if message.get("id") in asked]
    assert all(("result" in answer) != ("error" in answer) for answer in answers)
    assert "Traceback" not in json.dumps(answers)
    target = "file:///project/target.py"
    raw.open(target, python_function("target"))
    (function,) = (await raw.request(COMMAND, rescoring(target)))["result"]["functions"]
    assert function["verdict"]["probability"] is not None


async def test_edits_leave_nothing_behind(raw: Raw) -> None:
    raw.open(URI, "")
    start = {"line": 0, "character": 0}
    for version in range(1, 200):
        raw.change(URI, version, {"range": {"start": start, "end": start}, "text": "x"})
    await raw.request(COMMAND, {"command": "codeorigin.status", "arguments": []})
    assert raw.document().source == "x" * 199
    assert {message.get("id") for message in raw.messages if "result" in message} == {1, 2}
    assert raw.server.protocol._request_futures == {}


ODD = st.sampled_from([None, -1, 99, "compact", "", [], {}, [7], {"x": 1}, 1.5, True])
OPTIONAL = [
    path
    for path in places(INITIALIZE)
    if len(path) > 1 or path in {("trace",), ("clientInfo",), ("capabilities",)}
]


@settings(max_examples=60, deadline=None)
@given(st.lists(st.tuples(st.sampled_from(OPTIONAL), ODD), min_size=1, max_size=4))
async def test_what_cannot_be_read_of_initialize_is_absent_and_the_rest_counts(changes: Any) -> None:
    message = copy.deepcopy(INITIALIZE)
    for path, odd in changes:
        holder: Any = message
        try:
            for step in path[:-1]:
                holder = holder[step]
            holder[path[-1]] = copy.deepcopy(odd)  # a later change may write into it
        except (KeyError, IndexError, TypeError):
            continue  # an earlier change took it away
    raw = Raw()
    reply = await raw.request("initialize", message)
    assert "result" in reply
    touched = {path[:2] for path, _ in changes}
    if not touched & {("capabilities",), ("capabilities", "general")}:
        assert reply["result"]["capabilities"]["positionEncoding"] == "utf-8"
    raw.server.session.stop()


@pytest.mark.parametrize(
    "odd",
    [{"tags": [-1]}, {"severity": 9}, {"relatedInformation": 3}, {"codeDescription": {}}, {"range": "all"}],
)
async def test_odd_diagnostic_of_another_server_does_not_end_the_code_actions(
    raw: Raw, odd: dict[str, Any]
) -> None:
    raw.open(URI, "def f(a):\n    return a\n")
    span = {"start": {"line": 0, "character": 0}, "end": {"line": 1, "character": 0}}
    theirs = {"range": span, "message": "theirs", "source": "other", **odd}
    context = {"diagnostics": [theirs], "triggerKind": 7}
    asked = {"textDocument": DOCUMENT, "range": span, "context": context}
    actions = (await raw.request("textDocument/codeAction", asked))["result"]
    assert [action["title"] for action in actions] == ["Rescore selection"]


@pytest.mark.parametrize("version", [None, "2", 1.5])
async def test_edit_counts_whatever_its_version_but_not_without_its_range(raw: Raw, version: Any) -> None:
    raw.open(URI, "x", version=4)
    raw.change(URI, version, {"text": "new"})
    assert (raw.document().source, raw.document().version) == ("new", 5)
    raw.change(URI, version, {"range": {"start": "here"}, "text": "lost"})
    assert raw.document().source == "new"


async def test_edits_of_what_is_not_open_are_ignored_in_one_line(
    raw: Raw, caplog: pytest.LogCaptureFixture
) -> None:
    raw.change(URI, 1, {"text": "x"})
    book = {"notebookDocument": {"uri": URI, "version": 1}, "change": {"cells": {}}}
    raw.notify("notebookDocument/didChange", book)
    assert [(record.getMessage(), record.exc_info) for record in caplog.records] == [
        ("an edit of a document that is not open was ignored", None),
        ("an edit of a notebook that is not open was ignored", None),
    ]
    assert raw.server.session.documents.opened() == []


async def test_uri_that_no_path_can_be_made_of_is_not_on_disk() -> None:
    raw, odd = Raw(), "file://[::1/x.py"
    folders = [{"uri": odd, "name": "odd"}]
    assert "result" in await raw.request("initialize", {**INITIALIZE, "workspaceFolders": folders})
    raw.open(odd, "x")
    snapshot = raw.document(odd).snapshot()
    assert (snapshot.text, snapshot.path) == ("x", None)
    raw.server.session.stop()
