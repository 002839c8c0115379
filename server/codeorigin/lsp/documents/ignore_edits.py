"""Edits that insert ``codeorigin: ignore`` comments where the analyzer recognizes them."""

import re

from lsprotocol import types

from codeorigin.functions.ignore_comments import IGNORE, IGNORE_FILE
from codeorigin.languages import Language
from codeorigin.lsp.documents.snapshot import Positions

_BOM = "\ufeff"
# A shebang, but not an inner attribute of Rust; an encoding declaration (PEP 263, Ruby's are similar); a Ruby magic
# comment.
_SHEBANG = re.compile(r"#!(?!\s*\[)")
_ENCODING = re.compile(r"[ \t\f]*#.*?coding[:=][ \t]*[-\w.]+")
_COMMENT_OR_BLANK = re.compile(r"[ \t\f]*(#.*)?")
_MAGIC = re.compile(r"#\s*-?\*?-?\s*(frozen_string_literal|warn_indent|shareable_constant_value)\s*:")
_MAGIC_LINES = 5

_PHP_TAG = re.compile(r"<\?(php\b|=)?", re.IGNORECASE)
_ONE_LINE_COMMENT = re.compile(r"\s*(//|#(?!\[))(?!.*\?>)")
_TAG_LINES = 9


def line_end(positions: Positions) -> str:
    """The line ending that the text uses, taken from its first line."""
    index = positions.index
    if index.line_count < 2:
        return "\n"
    first = len(index.line_text(0))
    return index.text[first : index.line_start(1)]


def ignore_function(positions: Positions, language: Language, line: int, column: int) -> types.TextEdit:
    """Insert an ignore comment for the function that begins at ``line`` and ``column``, in code points.

    The comment goes on a line above, indented like the function. If the function follows other code on its line and
    the language has block comments, it goes directly before the function, because the line above may not be code,
    such as text before PHP's opening tag.
    """
    line = min(max(line, 0), positions.index.line_count - 1)
    before = positions.index.line_text(line)[: max(column, 0)]
    mark = len(_BOM) if line == 0 and before.startswith(_BOM) else 0
    indentation = before[mark:]
    if indentation.strip() and language.line_comment == "//":
        return _insertion(positions, line, len(before), f"/* {IGNORE} */ ")
    indentation = indentation[: len(indentation) - len(indentation.lstrip(" \t"))]
    comment = f"{indentation}{_line_comment(language, IGNORE)}{line_end(positions)}"
    return _insertion(positions, line, mark, comment)


def ignore_file(positions: Positions, language: Language) -> types.TextEdit:
    """Insert an ignore comment at the top, after what must come first (BOM, shebang, PHP's opening tag)."""
    index = positions.index
    end = line_end(positions)
    comment = _line_comment(language, IGNORE_FILE)
    line = _lines_that_come_first(positions, language)
    tag = _PHP_TAG.search(index.text) if language.id == "php" else None
    if tag is not None:
        tag_line, _ = index.offset_to_position(tag.start())
        behind = index.text[tag.end() : index.line_end(tag_line)]
        leading = index.text[index.line_start(line) : tag.start()]
        if tag[0].lower() != "<?php" or tag_line >= _TAG_LINES or leading.strip(_BOM + " \t\r\n"):
            # The file begins with text to be printed. PHP drops the line ending after a closing tag, so the comment
            # does not change the output.
            comment = f"<?php {comment} ?>"
        elif behind.strip() and not _ONE_LINE_COMMENT.match(behind):
            return _insertion(positions, *index.offset_to_position(tag.end()), f" /* {IGNORE_FILE} */")
        else:
            line = tag_line + 1
    if line >= index.line_count:
        last = index.line_count - 1
        return _insertion(positions, last, len(index.line_text(last)), f"{end}{comment}{end}")
    return _insertion(positions, line, int(line == 0 and index.text.startswith(_BOM)), f"{comment}{end}")


def _lines_that_come_first(positions: Positions, language: Language) -> int:
    """Number of leading lines that would lose their meaning if a line were inserted before them."""
    index = positions.index
    first = index.line_text(0).removeprefix(_BOM)
    lines = 1 if _SHEBANG.match(first) else 0
    if language.line_comment != "#":
        return lines
    if _ENCODING.match(first):
        lines = 1
    elif index.line_count > 1 and _COMMENT_OR_BLANK.fullmatch(first) and _ENCODING.match(index.line_text(1)):
        lines = 2
    while lines < min(_MAGIC_LINES, index.line_count) and _MAGIC.match(index.line_text(lines)):
        lines += 1
    return lines


def _line_comment(language: Language, words: str) -> str:
    if language.id == "go":  # a directive, which is no part of a doc comment
        return f"//{words.replace(' ', '')}"
    return f"{language.line_comment} {words}"


def _insertion(positions: Positions, line: int, column: int, text: str) -> types.TextEdit:
    place = positions.position(line, column)
    return types.TextEdit(range=types.Range(start=place, end=place), new_text=text)
