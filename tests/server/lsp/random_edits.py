"""Random edits of documents in the running server, and what must be found in them afterwards."""

import random
import re
from collections.abc import Sequence
from typing import Any

from tests.server.lsp.raw import RawServer

from codeorigin.analysis.analyzer import Analyzer
from codeorigin.functions.documents import Document

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
