"""1,000 malformed messages and 4,000 edits to the running server, which has the right text afterwards."""

import json
import random
from collections.abc import Iterator
from typing import Any

import pytest
from lsprotocol.types import LSPErrorCodes
from tests.server.lsp.editor import python_function
from tests.server.lsp.random_edits import Text, expected, found, newest
from tests.server.lsp.raw import RawServer, frame, serving

from codeorigin.analysis.analyzer import Analyzer

MESSAGES = 1_000
EDITS = 4_000
DOCUMENTS = 8
PIECES = (
    "a", "b ", " ", "    ", "\n", "\n", "\r", "\r\n", "\x0c", "\u2028", "é", "😀", "\ufeff", "中", "\0", '"""', "'",
    "(", "):", "def ", "class A:\n", "return x\n", "# codeorigin: ignore\n", "\ud83d", python_function("typed", 4),
)  # fmt: skip


@pytest.fixture(scope="module")
def analyzer() -> Analyzer:
    """Scores the final texts from scratch."""
    return Analyzer.load()


@pytest.fixture(scope="module")
def server() -> Iterator[RawServer]:
    with serving(options={"debounce": 5, "hoverTimeout": 0}) as running:
        yield running


def test_thousands_of_edits_match_a_fresh_analysis(server: RawServer, analyzer: Analyzer) -> None:
    chance = random.Random(7)
    texts = [
        Text(f"file:///project/{number}.py", "\n\n".join(map(python_function, ("one", "two", "three"))))
        for number in range(DOCUMENTS)
    ]
    for each in texts:
        server.open(each.uri, each.text)
    edits = 0
    asked: list[int] = []
    while edits < EDITS:
        each = chance.choice(texts)
        changes = [each.edit(chance, PIECES) for _ in range(chance.choice((1, 1, 1, 2, 5)))]
        edits += len(changes)
        each.tell(server, *changes)
        if chance.random() < 0.02:
            place = {"textDocument": {"uri": each.uri}, "position": each.place(0)}
            asked.append(server.ask(chance.choice(("textDocument/hover", "textDocument/codeLens")), place))
        if asked and chance.random() < 0.01:
            server.notify("$/cancelRequest", {"id": chance.choice(asked)})
    for each in texts:
        # A whole function, so that there is something to find wherever the edits ended.
        new = python_function(f"last_{each.version}") + "\n"
        each.tell(server, each.replace(0, 0, new))
    codes = {server.answer(each).get("error", {}).get("code") for each in asked}
    assert codes <= {None, LSPErrorCodes.RequestCancelled}
    for each in texts:
        fresh = expected(analyzer, each.text)
        assert f"last_{each.version - 1}" in [name for name, *_ in fresh]
        assert found(newest(server, each.uri)) == fresh
    assert b"ERROR" not in server.errors


VALUES: tuple[Any, ...] = (
    None, True, -1, 0, 7, 2**31, 2**63, 1e308, "", "x", "\0", "\ud800", "file:///project/target.py", "::%%", [], [[]],
    {}, {"a": {}}, [None] * 5, "x" * 5_000,
)  # fmt: skip
METHODS = (
    "initialize", "initialized", "textDocument/didOpen", "textDocument/didChange", "textDocument/didSave",
    "textDocument/hover", "textDocument/codeAction", "textDocument/codeLens", "textDocument/inlayHint",
    "textDocument/diagnostic", "workspace/executeCommand", "workspace/didChangeConfiguration",
    "workspace/didChangeWatchedFiles", "workspace/didChangeWorkspaceFolders", "notebookDocument/didOpen",
    "notebookDocument/didChange", "codeorigin/attributions", "$/cancelRequest", "$/setTrace",
    "window/workDoneProgress/cancel", "no/such", "",
)  # fmt: skip
KEYS = (
    "textDocument", "uri", "version", "languageId", "text", "contentChanges", "range", "start", "end", "line",
    "character", "position", "context", "diagnostics", "command", "arguments", "settings", "codeorigin", "changes",
    "event", "added", "removed", "notebookDocument", "cells", "id", "token", "value",
)  # fmt: skip


def value(chance: random.Random, depth: int = 0) -> Any:
    """Random JSON with the protocol's own keys."""
    kind = chance.random()
    if depth > 3 or kind < 0.4:
        return chance.choice(VALUES)
    if kind < 0.9:
        return {chance.choice(KEYS): value(chance, depth + 1) for _ in range(chance.randrange(1, 5))}
    return [value(chance, depth + 1) for _ in range(chance.randrange(3))]


def bent(chance: random.Random, good: Any) -> Any:
    """``good`` with one part replaced, dropped or added."""
    if isinstance(good, dict) and good and chance.random() < 0.8:
        key = chance.choice(list(good))
        what = chance.random()
        if what < 0.2:
            return {name: part for name, part in good.items() if name != key}
        return {**good, key: bent(chance, good[key])}
    if isinstance(good, list) and good and chance.random() < 0.8:
        number = chance.randrange(len(good))
        return [*good[:number], bent(chance, good[number]), *good[number + 1 :]]
    return value(chance, 2)


PLACE = {"line": 0, "character": 5}
DOCUMENT = {"uri": "file:///project/other.py"}
GOOD: tuple[tuple[str, Any], ...] = (
    ("textDocument/hover", {"textDocument": DOCUMENT, "position": PLACE}),
    ("textDocument/codeLens", {"textDocument": DOCUMENT}),
    (
        "textDocument/didOpen",
        {"textDocument": {**DOCUMENT, "languageId": "python", "version": 1, "text": "x = 1\n"}},
    ),
    (
        "textDocument/didChange",
        {
            "textDocument": {**DOCUMENT, "version": 2},
            "contentChanges": [{"range": {"start": PLACE, "end": PLACE}, "text": "y"}],
        },
    ),
    (
        "textDocument/codeAction",
        {
            "textDocument": DOCUMENT,
            "range": {"start": PLACE, "end": PLACE},
            "context": {
                "diagnostics": [{"range": {"start": PLACE, "end": PLACE}, "message": "m", "data": {}}]
            },
        },
    ),
    ("workspace/executeCommand", {"command": "codeorigin.rescore", "arguments": [DOCUMENT["uri"], None, {}]}),
    ("workspace/executeCommand", {"command": "codeorigin.explain", "arguments": [DOCUMENT["uri"], PLACE]}),
    ("codeorigin/attributions", {"textDocument": DOCUMENT, "range": {"start": PLACE, "end": PLACE}}),
)


def malformed(chance: random.Random, number: int) -> tuple[bytes, bool]:
    """One message that is wrong somewhere, and whether it can still be read as a request."""
    what = chance.random()
    if what < 0.1:
        return frame(chance.randbytes(chance.randrange(1, 60))), False
    if what < 0.2:
        body = json.dumps({"jsonrpc": "2.0", "id": -number, "method": "no/such", "params": {}}).encode()
        cut = chance.randrange(1, len(body))
        return frame(body[:cut]), False
    if what < 0.3:
        return frame(json.dumps(value(chance)).encode()), False
    if what < 0.7:
        method, parameters = chance.choice(GOOD)
        parameters = bent(chance, parameters)
    else:
        method, parameters = chance.choice(METHODS), value(chance)
    message: dict[str, Any] = {"jsonrpc": "2.0", "method": method, "params": parameters}
    is_request = chance.random() < 0.7
    if is_request:
        message["id"] = f"fuzz-{number}"
    return frame(json.dumps(message).encode()), is_request


def test_server_recovers_from_a_thousand_malformed_messages(server: RawServer, analyzer: Analyzer) -> None:
    chance = random.Random(11)
    target = Text("file:///project/target.py", python_function("target"))
    server.open(target.uri, target.text)
    requests = []
    for number in range(MESSAGES):
        body, is_request = malformed(chance, number)
        server.write(body)
        if is_request:
            requests.append(f"fuzz-{number}")
    # Every request was answered, whatever it was.
    for request in requests:
        answer = server.wait_for(lambda m, wanted=request: m.get("id") == wanted and "method" not in m)
        assert ("result" in answer) != ("error" in answer)
        assert "Traceback" not in json.dumps(answer)
    server.unread.clear()
    # Whatever happened to the settings and the document: reset them, and all is as in a fresh server.
    server.configure(threshold=0.0, debounce=5)
    server.close(target.uri)
    server.open(target.uri, target.text)
    assert found(newest(server, target.uri)) == expected(analyzer, target.text)
