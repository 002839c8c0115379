"""What the text report lists, and in which order."""

from dataclasses import dataclass
from enum import StrEnum


class Show(StrEnum):
    """Which functions are listed."""

    FINDINGS = "findings"
    ALL = "all"


class Sort(StrEnum):
    """The order of the list: the likeliest to be LLM-written first, or by file and line."""

    SCORE = "score"
    PATH = "path"


@dataclass(frozen=True, slots=True)
class Listing:
    """How the text report lists functions; with ``statistics``, it counts them by language and folder instead.

    ``verbose`` adds what was read, compared and measured.
    """

    show: Show = Show.FINDINGS
    sort: Sort = Sort.SCORE
    statistics: bool = False
    verbose: bool = False
