"""Code -> the text that the model reads, without layout that only tells repositories apart.

Trailing blanks, line-end style, indentation width and the column that a function starts in depend on where code
lives, not on who wrote it, yet all four separate the classes of a training corpus almost for free. What a formatter
keeps is kept: line breaks, single blank lines and the nesting level of every line.
"""

import re
from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property
from itertools import compress
from operator import add

import numpy as np
import numpy.typing as npt

LEVEL_MARK = "\t"
"""One level of indentation at the start of a line of :attr:`Normalized.text`."""

MAX_LEVEL = 12

_LINE_END = re.compile(r"\r\n|\r|\n")
_BLANKS = " \t\f\v\u00a0\ufeff"
# The other ASCII characters that str.strip removes.
_OTHER_BLANKS = "\x1c\x1d\x1e\x1f"
_TAB_WIDTH = 4
# Less than this is alignment inside a block comment (" * text"), not a level.
_MIN_STEP = 2
_CLOSERS = ("}", ")", "]", "end")
_MARKS = [LEVEL_MARK * level for level in range(MAX_LEVEL + 1)]


@dataclass(frozen=True, slots=True)
class LineLayout:
    """Original layout of the lines of a normalised text, one entry per non-blank line, in order.

    ``numbers`` are 0-based lines relative to the code's first line, ``indents`` the number of code points before the
    line's content, ``levels`` its number of level marks, ``contents`` the lines without surrounding blanks.
    """

    numbers: Sequence[int]
    indents: Sequence[int]
    levels: Sequence[int]
    contents: Sequence[str]


@dataclass(frozen=True)
class Normalized:
    """Normalised text, and the original position of each character, computed on demand.

    ``lines`` and ``columns`` are int32 of shape ``(len(text),)``: the 0-based line of every character, relative to the
    code's first line, and its column in that line, in code points. A level mark points at column 0 of its line, a line
    feed at the end of its line.
    """

    text: str
    layout: LineLayout

    @cached_property
    def lines(self) -> npt.NDArray[np.int32]:
        """Line of every character, int32 ``(len(text),)``."""
        return self._places[0]

    @cached_property
    def columns(self) -> npt.NDArray[np.int32]:
        """Column of every character in code points, int32 ``(len(text),)``."""
        return self._places[1]

    @cached_property
    def _places(self) -> tuple[npt.NDArray[np.int32], npt.NDArray[np.int32]]:
        layout = self.layout
        numbers, indents, levels, lengths = (
            np.array(values, dtype=np.int32)
            for values in (layout.numbers, layout.indents, layout.levels, list(map(len, layout.contents)))
        )
        # Every line but the last has one line feed after it, or two if blank lines follow.
        feeds = np.append(np.where(np.diff(numbers) > 1, 2, 1), 0)[: len(numbers)]
        spans = levels + lengths + feeds
        starts = np.cumsum(spans) - spans
        # Columns count up from the content's indentation; marks are at 0, line feeds at the content's end.
        within = np.arange(spans.sum()) - np.repeat(starts + levels, spans)
        column = np.repeat(indents, spans) + np.minimum(within, np.repeat(lengths, spans))
        return np.repeat(numbers, spans), np.where(within < 0, 0, column).astype(np.int32)


def normalize(code: str, language: str) -> Normalized:
    """Normalise a function, or any other piece of code, exactly as it is in a document, in a model language."""
    raw_lines = _LINE_END.split(code) if "\r" in code else code.split("\n")
    first = _definition_line(raw_lines) if language == "python" else 0
    if first:
        raw_lines = raw_lines[first:]
    # Without an argument, strip is twice as fast, and equivalent if there are no other blanks.
    blanks = None if code.isascii() and not any(map(code.__contains__, _OTHER_BLANKS)) else _BLANKS
    contents = [raw.strip(blanks) for raw in raw_lines]
    numbers: Sequence[int] = range(first, first + len(raw_lines))
    if "" in contents:
        raw_lines = list(compress(raw_lines, contents))
        numbers = list(compress(numbers, contents))
        contents = list(filter(None, contents))
    indents = [len(raw) - len(raw.lstrip(blanks)) for raw in raw_lines]
    widths = indents
    if "\t" in code:
        # Every blank other than a tab is one column wide.
        widths = [
            len(raw[:indent].expandtabs(_TAB_WIDTH)) for raw, indent in zip(raw_lines, indents, strict=True)
        ]
    levels = _levels(widths, contents, language)
    heads = list(map(_MARKS.__getitem__, levels))
    if isinstance(numbers, list):
        # A run of blank lines counts as one, since their number is up to the formatter.
        for place in range(1, len(numbers)):
            if numbers[place] - numbers[place - 1] > 1:
                heads[place] = "\n" + heads[place]
    text = "\n".join(map(add, heads, contents))
    return Normalized(text, LineLayout(numbers, indents, levels, contents))


def _definition_line(raw_lines: list[str]) -> int:
    """First line of a Python definition after its decorators, which half of any corpus leaves out."""
    if not raw_lines[0].lstrip(_BLANKS).startswith("@"):
        return 0
    for number, raw in enumerate(raw_lines):
        if raw.lstrip(_BLANKS).startswith(("def ", "async def ", "class ")):
            return number
    return 0


def _levels(widths: list[int], contents: list[str], language: str) -> list[int]:
    """Nesting level of every line, at most :data:`MAX_LEVEL`, by a stack of indentation widths.

    The first line's own column is not used, because an editor passes a method with its indentation, a syntax tree
    without. The column of a closing line is used instead.
    """
    if not widths:
        return []
    base = -_MIN_STEP
    if len(widths) > 1:
        smallest = min(widths[1:])
        # In Python only the bracket that closes the parameters is in the definition's column.
        if language == "python":
            closers: tuple[str, ...] = (")",)
            closing = widths.index(smallest, 1)
        else:
            closers, closing = _CLOSERS, len(widths) - 1
        if widths[closing] == smallest and contents[closing].startswith(closers):
            base = smallest
    below: list[int] = []
    top, level, previous = base, 0, None
    levels = [0]
    for width in widths[1:]:
        if width != previous:
            while below and width <= top - _MIN_STEP:
                top = below.pop()
            if width >= top + _MIN_STEP:
                below.append(top)
                top = width
            level = len(below)
            previous = width
        levels.append(level)
    return [min(level, MAX_LEVEL) for level in levels] if max(levels) > MAX_LEVEL else levels
