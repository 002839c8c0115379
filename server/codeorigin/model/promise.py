"""What a threshold promises, and about which code."""

from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum
from typing import Any

from codeorigin.model.comments import has_comments

LONGEST = 300
"""Most lines, blank ones aside, of the functions that models are fitted and calibrated on."""


class Group(StrEnum):
    """Kinds of functions inside a language that may have thresholds of their own.

    ``LONG`` are those of more than :data:`LONGEST` lines, about which no calibration can say anything: they are never
    called ``llm``.
    """

    DOCUMENTED = "documented"
    BARE = "bare"
    LONG = "long"


def group_of(text: str, language: str) -> Group:
    """The group of a function, the same in calibration as when it is judged.

    Args:
        text: :attr:`codeorigin.model.normalize.Normalized.text`; a comment anywhere in it documents it.
        language: a model language.
    """
    if text.count("\n") >= LONGEST and sum(map(bool, map(str.strip, text.split("\n")))) > LONGEST:
        return Group.LONG
    return Group.DOCUMENTED if has_comments(text, language) else Group.BARE


@dataclass(frozen=True, slots=True)
class Tail:
    """A promise about single repositories, beside the one about their mean.

    At most ``rate`` of new repositories with ``fewest`` functions or more are expected to have more than ``share`` of
    their human functions in band ``llm``.
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

    At most ``rate`` of the human functions of a new repository are expected in band ``llm`` (conformal risk control,
    repositories as units). ``language`` None stands for all languages together, ``group`` None for all functions of
    the language. ``repositories`` is how many stand behind it, 0 where the model does not say. ``tail`` is None where
    nothing is promised about single repositories.
    """

    rate: float
    repositories: int = 0
    language: str | None = None
    group: Group | None = None
    tail: Tail | None = None

    def to_dict(self) -> dict[str, Any]:
        """What reports and editors are told: ``rate``, ``language``, ``group``, ``repositories`` (None if unknown)."""
        return {
            "rate": self.rate,
            "language": self.language,
            "group": None if self.group is None else self.group.value,
            "repositories": self.repositories or None,
        }
