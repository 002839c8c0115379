"""One answer about functions that belong together, such as those of a file or a commit, by a rule of a few numbers."""

import math
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Self, TypeVar

from codeorigin.model.promise import LONGEST, Promise
from codeorigin.model.scale import Scale
from codeorigin.model.verdict import Band


@dataclass(frozen=True, slots=True)
class PooledVerdict:
    """A calibrated estimate about functions taken together.

    ``functions`` is how many functions with a verdict of their own were taken together, or would have been.
    ``logit`` is the pooled one (:meth:`PooledRule.pooled`), ``probability`` the sigmoid of the temperature-scaled
    logit. ``human_share`` is the share of human-written samples in the calibration set that score at least this high.
    ``llm_threshold`` and ``human_threshold`` are the probabilities that bound the bands, ``promise`` says what is
    guaranteed for the first; both it and ``llm_threshold`` are None if no rate could be guaranteed: such a model never
    says ``llm`` of them. Figures are None where there is no verdict.
    """

    probability: float | None
    logit: float | None
    band: Band | None
    functions: int
    human_share: float | None = None
    llm_threshold: float | None = None
    human_threshold: float | None = None
    promise: Promise | None = None

    @property
    def false_positive_rate(self) -> float | None:
        """The rate that ``promise`` guarantees; None without one."""
        return None if self.promise is None else self.promise.rate


Kind = TypeVar("Kind", bound=PooledVerdict)


@dataclass(frozen=True, slots=True)
class PooledRule:
    """How the logits of functions that belong together become one answer.

    A function counts by its lines that are not blank, at most by as many as the longest functions of calibration have,
    and the whole is taken to hold ``prior_lines`` more lines
    without evidence, of logit ``prior_logit``, so that few and short functions stay near undecided.
    ``scale`` reads the pooled logit as another reads a function's: its probability, its thresholds by language, and how
    human code scores. Its default ``llm`` threshold is infinite when the calibration set had too few repositories
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
    def from_manifest(cls, entry: Mapping[str, Any]) -> Self:
        """Read what :meth:`to_manifest` writes; KeyError, TypeError or ValueError if it is broken.

        Bundles of before 0.6 have one pair of thresholds for files, beside the other figures.
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
        """One logit from each function's logit and :func:`counted_lines`; their order does not matter."""
        return pooled_logit(functions, self.prior_lines, self.prior_logit)

    def judge(self, functions: Iterable[tuple[float, int]], language: str) -> PooledVerdict:
        """The answer about functions with a verdict, each its logit and :func:`counted_lines`.

        Args:
            functions: their order does not matter.
            language: by whose thresholds the answer is given; :func:`main_language` where there are several.

        Returns:
            One without probability and band where there are fewer than ``fewest_functions``.
        """
        known = list(functions)
        if len(known) < self.fewest_functions:
            return PooledVerdict(None, None, None, len(known))
        return self.judge_as(PooledVerdict, known, language)

    def judge_as(self, kind: type[Kind], functions: Sequence[tuple[float, int]], language: str) -> Kind:
        """The answer about ``functions``, however few, as a ``kind`` of verdict."""
        logit = self.pooled(functions)
        thresholds = self.scale.thresholds(language)
        can_be_llm = math.isfinite(thresholds.llm)
        return kind(
            probability=self.scale.probability(logit),
            logit=logit,
            band=self.scale.band(logit, language),
            functions=len(functions),
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
    lines = prior_lines + sum(min(count, LONGEST) for _, count in known)
    if lines <= 0:
        return prior_logit
    return (prior_lines * prior_logit + sum(logit * min(count, LONGEST) for logit, count in known)) / lines


def counted_lines(code: str) -> int:
    """Lines of a function that are not blank: how much it counts among others."""
    return sum(map(bool, map(str.strip, code.replace("\r", "\n").split("\n"))))


def main_language(functions: Iterable[tuple[str, int]]) -> str:
    """The language of most lines, from each function's language and :func:`counted_lines`.

    Of languages with as many lines it is the first by name, so that the order of functions does not matter.

    Raises:
        ValueError: there are no functions.
    """
    lines: dict[str, int] = {}
    for language, count in functions:
        lines[language] = lines.get(language, 0) + count
    if not lines:
        raise ValueError("no functions, no language")
    return min(lines, key=lambda language: (-lines[language], language))
