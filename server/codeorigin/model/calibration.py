"""From raw logits to probabilities and bands: temperature, thresholds, and how people's code scores."""

import math
from bisect import bisect_left
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from codeorigin.model.verdict import Band


@dataclass(frozen=True, slots=True)
class Thresholds:
    """Raw logits that bound the bands: ``llm`` and above, ``human`` and below, between them ``unsure``."""

    llm: float
    human: float

    def __post_init__(self) -> None:
        if not self.human <= self.llm:
            raise ValueError(f"human threshold {self.human} lies above llm threshold {self.llm}")


@dataclass(frozen=True, slots=True)
class Calibration:
    """What calibration on repositories kept out of training found.

    ``temperature`` and ``shift`` map a raw logit to ``sigmoid((logit - shift) / temperature)``.
    ``false_positive_rate`` is the expected share of people's functions in band ``llm`` that ``default``'s and
    every ``languages`` threshold guarantee for a new repository (conformal risk control, Angelopoulos et al., 2022).
    ``human_logits`` and ``human_shares`` are the survival curve of modern human code: shares, falling, of the
    calibration functions that score at least the logits, which rise. Functions of fewer than ``min_lines`` lines
    that are not blank, or of fewer than ``min_characters`` characters that are not blank, get no verdict.
    """

    temperature: float
    shift: float
    false_positive_rate: float
    default: Thresholds
    languages: Mapping[str, Thresholds]
    human_logits: tuple[float, ...]
    human_shares: tuple[float, ...]
    min_lines: int
    min_characters: int

    def __post_init__(self) -> None:
        if not self.temperature > 0:
            raise ValueError(f"temperature {self.temperature} is not positive")
        if len(self.human_logits) != len(self.human_shares) or not self.human_logits:
            raise ValueError("human_logits and human_shares must be of one length and not empty")
        if list(self.human_logits) != sorted(self.human_logits):
            raise ValueError("human_logits must rise")

    @classmethod
    def from_manifest(cls, entry: Mapping[str, Any]) -> "Calibration":
        """Read the manifest's ``calibration`` entry; KeyError, TypeError or ValueError if it is broken."""
        return cls(
            temperature=float(entry["temperature"]),
            shift=float(entry["shift"]),
            false_positive_rate=float(entry["false_positive_rate"]),
            default=_thresholds(entry["default"]),
            languages={name: _thresholds(value) for name, value in entry["languages"].items()},
            human_logits=tuple(float(value) for value in entry["human_logits"]),
            human_shares=tuple(float(value) for value in entry["human_shares"]),
            min_lines=int(entry["min_lines"]),
            min_characters=int(entry["min_characters"]),
        )

    def to_manifest(self) -> dict[str, Any]:
        """The manifest entry that :meth:`from_manifest` reads."""
        return {
            "temperature": self.temperature,
            "shift": self.shift,
            "false_positive_rate": self.false_positive_rate,
            "default": {"llm": self.default.llm, "human": self.default.human},
            "languages": {
                name: {"llm": value.llm, "human": value.human} for name, value in self.languages.items()
            },
            "human_logits": list(self.human_logits),
            "human_shares": list(self.human_shares),
            "min_lines": self.min_lines,
            "min_characters": self.min_characters,
        }

    def thresholds(self, language: str) -> Thresholds:
        """The thresholds of a model language: its own where the data allowed, else the default."""
        return self.languages.get(language, self.default)

    def probability(self, logit: float) -> float:
        """Calibrated probability, for equally common classes, that an LLM wrote the function."""
        scaled = (logit - self.shift) / self.temperature
        if scaled >= 0:
            return 1.0 / (1.0 + math.exp(-scaled))
        power = math.exp(scaled)
        return power / (1.0 + power)

    def band(self, logit: float, language: str) -> Band:
        """Band of a raw logit."""
        thresholds = self.thresholds(language)
        if logit >= thresholds.llm:
            return Band.LLM
        return Band.HUMAN if logit <= thresholds.human else Band.UNSURE

    def human_share(self, logit: float) -> float:
        """Share, 0 to 1, of people's functions in the calibration set that score at least ``logit``."""
        index = bisect_left(self.human_logits, logit)
        if index == 0:
            return 1.0 if logit < self.human_logits[0] else self.human_shares[0]
        if index == len(self.human_logits):
            return self.human_shares[-1]
        low, high = self.human_logits[index - 1], self.human_logits[index]
        weight = 0.0 if high == low else (logit - low) / (high - low)
        return self.human_shares[index - 1] * (1.0 - weight) + self.human_shares[index] * weight


def _thresholds(entry: Mapping[str, Any]) -> Thresholds:
    return Thresholds(llm=float(entry["llm"]), human=float(entry["human"]))
