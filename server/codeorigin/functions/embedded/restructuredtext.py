"""Code blocks in reStructuredText: the directives ``code-block``, ``code`` and ``sourcecode``.

The rules are those of docutils' "reStructuredText Directives": a directive's block is the text indented under it;
options come first, and a blank line separates them from the content.
"""

import re
from collections.abc import Iterator

from codeorigin.functions.embedded.markup import Markup
from codeorigin.text.positions import LineIndex

_DIRECTIVE = re.compile(
    r"(?P<before>\s*(?:(?:[-*+•]|\w{1,4}[.)]|\(\w{1,4}\))\s+)*)\.\.\s+"
    r"(?P<name>code-block|code|sourcecode|highlight)::(?P<word>.*)"
)
_OPTION = re.compile(r"\s*:[\w -]+:(\s|$)")
_TAB = 8


def restructuredtext_blocks(lines: LineIndex) -> Iterator[Markup]:
    """Yield every code block, in order; one without a language has that of the last ``highlight`` directive."""
    default, number = "", 0
    while number < lines.line_count:
        found = _DIRECTIVE.match(lines.line_text(number))
        number += 1
        if found is None:
            continue
        word = found["word"].strip()
        if found["name"] == "highlight":
            default = word
            continue
        opening, first, end = number - 1, number, _end(lines, number, _width(found["before"]))
        while first < end and _OPTION.match(lines.line_text(first)):
            first += 1
        # An argument may continue on the next line; without a blank line there is no content.
        if first < end and not lines.line_text(first).strip():
            block = _block(word or default, lines, opening, first, end)
            if block is not None:
                yield block
        number = end


def _end(lines: LineIndex, first: int, column: int) -> int:
    """The line after the last nonblank line from ``first`` on that is still indented deeper than ``column``."""
    end = number = first
    while number < lines.line_count:
        text = lines.line_text(number)
        number += 1
        if text.strip():
            if _width(text[: len(text) - len(text.lstrip())]) <= column:
                break
            end = number
    return end


def _block(word: str, lines: LineIndex, opening: int, first: int, end: int) -> Markup | None:
    while first < end and not lines.line_text(first).strip():
        first += 1
    texts = [lines.line_text(number) for number in range(first, end)]
    filled = [text for text in texts if text.strip()]
    if not filled:
        return None
    margin = min(len(text) - len(text.lstrip()) for text in filled)
    shifts = tuple(min(margin, len(text)) for text in texts)
    code = "".join(f"{text[shift:]}\n" for text, shift in zip(texts, shifts, strict=True))
    return Markup(word, code, opening, first, shifts)


def _width(blanks: str) -> int:
    return len(blanks.expandtabs(_TAB))
