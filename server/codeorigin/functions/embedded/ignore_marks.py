"""Comments that exclude code blocks: ``codeorigin: ignore`` above a block, ``ignore-file`` at the top."""

import re
from collections.abc import Mapping
from types import MappingProxyType

from codeorigin.functions.ignore_comments import IGNORE_FILE, IGNORE_FILE_LINES
from codeorigin.languages.kinds import MARKDOWN, RESTRUCTUREDTEXT, DocumentKind
from codeorigin.text.positions import LineIndex

_WORDS = r"codeorigin:[ \t]*(ignore(?:-file)?)(?![\w-])"
_COMMENTS: Mapping[str, re.Pattern[str]] = MappingProxyType(
    {
        MARKDOWN.id: re.compile(rf"[ \t>]*<!--[ \t]*{_WORDS}"),
        RESTRUCTUREDTEXT.id: re.compile(rf"[ \t]*\.\.[ \t]+{_WORDS}"),
    }
)


def ignores_document(lines: LineIndex, kind: DocumentKind) -> bool:
    """Whether a comment in the first ten lines, not counting front matter, excludes all blocks."""
    first = front_matter_end(lines)
    found = (_COMMENTS[kind.id].match(lines.line_text(first + n)) for n in range(IGNORE_FILE_LINES))
    return any(mark is not None and mark[1] == "ignore-file" for mark in found)


def ignores_block(lines: LineIndex, kind: DocumentKind, opening: int) -> bool:
    """Whether the last nonblank line above ``opening``, the block's first line of markup, excludes the block."""
    line = opening - 1
    while line >= 0 and not lines.line_text(line).strip():
        line -= 1
    found = _COMMENTS[kind.id].match(lines.line_text(line)) if line >= 0 else None
    return found is not None and found[1] == "ignore"


def document_comment(kind: DocumentKind) -> str:
    """The comment that excludes all blocks of a document; it must be a separate paragraph."""
    return f"<!-- {IGNORE_FILE} -->" if kind is MARKDOWN else f".. {IGNORE_FILE}"


def front_matter_end(lines: LineIndex) -> int:
    """The line after the YAML or TOML front matter of a document; 0 if there is none."""
    mark = lines.line_text(0).removeprefix("\ufeff").rstrip()
    if mark not in {"---", "+++"}:
        return 0
    closing = {mark, "..."} if mark == "---" else {mark}
    ends = (n for n in range(1, lines.line_count) if lines.line_text(n).rstrip() in closing)
    return next(ends, -1) + 1
