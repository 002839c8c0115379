"""How a raw logit is read: as a probability, as a band, and against how people's code scores."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from codeorigin.model.curves import check_survival, sigmoid, survival
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
class Scale:
    """What calibration on repositories kept out of training found about one kind of logit.

    ``temperature`` and ``shift`` map a raw logit to ``sigmoid((logit - shift) / temperature)``.
    ``false_positive_rate`` is the expected share of people's functions in band ``llm`` that ``default``'s and
    every ``languages`` threshold guarantee for a new repository (conformal risk control, Angelopoulos et al., 2022).
    ``human_logits`` and ``human_shares`` are the survival curve of modern human code: shares, falling, of the
    calibration functions that score at least the logits, which rise.
    """

    temperature: float
    shift: float
    false_positive_rate: float
    default: Thresholds
    languages: Mapping[str, Thresholds]
    human_logits: tuple[float, ...]
    human_shares: tuple[float, ...]

    def __post_init__(self) -> None:
        if not self.temperature > 0:
            raise ValueError(f"temperature {self.temperature} is not positive")
        check_survival(self.human_logits, self.human_shares)

    @classmethod
    def from_manifest(cls, entry: Mapping[str, Any]) -> "Scale":
        """Read what :meth:`to_manifest` writes; KeyError, TypeError or ValueError if it is broken."""
        return cls(
            temperature=float(entry["temperature"]),
            shift=float(entry["shift"]),
            false_positive_rate=float(entry["false_positive_rate"]),
            default=_thresholds(entry["default"]),
            languages={name: _thresholds(value) for name, value in entry["languages"].items()},
            human_logits=tuple(float(value) for value in entry["human_logits"]),
            human_shares=tuple(float(value) for value in entry["human_shares"]),
        )

    def to_manifest(self) -> dict[str, Any]:
        """The entry that :meth:`from_manifest` reads."""
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
        }

    def thresholds(self, language: str) -> Thresholds:
        """The thresholds of a model language: its own where the data allowed, else the default."""
        return self.languages.get(language, self.default)

    def probability(self, logit: float) -> float:
        """Calibrated probability, for equally common classes, that an LLM wrote the function."""
        return sigmoid((logit - self.shift) / self.temperature)

    def band(self, logit: float, language: str) -> Band:
        """Band of a raw logit."""
        thresholds = self.thresholds(language)
        if logit >= thresholds.llm:
            return Band.LLM
        return Band.HUMAN if logit <= thresholds.human else Band.UNSURE

    def human_share(self, logit: float) -> float:
        """Share, 0 to 1, of people's functions in the calibration set that score at least ``logit``."""
        return survival(self.human_logits, self.human_shares, logit)


def _thresholds(entry: Mapping[str, Any]) -> Thresholds:
    return Thresholds(llm=float(entry["llm"]), human=float(entry["human"]))
