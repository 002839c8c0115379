"""How many functions are called, with an interval that knows that functions of one commit are alike."""

import math
from collections import defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from enum import StrEnum

_Z = 1.959964
"""The two-sided 95 % point of the normal distribution."""


class Provenance(StrEnum):
    """What records and dates say about all lines of a function."""

    AGENT = "agent"
    PERSON = "person"
    MODERN = "modern"
    OLD = "old"


@dataclass(frozen=True, slots=True)
class Rate:
    """``called`` of ``functions``, which are of ``commits``; ``low`` to ``high`` is a 95 % interval of the share."""

    functions: int
    commits: int
    called: int
    low: float
    high: float

    @property
    def share(self) -> float:
        """The share that is called; 0 without functions."""
        return self.called / self.functions if self.functions else 0.0


@dataclass(frozen=True, slots=True)
class RateGroup:
    """Functions of one kind, and by view how many of them are called ``llm``.

    ``by`` says which of that kind: all, those with one strength of record, or those with one tool and model.
    """

    kind: Provenance
    by: str
    called: Mapping[str, Rate]


def rate(functions: Iterable[tuple[str, bool]]) -> Rate:
    """The rate over ``functions``, each with its commit and whether it is called.

    The interval is Wilson's, with as many functions fewer as those of one commit are alike: their number is divided
    by the ratio of the variance between commits to that of independent functions (the design effect of cluster
    sampling). If all or none are called, those of one commit count as one.
    """
    by_commit: dict[str, list[int]] = defaultdict(list)
    for commit, is_called in functions:
        by_commit[commit].append(int(is_called))
    count = sum(map(len, by_commit.values()))
    if not count:
        return Rate(0, 0, 0, 0.0, 1.0)
    called = sum(sum(findings) for findings in by_commit.values())
    share = called / count
    if 0 < called < count:
        between = sum((sum(findings) - share * len(findings)) ** 2 for findings in by_commit.values())
        effect = max(1.0, between / (count * share * (1 - share)))
    else:
        effect = sum(len(findings) ** 2 for findings in by_commit.values()) / count
    number = count / effect
    middle = (share + _Z**2 / (2 * number)) / (1 + _Z**2 / number)
    half = _Z / (1 + _Z**2 / number) * math.sqrt(share * (1 - share) / number + (_Z / (2 * number)) ** 2)
    return Rate(count, len(by_commit), called, max(0.0, middle - half), min(1.0, middle + half))
