"""Code -> the text that the model reads: layout that only tells repositories apart is taken out.

Trailing blanks, line-end style, indentation width and the column that a function starts in say where code
lives, not who wrote it, and all four separate the classes of a training corpus almost for free. What is
kept is what a formatter keeps: line breaks, single blank lines and the nesting level of every line.
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
"""Stands for one level of indentation at the start of a line of :attr:`Normalized.text`."""

MAX_LEVEL = 12

_LINE_END = re.compile(r"\r\n|\r|\n")
_BLANKS = " \t\f\v\u00a0\ufeff"
# What str.strip takes for a blank besides those, in ASCII.
_OTHER_BLANKS = "\x1c\x1d\x1e\x1f"
_TAB_WIDTH = 4
# Less than this is alignment inside a block comment (" * text"), not a level.
_MIN_STEP = 2
_CLOSERS = ("}", ")", "]", "end")
_MARKS = [LEVEL_MARK * level for level in range(MAX_LEVEL + 1)]


@dataclass(frozen=True, slots=True)
class LineLayout:
    """Where the lines of a normalised text stood, one entry for each line that is not blank, in order.

    ``numbers`` are 0-based lines relative to the code's first line, ``indents`` the code points in front of the
    line's content, ``levels`` its level marks.
    """

    numbers: Sequence[int]
    indents: Sequence[int]
    levels: Sequence[int]
    contents: Sequence[str]


@dataclass(frozen=True)
class Normalized:
    """Normalised text, and where each of its characters stood once somebody asks for it.

    ``lines`` and ``columns`` are int32 of shape ``(len(text),)``: the 0-based line, relative to the code's
    first line, and the code-point column in that line of every character. A level mark points at the
    indentation that it stands for; a line feed points at the end of its line.
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
            np.array(each, dtype=np.int32)
            for each in (layout.numbers, layout.indents, layout.levels, list(map(len, layout.contents)))
        )
        # Every line but the last has one line feed behind it, and two where blank lines follow.
        feeds = np.append(np.where(np.diff(numbers) > 1, 2, 1), 0)[: len(numbers)]
        spans = levels + lengths + feeds
        starts = np.cumsum(spans) - spans
        # Columns count up from the content's indentation; marks are at 0, line feeds at the content's end.
        within = np.arange(spans.sum()) - np.repeat(starts + levels, spans)
        column = np.repeat(indents, spans) + np.minimum(within, np.repeat(lengths, spans))
        return np.repeat(numbers, spans), np.where(within < 0, 0, column).astype(np.int32)


def normalize(code: str, language: str) -> Normalized:
    """Normalise one function, or any other piece of code.

    Args:
        code: text as it stands in a document, with any line ends.
        language: a model language such as ``"python"``.
    """
    raw_lines = _LINE_END.split(code) if "\r" in code else code.split("\n")
    first = _definition_line(raw_lines) if language == "python" else 0
    if first:
        raw_lines = raw_lines[first:]
    # Without an argument, strip is twice as fast, and takes the same where there are no other blanks.
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
        # Every other blank is one wide.
        widths = [
            len(raw[:indent].expandtabs(_TAB_WIDTH)) for raw, indent in zip(raw_lines, indents, strict=True)
        ]
    levels = _levels(widths, contents, language)
    heads = list(map(_MARKS.__getitem__, levels))
    if isinstance(numbers, list):
        # A run of blank lines is one: how many there are is a formatter's business.
        for place in range(1, len(numbers)):
            if numbers[place] - numbers[place - 1] > 1:
                heads[place] = "\n" + heads[place]
    text = "\n".join(map(add, heads, contents))
    return Normalized(text, LineLayout(numbers, indents, levels, contents))


def _definition_line(raw_lines: list[str]) -> int:
    """First line of a Python definition: half of any corpus lists functions without their decorators."""
    if not raw_lines[0].lstrip(_BLANKS).startswith("@"):
        return 0
    for number, raw in enumerate(raw_lines):
        if raw.lstrip(_BLANKS).startswith(("def ", "async def ", "class ")):
            return number
    return 0


def _levels(widths: list[int], contents: list[str], language: str) -> list[int]:
    """Nesting level of every line, at most :data:`MAX_LEVEL`, by a stack of indentation widths.

    The first line's own column is not used: an editor hands over a method with its indentation, a syntax
    tree without. The column of a closing line stands in for it.
    """
    if not widths:
        return []
    base = -_MIN_STEP
    if len(widths) > 1:
        smallest = min(widths[1:])
        # In Python only the bracket that closes the parameters stands in the definition's column.
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
