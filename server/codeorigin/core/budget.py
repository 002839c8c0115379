"""What one run may take of what others control: a repository, a commit's message, a pack, a text to parse."""

import time
from dataclasses import dataclass, field

from codeorigin.core.errors import CodeOriginError


class BudgetError(CodeOriginError):
    """A run has taken all that it may; the result of what it did until then may be used, or left."""


@dataclass(slots=True)
class Budget:
    """Seconds, bytes and items that everything in one run draws on, however many files or commits it reads.

    A limit for each item alone is none for a run: a hundred files of a second each take a hundred seconds. A reader of
    foreign data gets the budget of its run (a check, a past, a hover) and spends from it before the work where the
    cost is known, after it otherwise.
    """

    seconds: float = float("inf")
    size: float = float("inf")
    items: float = float("inf")
    _begun: float = field(default_factory=time.process_time)

    def spend(self, *, seconds: float = 0.0, size: int = 0, items: int = 0) -> None:
        """Take from what is left.

        Args:
            seconds: of processor time in other processes; this process's own is counted by itself.
            size: bytes.
            items: files, commits, ranges: whatever the reader counts.

        Raises:
            BudgetError: one of them is used up.
        """
        now = time.process_time()
        self.seconds -= seconds + now - self._begun
        self._begun = now
        self.size -= size
        self.items -= items
        self.check()

    @property
    def is_spent(self) -> bool:
        """Whether nothing is left of one of them."""
        return self.seconds - (time.process_time() - self._begun) <= 0 or min(self.size, self.items) < 0

    def check(self) -> None:
        """Raise :class:`BudgetError` if nothing is left of one of them."""
        if self.is_spent:
            raise BudgetError("this takes more time or memory than a run may take; give it fewer files")
