"""The verdict on a file: its functions taken together, by a calibrated rule of a few numbers."""

import math
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from enum import StrEnum
from typing import Any

from codeorigin.model.promise import Promise
from codeorigin.model.scale import Scale
from codeorigin.model.verdict import Band


class FileReason(StrEnum):
    """Why a file has no verdict though the model has a rule for files."""

    TOO_FEW_FUNCTIONS = "too_few_functions"
    GENERATED = "generated"
    MINIFIED = "minified"
    IGNORED = "ignored"
    UNPARSED = "unparsed"


@dataclass(frozen=True, slots=True)
class FileVerdict:
    """A calibrated estimate about a file's functions together, or the reason why there is none.

    ``functions`` is how many functions with a verdict were taken together, or would have been.
    ``logit`` is the pooled one (:meth:`FileRule.pooled`), ``probability`` the sigmoid of the temperature-scaled
    logit. ``human_share`` is the share of human-written files in the calibration set that score at least this high.
    ``llm_threshold`` and ``human_threshold`` are the probabilities that bound the bands, ``promise`` says what is
    guaranteed for the first; both it and ``llm_threshold`` are None if no rate could be guaranteed: such a model never
    calls a file ``llm``.
    """

    probability: float | None
    logit: float | None
    band: Band | None
    functions: int
    reason: FileReason | None = None
    human_share: float | None = None
    llm_threshold: float | None = None
    human_threshold: float | None = None
    promise: Promise | None = None

    @property
    def false_positive_rate(self) -> float | None:
        """The rate that ``promise`` guarantees; None without one."""
        return None if self.promise is None else self.promise.rate

    @classmethod
    def without(cls, reason: FileReason, functions: int = 0) -> "FileVerdict":
        """The verdict on a file that is not judged as a whole."""
        return cls(probability=None, logit=None, band=None, functions=functions, reason=reason)


@dataclass(frozen=True, slots=True)
class FileRule:
    """How the logits of a file's functions become one answer.

    A function counts by its lines that are not blank, and the file is taken to hold ``prior_lines`` more lines
    without evidence, of logit ``prior_logit``, so that few and short functions stay near undecided.
    ``scale`` turns the pooled logit into a probability, has thresholds by language, and tells how human-written
    files score. Its default ``llm`` threshold is infinite when the calibration set had too few repositories
    to promise anything.
    """

    prior_lines: float
    prior_logit: float
    fewest_functions: int
    scale: Scale

    def __post_init__(self) -> None:
        if not self.prior_lines >= 0 or self.fewest_functions < 1:
            raise ValueError("prior_lines must not be negative, and fewest_functions at least 1")

    @classmethod
    def from_manifest(cls, entry: Mapping[str, Any]) -> "FileRule":
        """Read the manifest's ``calibration.file``; KeyError, TypeError or ValueError if it is broken.

        Bundles made before 0.6 have one pair of thresholds for files, beside the other figures.
        """
        if "default" not in entry:
            entry = {**entry, "default": {"llm": entry["llm"], "human": entry["human"]}, "languages": {}}
        return cls(
            prior_lines=float(entry["prior_lines"]),
            prior_logit=float(entry["prior_logit"]),
            fewest_functions=int(entry["fewest_functions"]),
            scale=Scale.from_manifest(entry),
        )

    def to_manifest(self) -> dict[str, Any]:
        """The entry that :meth:`from_manifest` reads."""
        return {
            "prior_lines": self.prior_lines,
            "prior_logit": self.prior_logit,
            "fewest_functions": self.fewest_functions,
            **self.scale.to_manifest(),
        }

    def pooled(self, functions: Iterable[tuple[float, int]]) -> float:
        """The file's logit from each function's logit and :func:`counted_lines`; their order does not matter."""
        return pooled_logit(functions, self.prior_lines, self.prior_logit)

    def verdict(self, functions: Iterable[tuple[float, int]], language: str) -> FileVerdict:
        """The answer about a file's functions with a verdict, each its logit and :func:`counted_lines`."""
        known = list(functions)
        if len(known) < self.fewest_functions:
            return FileVerdict.without(FileReason.TOO_FEW_FUNCTIONS, len(known))
        logit = self.pooled(known)
        thresholds = self.scale.thresholds(language)
        can_be_llm = math.isfinite(thresholds.llm)
        return FileVerdict(
            probability=self.scale.probability(logit),
            logit=logit,
            band=self.scale.band(logit, language),
            functions=len(known),
            human_share=self.scale.human_share(logit),
            llm_threshold=self.scale.probability(thresholds.llm) if can_be_llm else None,
            human_threshold=self.scale.probability(thresholds.human),
            promise=self.scale.promise(language) if can_be_llm else None,
        )


def pooled_logit(functions: Iterable[tuple[float, int]], prior_lines: float, prior_logit: float) -> float:
    """Mean logit weighted by lines, drawn towards ``prior_logit`` as by ``prior_lines`` more lines.

    Without functions and without a prior it is ``prior_logit``.
    """
    # Sorted, so that not even the last bit depends on the order.
    known = sorted(functions)
    lines = prior_lines + sum(count for _, count in known)
    if lines <= 0:
        return prior_logit
    return (prior_lines * prior_logit + sum(logit * count for logit, count in known)) / lines


def counted_lines(code: str) -> int:
    """Lines of a function that are not blank: how much it counts in its file."""
    return sum(1 for line in code.replace("\r", "\n").split("\n") if line.strip())
