"""What comes of a commit, in plain values, without the model. No names of people are in it."""

from dataclasses import asdict, dataclass, field
from typing import Any

from codeorigin.model.verdict import Band, Verdict

UNREADABLE = "unreadable"
"""The reason why a commit that cannot be read has no verdict."""


@dataclass(frozen=True, slots=True)
class Part:
    """The share of a commit in one folder (``/`` between names, empty for the top) and one language.

    ``functions`` are those with a verdict that the commit touched, the others its lines in them, not blank, by band.
    """

    folder: str
    language: str
    functions: int
    human: int
    unsure: int
    llm: int


@dataclass(frozen=True, slots=True)
class CommitResult:
    """A commit without its people. ``seconds`` is its committer's time since 1970.

    ``functions`` counts those with a verdict that it touched, ``written`` those of which it wrote every line: they give
    ``logit``, ``probability``, ``band`` and ``human_share`` (see :class:`ChangeVerdict`), or there is a ``reason``.
    ``lines`` are its lines in the functions that it touched, not blank. ``unread`` files are no text, ``missing`` ones
    are not in this clone or damaged; with the reason :data:`UNREADABLE`, that is true of the commit itself.
    ``declared`` are agents that it names itself.
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

    @property
    def is_whole(self) -> bool:
        """Whether everything that the commit changed was there."""
        return not self.missing and self.reason != UNREADABLE

    @classmethod
    def unreadable(cls, commit: str, seconds: int) -> "CommitResult":
        """What comes of a commit that is not there or is damaged."""
        return cls(commit, seconds, 0, 0, 0, None, None, None, UNREADABLE, None)

    def to_dict(self) -> dict[str, Any]:
        """Plain values, for :meth:`from_dict`."""
        return asdict(self)

    @classmethod
    def from_dict(cls, data: dict[str, Any]) -> "CommitResult":
        """What :meth:`to_dict` was asked of."""
        values = {**data, "declared": tuple(data["declared"])}
        values["parts"] = tuple(Part(**part) for part in data["parts"])
        values["band"] = None if data["band"] is None else Band(data["band"])
        return cls(**values)


@dataclass(frozen=True, slots=True)
class HeatLine:
    """A line of a function. ``value`` is its evidence in logits; ``changed``: the commit added or rewrote it."""

    number: int
    text: str
    value: float
    changed: bool


@dataclass(frozen=True, slots=True)
class DetailedFunction:
    """A function that a commit touched, from line ``first`` to ``last`` of the file, with its verdict in this commit.

    ``written``: the commit wrote every line. ``lines`` may be fewer than it has, and none where nobody asked for them.
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
    """A commit with its functions, those that it wrote first, the likeliest of an LLM first; ``more`` are left out."""

    result: CommitResult
    functions: tuple[DetailedFunction, ...]
    more: int
