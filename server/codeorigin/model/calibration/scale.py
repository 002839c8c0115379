"""How a raw logit is read: as a probability, as two shares, and as a band."""

import math
from bisect import bisect_left
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import TypedDict

from codeorigin.model.folder import ManifestEntry
from codeorigin.model.verdict import Band


def sigmoid(value: float) -> float:
    """``1 / (1 + exp(-value))`` without overflow at either end."""
    if value >= 0:
        return 1.0 / (1.0 + math.exp(-value))
    power = math.exp(value)
    return power / (1.0 + power)


@dataclass(frozen=True, slots=True)
class Shares(ManifestEntry):
    """How the functions (files, commits) of a language score, at the ``logits`` ``(n,)`` of their scale.

    ``human`` ``(n,)`` falls: the share, 0 to 1, of the human-written ones that score at least as high as each logit.
    ``llm`` ``(n,)`` rises: the share of the LLM-written ones that score at most as high.
    """

    human: list[float]
    llm: list[float]

    def __post_init__(self) -> None:
        for shares in (self.human, self.llm):
            if not 0 <= min(shares) <= max(shares) <= 1:
                raise ValueError("shares must lie between 0 and 1")
        if sorted(self.human, reverse=True) != self.human or sorted(self.llm) != self.llm:
            raise ValueError("shares of human code must fall, and those of LLM code rise")


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


@dataclass(frozen=True, slots=True)
class Thresholds:
    """Raw logits that bound the bands: ``llm`` and above, ``human`` and below, and ``unsure`` in between."""

    llm: float
    human: float

    def band(self, logit: float) -> Band:
        if logit >= self.llm:
            return Band.LLM
        return Band.HUMAN if logit <= self.human else Band.UNSURE


class Reading(TypedDict):
    """What a scale says about a logit: fields that all verdicts have."""

    probability: float
    band: Band
    human_share: float
    llm_share: float
    llm_threshold: float
    human_threshold: float
    language: str


@dataclass(frozen=True, slots=True)
class Scale(ManifestEntry):
    """The calibration of one kind of logit, on repositories that the model had not seen.

    ``temperature`` and ``shift`` map a raw logit to ``sigmoid((logit - shift) / temperature)``. ``logits`` rise, and
    ``everywhere`` and ``languages`` hold the shares at each of them, for all languages together and for single ones.
    The band is ``llm`` where at most ``llm_rate`` of human code scores as high, ``human`` where at most ``human_rate``
    of LLM code scores as low, and ``unsure`` elsewhere.
    """

    temperature: float
    shift: float
    llm_rate: float
    human_rate: float
    logits: tuple[float, ...]
    everywhere: Shares
    languages: Mapping[str, Shares]
    # By language; filled when they are first asked for.
    _thresholds: dict[str, Thresholds] = field(default_factory=dict, init=False, repr=False, compare=False)

    def __post_init__(self) -> None:
        if not self.temperature > 0:
            raise ValueError(f"temperature {self.temperature} is not positive")
        if not 0 < self.llm_rate < 1 or not 0 < self.human_rate < 1:
            raise ValueError("llm_rate and human_rate must lie between 0 and 1")
        if not self.logits or any(
            not low < high for low, high in zip(self.logits, self.logits[1:], strict=False)
        ):
            raise ValueError("logits must rise, and there must be some")
        for shares in (self.everywhere, *self.languages.values()):
            if not len(shares.human) == len(shares.llm) == len(self.logits):
                raise ValueError("every logit needs its shares")

    def probability(self, logit: float) -> float:
        """Calibrated probability that an LLM wrote the function, assuming equally common classes."""
        return sigmoid((logit - self.shift) / self.temperature)

    def human_share(self, logit: float, language: str) -> float:
        """Share, 0 to 1, of human-written functions in this language that score at least as high."""
        return share_at(self.logits, self._of(language).human, logit)

    def llm_share(self, logit: float, language: str) -> float:
        """Share, 0 to 1, of LLM-written functions in this language that score at most as high."""
        return share_at(self.logits, self._of(language).llm, logit)

    def thresholds(self, language: str) -> Thresholds:
        if (known := self._thresholds.get(language)) is None:
            shares = self._of(language)
            llm = first_at_most(self.logits, shares.human, self.llm_rate)
            # The LLM shares, read from the other end.
            flipped = [-logit for logit in reversed(self.logits)]
            human = -first_at_most(flipped, shares.llm[::-1], self.human_rate)
            # Where classes are far apart, logits between them are rare in both; they count as the LLM's.
            known = self._thresholds[language] = Thresholds(llm, min(human, math.nextafter(llm, -math.inf)))
        return known

    def read(self, logit: float, language: str) -> Reading:
        """Everything that the scale says about ``logit`` in a model language."""
        thresholds = self.thresholds(language)
        return {
            "probability": self.probability(logit),
            "band": thresholds.band(logit),
            "human_share": self.human_share(logit, language),
            "llm_share": self.llm_share(logit, language),
            "llm_threshold": self.probability(thresholds.llm),
            "human_threshold": self.probability(thresholds.human),
            "language": language,
        }

    def _of(self, language: str) -> Shares:
        return self.languages.get(language, self.everywhere)
