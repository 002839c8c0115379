"""Moved code: lines that a change adds and that stood among the lines that the same change removed.

A line counts if it has at least :data:`SHORTEST` bytes without the blanks around it, so that indentation does not
matter and neither do ``else {`` and ``return x``, which stand everywhere. The lines of all files of the change count,
whatever they hold, and each removed line stands for one added line.
"""

from array import array
from bisect import bisect_left, bisect_right
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass, field

from codeorigin.core.budget import Budget, BudgetError

SHORTEST = 10
MAX_BYTES = 16 * 2**20
"""Of the lines of one change that count. In a larger change, nothing is moved."""


@dataclass(frozen=True, slots=True)
class MovedLines:
    """The lines that a change added to a file and that count, 1-based and ascending: those ``moved``, and the ``new``.

    Both are empty if nothing was moved to the file.
    """

    moved: Sequence[int] = ()
    new: Sequence[int] = ()

    def holds(self, first: int, last: int) -> bool:
        """Whether the function from line ``first`` to ``last`` is moved: more than half of its lines here are."""
        return _between(self.moved, first, last) > _between(self.new, first, last)


def _between(numbers: Sequence[int], first: int, last: int) -> int:
    return bisect_right(numbers, last) - bisect_left(numbers, first)


NOTHING_MOVED = MovedLines()


@dataclass(slots=True)
class LinesOfChange:
    """The lines that a change removes and adds, as they are read, file by file. Only hashes of them stay in memory."""

    is_complete: bool = True
    """False if so much was changed that nothing is known of what was moved."""
    _removed: Counter[int] = field(default_factory=Counter)
    _added: list[tuple["array[int]", "array[int]"]] = field(default_factory=list)
    _budget: Budget = field(default_factory=lambda: Budget(size=MAX_BYTES))
    _size: int = 0

    def next_file(self) -> int:
        """Begin with the lines of another file; returns its number, from 0."""
        self._added.append((array("q"), array("q")))
        try:
            self._budget.spend(size=self._size)
        except BudgetError:
            self.is_complete = self.is_complete and not self._removed
            self._removed.clear()
            self._added = [(array("q"), array("q")) for _ in self._added]
        self._size = 0
        return len(self._added) - 1

    def remove(self, line: bytes) -> None:
        """Take a line that the change removes."""
        text = line.strip()
        if len(text) >= SHORTEST:
            self._size += len(text)
            self._removed[hash(text)] += 1

    def add(self, number: int, line: bytes) -> None:
        """Take a line that the change adds to the file begun last, and its number there."""
        text = line.strip()
        if len(text) >= SHORTEST:
            self._size += len(text)
            numbers, hashes = self._added[-1]
            numbers.append(number)
            hashes.append(hash(text))

    def moved(self) -> list[MovedLines]:
        """What was moved to each file, in the order of :meth:`next_file`. May be called once."""
        self.next_file()
        left = self._removed
        found = []
        for numbers, hashes in self._added[:-1]:
            moved, new = array("q"), array("q")
            for number, line in zip(numbers, hashes, strict=True):
                if left.get(line):
                    left[line] -= 1
                    moved.append(number)
                else:
                    new.append(number)
            found.append(MovedLines(moved, new) if moved else NOTHING_MOVED)
        return found
