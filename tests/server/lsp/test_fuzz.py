"""1,000 malformed messages and 4,000 edits to the running server, which has the right text afterwards."""

import json
import random
import re
from collections.abc import Iterator, Sequence
from typing import Any

import pytest
from lsprotocol.types import LSPErrorCodes
from tests.server.lsp.editor import python_function
from tests.server.lsp.raw import RawServer, frame, serving

from codeorigin.analysis.analyzer import Analyzer
from codeorigin.functions.documents import Document

MESSAGES = 1_000
EDITS = 4_000
DOCUMENTS = 8
PIECES = (
    "a", "b ", " ", "    ", "\n", "\n", "\r", "\r\n", "\x0c", "\u2028", "é", "😀", "\ufeff", "中", "\0", '"""', "'",
    "(", "):", "def ", "class A:\n", "return x\n", "# codeorigin: ignore\n", "\ud83d", python_function("typed", 4),
)  # fmt: skip


LONGEST = 4_000
LINE_END = re.compile(r"\r\n|\r|\n")

Found = list[tuple[str, str, float, int]]
"""Name, id, probability and header line of each reported function."""


class Text:
    """A document as its editor has it, in UTF-16 columns."""

    def __init__(self, uri: str, text: str) -> None:
        self.uri = uri
        self.text = text
        self.version = 0

    def place(self, offset: int) -> dict[str, int]:
        """The position of a character."""
        ends = [match.end() for match in LINE_END.finditer(self.text, 0, offset)]
        # There is no position between the two characters of one line end.
        if ends and self.text[offset - 1 : offset + 1] == "\r\n":
            ends.pop()
        start = ends[-1] if ends else 0
        units = len(self.text[start:offset].encode("utf-16-le", "surrogatepass")) // 2
        return {"line": len(ends), "character": units}

    def edit(self, chance: random.Random, pieces: Sequence[str]) -> dict[str, Any]:
        """One change at a random place, aiming for a length between zero and LONGEST."""
        start, end = sorted(chance.randrange(len(self.text) + 1) for _ in range(2))
        end = min(end, start + chance.choice((0, 0, 1, 5, 40) if len(self.text) < LONGEST else (200, 800)))
        start, end = (
            offset + (self.text[offset - 1 : offset + 1] == "\r\n" if offset else 0)
            for offset in (start, end)
        )
        return self.replace(start, end, "".join(chance.choice(pieces) for _ in range(chance.randrange(3))))

    def replace(self, start: int, end: int, new: str) -> dict[str, Any]:
        """The change that replaces a part with ``new``."""
        span = {"start": self.place(start), "end": self.place(end)}
        self.text = self.text[:start] + new + self.text[end:]
        return {"range": span, "text": new}

    def tell(self, server: RawServer, *changes: dict[str, Any]) -> None:
        """Send changes as the next version."""
        self.version += 1
        server.change(self.uri, self.version, *changes)


def expected(analyzer: Analyzer, text: str, language: str = "python") -> Found:
    """What must be found in ``text`` when every verdict is reported."""
    return [
        (each.span.name, each.function_id, each.verdict.probability, each.span.header.start_line)
        for each in analyzer.analyze(Document(text, language, "/project/fuzz")).functions
        if each.verdict.probability is not None
    ]


def found(diagnostics: list[dict[str, Any]]) -> Found:
    """What diagnostics say, in the same form."""
    return [
        (
            each["data"]["name"].rsplit(".", 1)[-1],
            each["data"]["functionId"],
            each["data"]["probability"],
            each["range"]["start"]["line"],
        )
        for each in diagnostics
    ]


def newest(server: RawServer, uri: str) -> list[dict[str, Any]]:
    """A document's diagnostics, once its newest text is scored."""
    server.command("codeorigin.rescore", uri, None, {"quiet": True})
    # What the answer is about was sent before it.
    pushed = [
        message["params"]
        for message in server.unread
        if message.get("method") == "textDocument/publishDiagnostics" and message["params"]["uri"] == uri
    ]
    return pushed[-1]["diagnostics"]


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
    return chance.choice(VALUES)


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
        return frame(json.dumps(chance.choice(VALUES)).encode()), False
    method, parameters = chance.choice(GOOD)
    parameters = bent(chance, parameters)
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
