"""Untitled buffers whose language changes, by language id or by content."""

import pytest
from tests.server.lsp.editor import PUSHED, Document, Editor, python_function
from tests.support.language_texts import CODE, NONE

PYTHON = python_function("buffered")
PROSE = NONE["prose"] * 3


async def shown(editor: Editor, document: Document) -> list[str]:
    """Names of the functions for which the client shows findings, once the server is idle."""
    await editor.idle()
    await editor.findings_arrived(document)
    pushed = [each for each in editor.inbox[PUSHED] if each.uri == document.uri]
    return [each.data["name"] for each in pushed[-1].diagnostics]


@pytest.mark.parametrize(
    ("text", "language", "names"),
    [
        (PYTHON, "plaintext", ["buffered"]),
        (PYTHON, "python", ["buffered"]),
        (PYTHON, "markdown", []),
        (PYTHON, "klingon", []),
        (PROSE, "plaintext", []),
        (CODE["javascript"], "", ["renderList"]),
    ],
)
async def test_changing_the_language_id_rescores_the_buffer(
    editor: Editor, text: str, language: str, names: list[str]
) -> None:
    """The client closes the buffer and reopens it with the version it had."""
    document = editor.open(PYTHON, language="python", uri="untitled:Untitled-7")
    assert await shown(editor, document) == ["buffered"]
    await editor.close(document)
    again = editor.open(text, language=language, uri=document.uri)
    assert await shown(editor, again) == names


async def test_buffer_becomes_prose_word_by_word(editor: Editor) -> None:
    document = editor.open(PYTHON, language="plaintext", uri="untitled:Untitled-10")
    assert await shown(editor, document) == ["buffered"]
    # The code is deleted from the top, and prose is written above it.
    for line in PYTHON.splitlines(keepends=True):
        editor.replace(document, line, "")
        start = "" if not document.text else document.text[0]
        for word in PROSE.split()[:12]:
            editor.replace(document, start, f"{word} {start}")
            start = word[0]
    assert await shown(editor, document) == []
    assert await editor.hover(document, 0) is None
    editor.fill(document, "")
    assert await shown(editor, document) == []
