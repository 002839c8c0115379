"""Markdown's fenced blocks, by the rules of CommonMark 0.31 (section 4.5): in lists and quotations too."""

from collections.abc import Iterator
from functools import lru_cache
from typing import TYPE_CHECKING

from codeorigin.embedded.blocks import Block
from codeorigin.source.text import LineIndex

if TYPE_CHECKING:
    from markdown_it import MarkdownIt
    from markdown_it.rules_block import StateBlock

_DEEPEST = 20
"""Levels that are entered: a quotation is one, a list with its item two."""


def markdown_blocks(lines: LineIndex) -> Iterator[Block]:
    """Every fenced block of a document, in order; one that is never closed runs to the end of what it stands in."""
    for token in _parser().parse(lines.text):
        if token.type == "fence" and token.map is not None and token.content:
            first = token.map[0] + 1
            # The document's last line may have no end.
            content = token.content.removesuffix("\n").split("\n")
            shifts = tuple(len(lines.line_text(first + n)) - len(line) for n, line in enumerate(content))
            yield Block(token.info, "\n".join(content) + "\n", first - 1, first, shifts)


@lru_cache(maxsize=1)
def _parser() -> "MarkdownIt":
    from markdown_it import MarkdownIt  # noqa: PLC0415 - only documents with blocks need it

    # Text inside paragraphs, and what references stand for, take most of the time and hold no blocks.
    parser = MarkdownIt("commonmark", {"maxNesting": _DEEPEST + 2})
    parser.disable(["inline", "text_join", "reference", "lheading"])
    # At its own limit the library passes over all that follows, to the end of the document.
    parser.block.ruler.before("code", "too_deep", _too_deep)
    return parser


def _too_deep(state: "StateBlock", line: int, _end: int, silent: bool) -> bool:
    """Pass over one line that stands deeper than what is entered."""
    if state.level < _DEEPEST:
        return False
    if not silent:
        state.line = line + 1
    return True
