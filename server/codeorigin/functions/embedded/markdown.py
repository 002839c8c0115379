"""Fenced code blocks in Markdown, also in lists and block quotes, per CommonMark 0.31 (section 4.5)."""

from collections.abc import Iterator
from functools import lru_cache
from typing import TYPE_CHECKING

from codeorigin.functions.embedded.markup import Markup
from codeorigin.text.positions import LineIndex

if TYPE_CHECKING:
    from markdown_it import MarkdownIt
    from markdown_it.rules_block import StateBlock

_DEEPEST = 20
"""Maximum nesting depth to search: a block quote is one level, a list with its item two."""


def markdown_blocks(lines: LineIndex) -> Iterator[Markup]:
    """Yield every fenced block of a document, in order; an unclosed block runs to the end of its container."""
    for token in _parser().parse(lines.text):
        if token.type == "fence" and token.map is not None and token.content:
            first = token.map[0] + 1
            # The document's last line may lack a line ending.
            content = token.content.removesuffix("\n").split("\n")
            shifts = tuple(len(lines.line_text(first + n)) - len(line) for n, line in enumerate(content))
            yield Markup(token.info, "\n".join(content) + "\n", first - 1, first, shifts)


@lru_cache(maxsize=1)
def _parser() -> "MarkdownIt":
    from markdown_it import MarkdownIt  # noqa: PLC0415 - only documents with blocks need it

    # Inline text and references would take most of the time, and contain no blocks.
    parser = MarkdownIt("commonmark", {"maxNesting": _DEEPEST + 2})
    parser.disable(["inline", "text_join", "reference", "lheading"])
    # At its own limit, the library skips the rest of the document.
    parser.block.ruler.before("code", "too_deep", _too_deep)
    return parser


def _too_deep(state: "StateBlock", line: int, _end: int, silent: bool) -> bool:
    """Skip one line that is nested too deeply."""
    if state.level < _DEEPEST:
        return False
    if not silent:
        state.line = line + 1
    return True
