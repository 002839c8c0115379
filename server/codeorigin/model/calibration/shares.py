"""Two shares behind every band: of human code that scores as high, and of LLM code that scores as low."""

import math
from bisect import bisect_left
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any


def sigmoid(value: float) -> float:
    """``1 / (1 + exp(-value))`` without overflow at either end."""
    if value >= 0:
        return 1.0 / (1.0 + math.exp(-value))
    power = math.exp(value)
    return power / (1.0 + power)


@dataclass(frozen=True, slots=True)
class Shares:
    """How the functions (files, commits) of a language score, at the ``logits`` ``(n,)`` of their scale.

    ``human`` ``(n,)`` falls: the share, 0 to 1, of the human-written ones that score at least as high as each logit.
    ``llm`` ``(n,)`` rises: the share of the LLM-written ones that score at most as high.
    """

    human: list[float]
    llm: list[float]

    def __post_init__(self) -> None:
        for shares in (self.human, self.llm):
            if not all(0 <= share <= 1 for share in shares):
                raise ValueError("shares must lie between 0 and 1")
        if sorted(self.human, reverse=True) != self.human or sorted(self.llm) != self.llm:
            raise ValueError("shares of human code must fall, and those of LLM code rise")

    @classmethod
    def from_manifest(cls, entry: Mapping[str, Any]) -> "Shares":
        """Read what :meth:`to_manifest` writes; KeyError, TypeError or ValueError if it is broken."""
        return cls(list(map(float, entry["human"])), list(map(float, entry["llm"])))

    def to_manifest(self) -> dict[str, Any]:
        """The entry that :meth:`from_manifest` reads."""
        return {"human": self.human, "llm": self.llm}


def share_at(logits: Sequence[float], shares: Sequence[float], logit: float) -> float:
    """The share at ``logit``: linear between ``logits``, which rise; the first or last share outside them."""
    index = bisect_left(logits, logit)
    if index == 0:
        return shares[0]
    if index == len(logits):
        return shares[-1]
    low, high = logits[index - 1], logits[index]
    weight = (logit - low) / (high - low)
    return shares[index - 1] * (1.0 - weight) + shares[index] * weight


def first_at_most(logits: Sequence[float], shares: Sequence[float], rate: float) -> float:
    """The lowest logit from which :func:`share_at` is at most ``rate``, for falling shares; infinite if it never is."""
    index = next((number for number, share in enumerate(shares) if share <= rate), None)
    if index is None:
        return math.inf
    if index == 0:
        return -math.inf
    (low, high), (above, below) = logits[index - 1 : index + 1], shares[index - 1 : index + 1]
    return high - (high - low) * (rate - below) / (above - below)
