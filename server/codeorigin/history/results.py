"""The result of a commit as plain values, independent of the model and without names of people."""

from dataclasses import asdict, dataclass
from typing import Any

from codeorigin.model.verdict import Band


@dataclass(frozen=True, slots=True)
class Part:
    """The part of a commit in one folder (``/`` between names, empty for the top) and one language.

    ``functions`` counts the touched functions that have a verdict; ``human``, ``unsure`` and ``llm`` count the commit's
    nonblank lines in them, by band.
    """

    folder: str
    language: str
    functions: int
    human: int
    unsure: int
    llm: int


@dataclass(frozen=True, slots=True)
class TouchedFunction:
    """A function that a commit touched, from line ``first`` to ``last`` of the file, with its verdict in this commit.

    ``written`` means that the commit wrote all its lines, except those with neither a letter nor a digit.
    """

    name: str
    path: str
    first: int
    last: int
    written: bool
    probability: float | None
    band: Band | None


@dataclass(frozen=True, slots=True)
class CommitResult:
    """The result of a commit, without names of people. ``seconds`` is the committer time in seconds since 1970.

    ``functions`` counts the touched functions that have a verdict, and ``written`` those that the commit wrote. The
    latter determine ``logit``, ``probability``, ``band`` and ``human_share`` (see :class:`PooledVerdict`); without a
    verdict there is a ``reason`` instead. ``moved`` counts the functions that it only moved, which nothing else counts
    (None if it is too large to tell). ``lines`` counts the commit's nonblank lines in the touched functions.
    ``skipped`` counts files that cannot be read as source.
    ``declared`` lists the agents that it names. ``shown`` has some of the functions, the strongest first, of a commit
    that may stand out. ``is_partial``: a file was given up only because the time of the run was over, so the result is
    not kept and a later run judges the commit again.
    """

    commit: str
    seconds: int
    functions: int
    written: int
    moved: int | None
    lines: int
    logit: float | None
    probability: float | None
    band: Band | None
    reason: str | None
    human_share: float | None
    parts: tuple[Part, ...] = ()
    skipped: int = 0
    declared: tuple[str, ...] = ()
    shown: tuple[TouchedFunction, ...] = ()
    is_partial: bool = False

    def to_dict(self) -> dict[str, Any]:
        """Plain values, for :meth:`from_dict`."""
        return asdict(self)

    @classmethod
    def from_dict(cls, data: dict[str, Any]) -> "CommitResult":
        """The result that :meth:`to_dict` turned into ``data``; raises KeyError, TypeError or ValueError."""
        values = data | {
            "declared": tuple(data["declared"]),
            "parts": tuple(Part(**part) for part in data["parts"]),
            "band": _band(data["band"]),
            "shown": tuple(
                TouchedFunction(**function | {"band": _band(function["band"])}) for function in data["shown"]
            ),
        }
        return cls(**values)


def _band(value: str | None) -> Band | None:
    return None if value is None else Band(value)
