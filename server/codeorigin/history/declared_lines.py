"""How many of the lines that commits wrote are declared, and as whose."""

from collections import Counter
from collections.abc import Iterable
from dataclasses import astuple, dataclass, fields

from codeorigin.declared.records import Record, Strength, WrittenBy


@dataclass(frozen=True, slots=True)
class DeclaredCounts:
    """Lines by the strongest record about each.

    Those of agents are counted by its strength: ``agent_by_lines`` by records of lines, ``agent_by_commit`` by commits
    that say that an agent wrote them. ``mixed`` lines are an agent's and a person's, ``person`` a known person's. Of
    ``untracked`` ones a tool that records lines does not know who wrote them: not necessarily a person. All other lines
    have no record, or one that only tells of a branch, of some help, or of another text.
    """

    agent_by_lines: int = 0
    agent_by_commit: int = 0
    mixed: int = 0
    person: int = 0
    untracked: int = 0

    def __add__(self, other: "DeclaredCounts") -> "DeclaredCounts":
        return DeclaredCounts(*(one + more for one, more in zip(astuple(self), astuple(other), strict=True)))

    def __bool__(self) -> bool:
        return any(astuple(self))

    @property
    def agents(self) -> int:
        """The lines that a record of either strength declares as an agent's."""
        return self.agent_by_lines + self.agent_by_commit

    @property
    def counted(self) -> int:
        """All lines that are counted."""
        return sum(astuple(self))


NOTHING = DeclaredCounts()
DECLARED_NAMES = tuple(each.name for each in fields(DeclaredCounts))
_COUNTED_AS = {
    (WrittenBy.AGENT, Strength.LINES): "agent_by_lines",
    (WrittenBy.AGENT, Strength.COMMIT): "agent_by_commit",
    (WrittenBy.MIXED, Strength.LINES): "mixed",
    (WrittenBy.PERSON, Strength.LINES): "person",
    (WrittenBy.UNTRACKED, Strength.LINES): "untracked",
}


def declared_lines(records: Iterable[Record | None]) -> DeclaredCounts:
    """Count lines by ``records``, which has the strongest one about each line."""
    known = (each for each in records if each is not None and not each.is_stale)
    counts = Counter(_COUNTED_AS.get((each.by, each.strength)) for each in known)
    counts.pop(None, None)
    return DeclaredCounts(**{name: count for name, count in counts.items() if name is not None})
