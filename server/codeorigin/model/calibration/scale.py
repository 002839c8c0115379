"""How a raw logit is read: as a probability, as a band, and as a rank among human-written code."""

import math
from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from typing import Any

from codeorigin.model.calibration.curves import check_survival, sigmoid, survival
from codeorigin.model.calibration.promise import Group, Promise, Tail
from codeorigin.model.verdict import Band, Verdict


@dataclass(frozen=True, slots=True)
class Thresholds:
    """Raw logits that bound the bands: ``llm`` and above, ``human`` and below, and ``unsure`` in between.

    ``llm`` is infinite (null in a manifest) if nothing could be promised; such code is never called ``llm``.
    ``repositories`` is the number of repositories that the promise about ``llm`` is based on. It is None if there were
    too few for a promise about this code; the promise about the larger set that it is part of then applies.
    """

    llm: float
    human: float
    repositories: int | None = None

    def __post_init__(self) -> None:
        if not self.human <= self.llm:
            raise ValueError(f"human threshold {self.human} lies above llm threshold {self.llm}")
        if self.repositories is not None and self.repositories < 1:
            raise ValueError("a promise needs at least one repository behind it")

    def band(self, logit: float) -> Band:
        """The band of a raw logit."""
        if logit >= self.llm:
            return Band.LLM
        return Band.HUMAN if logit <= self.human else Band.UNSURE


@dataclass(frozen=True, slots=True)
class Scale:
    """The calibration of one kind of logit, on repositories kept out of training.

    ``temperature`` and ``shift`` map a raw logit to ``sigmoid((logit - shift) / temperature)``.
    ``false_positive_rate`` is the expected share of human-written functions in band ``llm`` that the thresholds
    guarantee for a new repository (conformal risk control, Angelopoulos et al., 2024), ``tail`` what they guarantee in
    addition about individual repositories. The thresholds for a function are those of its group in its language
    (``groups``), else those of its language, else ``default``. Thresholds without their own promise have an ``llm``
    threshold no lower than that of the larger set that they are part of.
    ``human_logits`` and ``human_shares`` are the survival curve of modern human-written code: ascending logits, and the
    descending shares of calibration functions that score at least as high.
    """

    temperature: float
    shift: float
    false_positive_rate: float
    default: Thresholds
    languages: Mapping[str, Thresholds]
    human_logits: tuple[float, ...]
    human_shares: tuple[float, ...]
    groups: Mapping[str, Mapping[Group, Thresholds]] = field(default_factory=dict)
    tail: Tail | None = None
    # What all functions of a group share, once for all of them: a few dozen entries at most.
    _of_groups: dict[tuple[str, Group], tuple[Thresholds, float | None, float, Promise | None]] = field(
        default_factory=dict, init=False, repr=False, compare=False
    )

    def __post_init__(self) -> None:
        if not self.temperature > 0:
            raise ValueError(f"temperature {self.temperature} is not positive")
        check_survival(self.human_logits, self.human_shares)
        if not self.groups and self.default.repositories is None:
            # From before there were groups: languages have promises, but not the number of repositories behind them.
            return
        for language, thresholds in self.languages.items():
            _check_part(language, thresholds, self.default)
        for language, groups in self.groups.items():
            for group, thresholds in groups.items():
                _check_part(f"{group} {language}", thresholds, self.thresholds(language))

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
            groups={
                language: {Group(name): _thresholds(value) for name, value in groups.items()}
                for language, groups in entry.get("groups", {}).items()
            },
            tail=None if entry.get("tail") is None else Tail.from_manifest(entry["tail"]),
        )

    def to_manifest(self) -> dict[str, Any]:
        """The entry that :meth:`from_manifest` reads."""
        return {
            "temperature": self.temperature,
            "shift": self.shift,
            "false_positive_rate": self.false_positive_rate,
            "default": _entry(self.default),
            "languages": {name: _entry(value) for name, value in self.languages.items()},
            **({} if self.tail is None else {"tail": self.tail.to_manifest()}),
            **({} if not self.groups else {"groups": self._groups_entry()}),
            "human_logits": list(self.human_logits),
            "human_shares": list(self.human_shares),
        }

    def thresholds(self, language: str, group: Group | None = None) -> Thresholds:
        """The thresholds of a model language, or of a group in it: its own if there are any, else its parent's."""
        of_language = self.languages.get(language, self.default)
        if group is Group.LONG:
            return Thresholds(math.inf, of_language.human)
        found = None if group is None else self.groups.get(language, {}).get(group)
        return found or of_language

    def promise(self, language: str, group: Group | None = None) -> Promise:
        """What is promised about the threshold of :meth:`thresholds`, if that is finite, and for which code."""
        levels: list[tuple[str | None, Group | None, Thresholds | None]] = [
            (language, group, self.groups.get(language, {}).get(group) if group else None),
            (language, None, self.languages.get(language)),
        ]
        for name, kind, thresholds in levels:
            if thresholds is not None and thresholds.repositories is not None:
                return Promise(self.false_positive_rate, thresholds.repositories, name, kind, self.tail)
        return Promise(self.false_positive_rate, self.default.repositories or 0, tail=self.tail)

    def probability(self, logit: float) -> float:
        """Calibrated probability that an LLM wrote the function, assuming equally common classes."""
        return sigmoid((logit - self.shift) / self.temperature)

    def band(self, logit: float, language: str, group: Group | None = None) -> Band:
        """The band of a raw logit."""
        return self.thresholds(language, group).band(logit)

    def read(self, verdict: Verdict, logit: float, language: str, group: Group) -> Verdict:
        """``verdict`` with what the scale says about ``logit``; without a promise if it can never be ``llm``."""
        if (known := self._of_groups.get((language, group))) is None:
            bounds = self.thresholds(language, group)
            can_be_llm = math.isfinite(bounds.llm)
            known = self._of_groups[language, group] = (
                bounds,
                self.probability(bounds.llm) if can_be_llm else None,
                self.probability(bounds.human),
                self.promise(language, group) if can_be_llm else None,
            )
        thresholds, llm_threshold, human_threshold, promise = known
        return replace(
            verdict,
            probability=self.probability(logit),
            band=thresholds.band(logit),
            human_share=self.human_share(logit),
            llm_threshold=llm_threshold,
            human_threshold=human_threshold,
            promise=promise,
        )

    def human_share(self, logit: float) -> float:
        """Share, 0 to 1, of the human-written functions in the calibration set that score at least ``logit``."""
        return survival(self.human_logits, self.human_shares, logit)

    def _groups_entry(self) -> dict[str, dict[str, Any]]:
        return {
            language: {group.value: _entry(thresholds) for group, thresholds in groups.items()}
            for language, groups in self.groups.items()
        }


def _check_part(name: str, part: Thresholds, whole: Thresholds) -> None:
    if part.repositories is None and part.llm < whole.llm:
        raise ValueError(
            f"{name} has no promise of its own and a lower llm threshold than what it is a part of"
        )


def _thresholds(entry: Mapping[str, Any]) -> Thresholds:
    repositories = entry.get("repositories")
    return Thresholds(
        llm=math.inf if entry["llm"] is None else float(entry["llm"]),
        human=float(entry["human"]),
        repositories=None if repositories is None else int(repositories),
    )


def _entry(thresholds: Thresholds) -> dict[str, Any]:
    llm = thresholds.llm if math.isfinite(thresholds.llm) else None
    entry: dict[str, Any] = {"llm": llm, "human": thresholds.human}
    return entry if thresholds.repositories is None else entry | {"repositories": thresholds.repositories}
