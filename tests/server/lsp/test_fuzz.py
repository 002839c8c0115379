"""Thousands of edits of several documents, which then have the findings of a fresh analysis."""

import asyncio
import random

from lsprotocol import types
from tests.server.lsp.editor import PUSHED, Document, Editor, python_function
from tests.server.lsp.requests import between_lines

from codeorigin.analysis.analyzer import Analyzer
from codeorigin.functions import documents

MESSAGES, DOCUMENTS, LONGEST = 2_000, 8, 4_000
PIECES = (
    "a", "b ", " ", "    ", "\n", "\n", "\r", "\r\n", "\x0c", "\u2028", "é", "😀", "\ufeff", "中", "\0", '"""', "'",
    "(", "):", "def ", "class A:\n", "return x\n", "# codeorigin: ignore\n", "\ud83d", python_function("typed", 4),
)  # fmt: skip


def edited(document: Document, chance: random.Random) -> types.TextDocumentContentChangePartial:
    """One change at a random place, aiming for a length between zero and LONGEST."""
    text = document.text
    start, end = sorted(chance.randrange(len(text) + 1) for _ in range(2))
    end = min(end, start + chance.choice((0, 0, 1, 5, 40) if len(text) < LONGEST else (200, 800)))
    start, end = between_lines(text, start), between_lines(text, end)
    return document.splice(start, end, "".join(chance.choice(PIECES) for _ in range(chance.randrange(3))))


async def test_findings_after_thousands_of_edits_are_those_of_a_fresh_analysis(editor: Editor) -> None:
    chance, analyzer = random.Random(7), Analyzer.load()
    text = "\n\n".join(map(python_function, ("one", "two", "three")))
    opened = [editor.open(text) for _ in range(DOCUMENTS)]
    for number in range(MESSAGES):
        document = chance.choice(opened)
        document.version += 1
        editor.change(document, *(edited(document, chance) for _ in range(chance.choice((1, 1, 1, 2, 5)))))
        if number % 50 == 0:
            await asyncio.sleep(0.03)  # longer than the debounce
    for document in opened:
        # A whole function, so that there is something to find wherever the edits ended.
        document.version += 1
        editor.change(document, document.splice(0, 0, python_function("last") + "\n"))
        await editor.findings_arrived(document)
        shown = [each for each in editor.inbox[PUSHED] if each.uri == document.uri][-1].diagnostics
        fresh = [
            (
                each.span.qualified_name,
                each.function_id,
                each.verdict.probability,
                each.span.header.start_line,
            )
            for each in analyzer.analyze(
                documents.Document(document.text, "python", "/project/fuzz")
            ).functions
            if each.verdict.probability is not None
        ]
        assert "last" in [name for name, *_ in fresh]
        assert [
            (each.data["name"], each.data["functionId"], each.data["probability"], each.range.start.line)
            for each in shown
        ] == fresh
