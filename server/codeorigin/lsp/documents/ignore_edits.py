"""Edits that put ``codeorigin: ignore`` comments into a document."""

import re

from lsprotocol import types

from codeorigin.languages import Language
from codeorigin.lsp.documents.documents import Positions
from codeorigin.report import IGNORE, IGNORE_FILE

# Lines that must stay first: a shebang, a coding line, PHP's tag, a Ruby magic comment.
_MUST_COME_FIRST = re.compile(r"\ufeff?(#!|#.*coding[:=]|<\?php|#\s*frozen_string_literal)")
_PHP_TAG = re.compile(r"\ufeff?\s*<\?php")
_SEARCHED_LINES = 9


def line_end(positions: Positions) -> str:
    """The line end that the text uses: that of its first line."""
    index = positions.index
    if index.line_count < 2:
        return "\n"
    first = len(index.line_text(0))
    return index.text[first : index.line_start(1)]


def ignore_function(positions: Positions, language: Language, first_line: int) -> types.TextEdit:
    """A comment line above the function that begins on ``first_line``, indented like it."""
    first_line = min(max(first_line, 0), positions.index.line_count - 1)
    text = positions.index.line_text(first_line)
    indentation = text[: len(text) - len(text.lstrip(" \t"))]
    comment = f"{indentation}{language.line_comment} {IGNORE}{line_end(positions)}"
    place = positions.position(first_line, 0)
    return types.TextEdit(range=types.Range(start=place, end=place), new_text=comment)


def ignore_file(positions: Positions, language: Language) -> types.TextEdit:
    """A comment line at the top, behind what must come first (a shebang, PHP's opening tag)."""
    index = positions.index
    line, column = 0, 0
    if language.id == "php":
        tags = (
            n for n in range(min(_SEARCHED_LINES, index.line_count)) if _PHP_TAG.match(index.line_text(n))
        )
        line = next(tags, -1) + 1
    else:
        while line < _SEARCHED_LINES and _MUST_COME_FIRST.match(index.line_text(line)):
            line += 1
    end = line_end(positions)
    comment = f"{language.line_comment} {IGNORE_FILE}{end}"
    if line >= index.line_count:
        last = index.line_count - 1
        line, column = last, len(index.line_text(last))
        comment = f"{end}{language.line_comment} {IGNORE_FILE}{end}"
    elif line == 0 and index.text.startswith("\ufeff"):
        column = 1
    place = positions.position(line, column)
    return types.TextEdit(range=types.Range(start=place, end=place), new_text=comment)
