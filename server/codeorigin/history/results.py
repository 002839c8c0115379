"""The result of a commit as plain values, independent of the model and without names of people."""

from collections import Counter
from collections.abc import Iterable
from dataclasses import asdict, astuple, dataclass, field, fields
from typing import Any

from codeorigin.model.verdict import Band, Verdict
from codeorigin.records.record import Record, Strength, WrittenBy
from codeorigin.report.code import HeatLine


@dataclass(frozen=True, slots=True)
class DeclaredCounts:
    """Lines by the strongest record about each.

    Those of agents are counted by its strength: ``agent_by_lines`` by records of lines, ``agent_by_commit`` by commits
    that say that an agent wrote them. ``mixed`` lines are an agent's and a person's, ``person`` a known person's. Of
    ``untracked`` ones a tool that records lines does not know who wrote them: not necessarily a person. All other lines
    have no record, or one that only tells of some help or of another text.
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
DECLARED_NAMES = tuple(count.name for count in fields(DeclaredCounts))
_COUNTED_AS = {
    (WrittenBy.AGENT, Strength.LINES): "agent_by_lines",
    (WrittenBy.AGENT, Strength.COMMIT): "agent_by_commit",
    (WrittenBy.MIXED, Strength.LINES): "mixed",
    (WrittenBy.PERSON, Strength.LINES): "person",
    (WrittenBy.UNTRACKED, Strength.LINES): "untracked",
}


def declared_lines(records: Iterable[Record | None]) -> DeclaredCounts:
    """Count lines by ``records``, which has the strongest one about each line."""
    known = (record for record in records if record is not None and not record.is_stale)
    counts = Counter(_COUNTED_AS.get((record.by, record.strength)) for record in known)
    counts.pop(None, None)
    return DeclaredCounts(**{name: count for name, count in counts.items() if name is not None})


@dataclass(frozen=True, slots=True)
class Part:
    """The part of a commit in one folder (``/`` between names, empty for the top) and one language.

    ``functions`` counts the touched functions that have a verdict; ``human``, ``unsure`` and ``llm`` count the commit's
    nonblank lines in them, by band; ``declared_lines`` counts them by what records say, None if those say nothing.
    """

    folder: str
    language: str
    functions: int
    human: int
    unsure: int
    llm: int
    declared_lines: DeclaredCounts | None = None


@dataclass(frozen=True, slots=True)
class CommitResult:
    """The result of a commit, without names of people. ``seconds`` is the committer time in seconds since 1970.

    ``functions`` counts the touched functions that have a verdict, and ``written`` those that the commit wrote. The
    latter determine ``logit``, ``probability``, ``band`` and ``human_share`` (see :class:`PooledVerdict`); without a
    verdict there is a ``reason`` instead. ``moved`` counts the functions that it only moved, which nothing else counts
    (None if it is too large to tell), and ``moved_names`` are the first of them. ``lines`` counts the commit's nonblank
    lines in the touched functions.
    ``unread`` counts files that cannot be read as source. ``declared`` lists the agents that it names.
    ``reads_human`` and ``not_declared`` count the functions written of which records and verdicts disagree so (see
    :class:`~codeorigin.records.function_records.Disagreement`).
    """

    commit: str
    seconds: int
    functions: int
    written: int
    lines: int
    logit: float | None
    probability: float | None
    band: Band | None
    reason: str | None
    human_share: float | None
    parts: tuple[Part, ...] = ()
    moved: int | None = 0
    moved_names: tuple[str, ...] = ()
    unread: int = 0
    declared: tuple[str, ...] = field(default=())
    reads_human: int = 0
    not_declared: int = 0

    def to_dict(self) -> dict[str, Any]:
        """Plain values, for :meth:`from_dict`."""
        return asdict(self)

    @classmethod
    def from_dict(cls, data: dict[str, Any]) -> "CommitResult":
        """The result that :meth:`to_dict` turned into ``data``."""
        values = {**data, "declared": tuple(data["declared"]), "moved_names": tuple(data["moved_names"])}
        values["parts"] = tuple(map(_part, data["parts"]))
        values["band"] = None if data["band"] is None else Band(data["band"])
        return cls(**values)


def _part(data: dict[str, Any]) -> Part:
    said = data["declared_lines"]
    return Part(**{**data, "declared_lines": None if said is None else DeclaredCounts(**said)})


@dataclass(frozen=True, slots=True)
class DetailedFunction:
    """A function that a commit touched, from line ``first`` to ``last`` of the file, with its verdict in this commit.

    ``written`` as in :class:`~codeorigin.history.commit_results.JudgedFunction`. ``lines`` may be truncated, and is
    empty if not requested.
    """

    name: str
    path: str
    first: int
    last: int
    written: bool
    verdict: Verdict
    lines: tuple[HeatLine, ...] = ()


@dataclass(frozen=True, slots=True)
class CommitDetails:
    """A commit with its functions, written ones first, then by descending probability; ``more`` are left out."""

    result: CommitResult
    functions: tuple[DetailedFunction, ...]
    more: int
