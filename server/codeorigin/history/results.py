"""The result of a commit as plain values, independent of the model and without names of people."""

from dataclasses import asdict, dataclass, field
from typing import Any

from codeorigin.history.declared_lines import DeclaredCounts
from codeorigin.model.verdict import Band, Verdict
from codeorigin.pages.code import HeatLine

UNREADABLE = "unreadable"
"""The ``reason`` of a commit that has no verdict because it cannot be read."""


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
    verdict there is a ``reason`` instead. ``lines`` counts the commit's nonblank lines in the touched functions.
    ``unread`` counts files that cannot be read as source, ``missing`` files that are damaged or not in this clone; with
    the reason :data:`UNREADABLE`, this holds for the commit itself. ``declared`` lists the agents that it names.
    ``reads_human`` and ``not_declared`` count the functions written of which records and verdicts disagree so (see
    :class:`~codeorigin.provenance.disagreements.Disagreement`).
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
    unread: int = 0
    missing: int = 0
    declared: tuple[str, ...] = field(default=())
    reads_human: int = 0
    not_declared: int = 0

    @property
    def is_whole(self) -> bool:
        """Whether the commit and everything that it changed could be found."""
        return not self.missing and self.reason != UNREADABLE

    @classmethod
    def unreadable(cls, commit: str, seconds: int) -> "CommitResult":
        """The result of a commit that is missing or damaged."""
        return cls(commit, seconds, 0, 0, 0, None, None, None, UNREADABLE, None)

    def to_dict(self) -> dict[str, Any]:
        """Plain values, for :meth:`from_dict`."""
        return asdict(self)

    @classmethod
    def from_dict(cls, data: dict[str, Any]) -> "CommitResult":
        """The result that :meth:`to_dict` turned into ``data``."""
        values = {**data, "declared": tuple(data["declared"])}
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
