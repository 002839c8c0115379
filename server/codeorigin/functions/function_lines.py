"""The lines of functions: which of them a change touched and which it wrote, by the lines that it added or rewrote.

Here only ``\\n`` ends a line, and lines are counted from 1, as in git. Ranges of changed lines are (first, last), both
inclusive, in ascending order and disjoint.
"""

import re
from bisect import bisect_left
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from itertools import accumulate
from typing import Self

from codeorigin.functions.spans import FunctionSpan, Piece

LineRanges = Sequence[tuple[int, int]]
# A letter or a digit.
_TELLING = re.compile(r"[^\W_]")


@dataclass(frozen=True, slots=True)
class FunctionLines:
    """The lines of a function, ``first`` to ``last`` inclusive.

    ``blank`` lists the blank lines, ``plain`` those with neither a letter nor a digit, including the blank ones.
    """

    first: int
    last: int
    blank: tuple[int, ...] = ()
    plain: tuple[int, ...] = ()

    def is_touched(self, changed: LineRanges) -> bool:
        """Whether any of the ``changed`` lines is in the function."""
        place = bisect_left(changed, self.first, key=lambda item: item[1])
        return place < len(changed) and changed[place][0] <= self.last

    def telling(self) -> list[int]:
        """The lines that tell who wrote the function.

        Lines with neither a letter nor a digit do not: every function has a closing brace, and a diff may attribute
        it to the function before.
        """
        plain = set(self.plain)
        return [line for line in range(self.first, self.last + 1) if line not in plain]

    def is_written(self, changed: LineRanges) -> bool:
        """Whether the function has :meth:`telling` lines and all of them are ``changed``."""
        telling = self.telling()
        return bool(telling) and all(
            (place := bisect_left(changed, line, key=lambda item: item[1])) < len(changed)
            and changed[place][0] <= line
            for line in telling
        )

    def changed_count(self, changed: LineRanges) -> int:
        """Number of the function's lines that are ``changed`` and not blank."""
        return sum(1 for _ in self.changed_lines(changed))

    def changed_lines(self, changed: LineRanges) -> Iterator[int]:
        """The lines that :meth:`changed_count` counts."""
        blank = set(self.blank)
        for low, high in changed:
            for line in range(max(low, self.first), min(high, self.last) + 1):
                if line not in blank:
                    yield line

    def in_file(self, piece: Piece) -> Self:
        """The lines of a function of a ``piece`` of a file, as lines of the file.

        Several lines may map to the same line of the file, as in a notebook saved as JSON without line breaks.
        """
        if piece.lines is None:
            return self
        lines = range(self.first, self.last + 1)
        filled = {piece.line(line) for line in lines if line not in self.blank}
        telling = {piece.line(line) for line in lines if line not in self.plain}
        return type(self)(
            piece.line(self.first),
            piece.line(self.last),
            tuple(sorted({piece.line(line) for line in self.blank} - filled)),
            tuple(sorted({piece.line(line) for line in self.plain} - telling)),
        )


def function_lines(text: str, functions: Iterable[FunctionSpan]) -> list[FunctionLines]:
    """The lines of each of the outermost ``functions`` of ``text``."""
    lines = text.split("\n")
    _, *ends = accumulate((len(line) + 1 for line in lines[:-1]), initial=-1)
    found = []
    for function in functions:
        span = function.range
        first = bisect_left(ends, span.start) + 1
        last = bisect_left(ends, max(span.start, span.end - 1)) + 1
        plain = tuple(
            number for number, line in enumerate(lines[first - 1 : last], first) if not _TELLING.search(line)
        )
        blank = tuple(number for number in plain if not lines[number - 1].strip())
        found.append(FunctionLines(first, last, blank, plain))
    return found
