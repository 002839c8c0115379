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

from codeorigin.functions.spans import FunctionSpan, Piece

LineRanges = Sequence[tuple[int, int]]
# A letter or a digit.
_TELLING = re.compile(r"[^\W_]")


@dataclass(frozen=True, slots=True)
class FunctionLines:
    """The lines of a function, ``first`` to ``last`` inclusive.

    ``plain`` lists those with neither a letter nor a digit.
    """

    first: int
    last: int
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

    def in_file(self, piece: Piece) -> Self:
        """The lines of a function of a ``piece`` of a file, as lines of the file.

        Several lines may map to the same line of the file, as in a notebook saved as JSON without line breaks.
        """
        if piece.lines is None:
            return self
        lines = range(self.first, self.last + 1)
        telling = {piece.line(line) for line in lines if line not in self.plain}
        return type(self)(
            piece.line(self.first),
            piece.line(self.last),
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
        found.append(FunctionLines(first, last, plain))
    return found
