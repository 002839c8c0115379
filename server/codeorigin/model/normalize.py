"""Code -> the text that the model reads: layout that only tells repositories apart is taken out.

Trailing blanks, line-end style, indentation width and the column that a function starts in say where code
lives, not who wrote it, and all four separate the classes of a training corpus almost for free. What is
kept is what a formatter keeps: line breaks, single blank lines and the nesting level of every line.
"""

import re
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

LEVEL_MARK = "\t"
"""Stands for one level of indentation at the start of a line of :attr:`Normalized.text`."""

MAX_LEVEL = 12

_LINE_END = re.compile(r"\r\n|\r|\n")
_BLANKS = " \t\f\v\u00a0\ufeff"
_TAB_WIDTH = 4
# Less than this is alignment inside a block comment (" * text"), not a level.
_MIN_STEP = 2
_CLOSERS = ("}", ")", "]", "end")


@dataclass(frozen=True, slots=True)
class Normalized:
    """Normalised text and where each of its characters stood.

    ``lines`` and ``columns`` are int32 of shape ``(len(text),)``: the 0-based line, relative to the code's
    first line, and the code-point column in that line of every character. A level mark points at the
    indentation that it stands for; a line feed points at the end of its line.
    """

    text: str
    lines: npt.NDArray[np.int32]
    columns: npt.NDArray[np.int32]


def normalize(code: str, language: str) -> Normalized:
    """Normalise one function, or any other piece of code.

    Args:
        code: text as it stands in a document, with any line ends.
        language: a model language such as ``"python"``.
    """
    raw_lines = _LINE_END.split(code)
    first = _definition_line(raw_lines) if language == "python" else 0
    levels = _levels(raw_lines, first, language)
    pieces: list[str] = []
    lines: list[npt.NDArray[np.int32]] = []
    columns: list[npt.NDArray[np.int32]] = []
    previous_end: tuple[int, int] | None = None
    blank = False
    for number in range(first, len(raw_lines)):
        raw = raw_lines[number]
        content = raw.strip(_BLANKS)
        if not content:
            blank = True
            continue
        if previous_end is not None:
            # A run of blank lines is one: how many there are is a formatter's business.
            for _ in range(2 if blank else 1):
                pieces.append("\n")
                lines.append(np.array([previous_end[0]], dtype=np.int32))
                columns.append(np.array([previous_end[1]], dtype=np.int32))
        blank = False
        indent = len(raw) - len(raw.lstrip(_BLANKS))
        level = min(levels[number], MAX_LEVEL)
        pieces.append(LEVEL_MARK * level + content)
        lines.append(np.full(level + len(content), number, dtype=np.int32))
        columns.append(
            np.concatenate(
                [np.zeros(level, dtype=np.int32), np.arange(indent, indent + len(content), dtype=np.int32)]
            )
        )
        previous_end = (number, indent + len(content))
    if not pieces:
        empty = np.zeros(0, dtype=np.int32)
        return Normalized("", empty, empty)
    return Normalized("".join(pieces), np.concatenate(lines), np.concatenate(columns))


def _definition_line(raw_lines: list[str]) -> int:
    """First line of a Python definition: half of any corpus lists functions without their decorators."""
    if not raw_lines[0].lstrip(_BLANKS).startswith("@"):
        return 0
    for number, raw in enumerate(raw_lines):
        if raw.lstrip(_BLANKS).startswith(("def ", "async def ", "class ")):
            return number
    return 0


def _width(raw: str) -> int:
    width = 0
    for character in raw:
        if character == "\t":
            width += _TAB_WIDTH - width % _TAB_WIDTH
        elif character in _BLANKS:
            width += 1
        else:
            break
    return width


def _levels(raw_lines: list[str], first: int, language: str) -> dict[int, int]:
    """Nesting level of every line that is not blank, by a stack of indentation widths.

    The first line's own column is not used: an editor hands over a method with its indentation, a syntax
    tree without. The column of a closing line stands in for it.
    """
    widths = {
        number: _width(raw_lines[number])
        for number in range(first, len(raw_lines))
        if raw_lines[number].strip(_BLANKS)
    }
    if not widths:
        return {}
    numbers = list(widths)
    rest = numbers[1:]
    base = -_MIN_STEP
    if rest:
        smallest = min(widths[number] for number in rest)
        # In Python only the bracket that closes the parameters stands in the definition's column.
        if language == "python":
            closers: tuple[str, ...] = (")",)
            closing = next(number for number in rest if widths[number] == smallest)
        else:
            closers, closing = _CLOSERS, rest[-1]
        if widths[closing] == smallest and raw_lines[closing].lstrip(_BLANKS).startswith(closers):
            base = smallest
    stack = [base]
    levels = {numbers[0]: 0}
    for number in rest:
        width = widths[number]
        while len(stack) > 1 and width <= stack[-1] - _MIN_STEP:
            stack.pop()
        if width >= stack[-1] + _MIN_STEP:
            stack.append(width)
        levels[number] = len(stack) - 1
    return levels
