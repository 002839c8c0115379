"""Hundreds of random requests, edits and cancellations: every request is answered, nothing fails inside."""

import random
import time
from collections import Counter
from collections.abc import Iterator
from typing import Any

import pytest
from lsprotocol.types import ErrorCodes, LSPErrorCodes
from tests.server.lsp.editor import python_function
from tests.server.lsp.raw import RawServer

URIS = [f"file:///project/soak_{number}.py" for number in range(4)]
TEXT = "\n\n".join(python_function(f"f{number}", number + 2) for number in range(15))
LAST_LINE = TEXT.count("\n")
STEPS = 300
PIECES = ["x", "\n", "def g(a):\n    return a\n", "é😀", "\r", "\x0c", "    "]
# The last is for commands on a document that was closed before they started.
ALLOWED = {
    None,
    LSPErrorCodes.ContentModified,
    LSPErrorCodes.RequestCancelled,
    ErrorCodes.InvalidParams,
}


def capabilities(encoding: str) -> dict[str, Any]:
    """A client that shows progress."""
    return {
        "window": {"workDoneProgress": True},
        "general": {"positionEncodings": [encoding]},
    }


def place(chance: random.Random) -> dict[str, int]:
    return {"line": chance.randrange(LAST_LINE), "character": chance.randrange(40)}


def edit(chance: random.Random) -> dict[str, Any]:
    start = place(chance)
    end = {"line": start["line"] + chance.randrange(2), "character": chance.randrange(40)}
    return {"range": {"start": start, "end": end}, "text": chance.choice(PIECES)}


def requests(chance: random.Random, uri: str) -> Iterator[tuple[str, Any]]:
    """One request of every kind."""
    document = {"textDocument": {"uri": uri}}
    yield "textDocument/hover", {**document, "position": place(chance)}
    yield "codeorigin/attributions", document
    yield "textDocument/codeLens", document
    command = {"command": "codeorigin.explain", "arguments": [uri, place(chance), {"quiet": True}]}
    yield "workspace/executeCommand", command


def answer_the_server(server: RawServer) -> None:
    """Read what has arrived, and answer the server's requests."""
    while not server.messages.empty():
        message = server.messages.get()
        if "method" in message and "id" in message:
            server.send({"id": message["id"], "result": None})
        else:
            server.unread.append(message)


@pytest.mark.parametrize(("seed", "encoding"), [(1, "utf-8"), (2, "utf-16")])
def test_every_request_is_answered(seed: int, encoding: str) -> None:
    chance = random.Random(seed)
    with RawServer() as server:
        server.initialize(
            capabilities=capabilities(encoding),
            options={"debounce": 5, "hoverTimeout": 5},
        )
        for uri in URIS:
            server.open(uri, TEXT)
        asked: list[int] = []
        for version in range(1, STEPS):
            uri = chance.choice(URIS)
            what = chance.random()
            if what < 0.5:
                server.change(uri, version, *(edit(chance) for _ in range(chance.randrange(1, 3))))
            elif what < 0.85:
                asked.append(server.ask(*chance.choice(list(requests(chance, uri)))))
            elif what < 0.95 and asked:
                server.notify("$/cancelRequest", {"id": chance.choice(asked)})
            else:
                server.close(uri)
                server.open(uri, TEXT)
            answer_the_server(server)
            if chance.random() < 0.3:
                time.sleep(0.02 * chance.random())
        codes = Counter(server.answer(each).get("error", {}).get("code") for each in asked)
        assert set(codes) <= ALLOWED
        assert codes[None] > len(asked) / 2
        while server.status()["queue"]:
            answer_the_server(server)
        answer_the_server(server)
        assert server.leave() == 0
        progress = [m["params"]["value"]["kind"] for m in server.unread if m.get("method") == "$/progress"]
        assert progress.count("begin") == progress.count("end")
        pushed = [m for m in server.unread if m.get("method") == "textDocument/publishDiagnostics"]
        assert pushed
        assert [m for m in server.unread if m.get("method") == "window/showMessage"] == []
    assert b"ERROR" not in server.errors
