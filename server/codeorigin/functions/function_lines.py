"""The lines of functions: which of them a change touched and which it wrote, by the lines that it added or rewrote.

Here only ``\\n`` ends a line, and lines are counted from 1, as in git. Ranges of changed lines are (first, last), both
inclusive, in ascending order and disjoint.
"""

import re
from bisect import bisect_left
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from itertools import accumulate
from typing import Self

from codeorigin.functions.spans import Cell, FunctionSpan

LineRanges = Sequence[tuple[int, int]]
# A letter or a digit.
_TEXT = re.compile(r"[^\W_]")


@dataclass(frozen=True, slots=True)
class FunctionLines:
    """The lines of a function, ``first`` to ``last`` inclusive.

    ``without_text`` lists those with neither a letter nor a digit.
    """

    first: int
    last: int
    without_text: tuple[int, ...] = ()

    def is_touched(self, changed: LineRanges) -> bool:
        """Whether any of the ``changed`` lines is in the function."""
        place = bisect_left(changed, self.first, key=lambda item: item[1])
        return place < len(changed) and changed[place][0] <= self.last

    def lines_with_text(self) -> list[int]:
        """The lines that tell who wrote the function.

        Lines with neither a letter nor a digit do not: every function has a closing brace, and a diff may attribute
        it to the function before.
        """
        without_text = set(self.without_text)
        return [line for line in range(self.first, self.last + 1) if line not in without_text]

    def is_written(self, changed: LineRanges) -> bool:
        """Whether the function has lines with text and all of them are ``changed``."""
        with_text = self.lines_with_text()
        return bool(with_text) and all(
            (place := bisect_left(changed, line, key=lambda item: item[1])) < len(changed)
            and changed[place][0] <= line
            for line in with_text
        )

    def in_file(self, cell: Cell) -> Self:
        """The lines of a function of a notebook's ``cell``, as lines of the file.

        Several lines may map to the same line of the file, as in a notebook saved as JSON without line breaks.
        """
        lines = range(self.first, self.last + 1)
        with_text = {cell.line(line) for line in lines if line not in self.without_text}
        return type(self)(
            cell.line(self.first),
            cell.line(self.last),
            tuple(sorted({cell.line(line) for line in self.without_text} - with_text)),
        )


def function_lines(text: str, functions: Iterable[FunctionSpan]) -> list[FunctionLines]:
    lines = text.split("\n")
    _, *ends = accumulate((len(line) + 1 for line in lines[:-1]), initial=-1)
    found = []
    for function in functions:
        span = function.range
        first = bisect_left(ends, span.start) + 1
        last = bisect_left(ends, max(span.start, span.end - 1)) + 1
        without_text = tuple(
            number for number, line in enumerate(lines[first - 1 : last], first) if not _TEXT.search(line)
        )
        found.append(FunctionLines(first, last, without_text))
    return found
