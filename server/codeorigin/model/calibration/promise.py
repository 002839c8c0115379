"""What a threshold promises, and for which code."""

from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum
from typing import Any

from codeorigin.model.reading.comments import has_comments

LONGEST = 300
"""Most non-blank lines in the functions that models are fitted and calibrated on."""


class Group(StrEnum):
    """Groups of functions within a language that may have their own thresholds.

    ``LONG`` are those of more than :data:`LONGEST` lines. No calibration covers them, so they are never called
    ``llm``.
    """

    DOCUMENTED = "documented"
    BARE = "bare"
    LONG = "long"


def group_of(text: str, language: str) -> Group:
    """The group of a function, determined in the same way in calibration and for a verdict.

    Args:
        text: :attr:`codeorigin.model.reading.normalize.Normalized.text`; with a comment in it, it is documented.
        language: a model language.
    """
    if text.count("\n") >= LONGEST and sum(map(bool, map(str.strip, text.split("\n")))) > LONGEST:
        return Group.LONG
    return Group.DOCUMENTED if has_comments(text, language) else Group.BARE


@dataclass(frozen=True, slots=True)
class Tail:
    """A promise about individual repositories, in addition to the one about their mean.

    At most ``rate`` of new repositories with ``fewest`` functions or more are expected to have more than ``share`` of
    their human-written functions in band ``llm``.
    """

    share: float
    rate: float
    fewest: int

    def __post_init__(self) -> None:
        if not 0 < self.share < 1 or not 0 < self.rate < 1 or self.fewest < 1:
            raise ValueError("share and rate of a tail must lie between 0 and 1, fewest be at least 1")

    @classmethod
    def from_manifest(cls, entry: Mapping[str, Any]) -> "Tail":
        """Read what :meth:`to_manifest` writes; KeyError, TypeError or ValueError if it is broken."""
        return cls(float(entry["share"]), float(entry["rate"]), int(entry["fewest"]))

    def to_manifest(self) -> dict[str, Any]:
        """The entry that :meth:`from_manifest` reads."""
        return {"share": self.share, "rate": self.rate, "fewest": self.fewest}


@dataclass(frozen=True, slots=True)
class Promise:
    """Which code an ``llm`` threshold was calibrated on, and what it guarantees there.

    At most ``rate`` of the human-written functions of a new repository are expected in band ``llm`` (conformal risk
    control with repositories as units). ``language`` is None for all languages together, ``group`` is None for all
    functions of the language. ``repositories`` is the number of repositories that it is based on, 0 if the model does
    not give it. ``tail`` is None if nothing is promised about individual repositories.
    """

    rate: float
    repositories: int = 0
    language: str | None = None
    group: Group | None = None
    tail: Tail | None = None

    def to_dict(self) -> dict[str, Any]:
        """The promise for reports and editors; ``repositories`` is None if unknown."""
        return {
            "rate": self.rate,
            "language": self.language,
            "group": None if self.group is None else self.group.value,
            "repositories": self.repositories or None,
        }
