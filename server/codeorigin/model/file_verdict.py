"""The second answer: the functions of one file taken together, by a calibrated rule of a few numbers."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from enum import StrEnum
from typing import Any

from codeorigin.model.curves import check_survival, sigmoid, survival
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

    ``functions`` is how many functions with a verdict of their own were taken together, or would have been.
    ``logit`` is the pooled one (:meth:`FileRule.pooled`), ``probability`` the sigmoid of the temperature-scaled
    logit. ``human_share`` is the share of people's files in the calibration set that score at least this high.
    ``llm_threshold`` and ``human_threshold`` are the probabilities that bound the bands; ``llm_threshold`` and
    ``false_positive_rate`` are None if no rate could be guaranteed: such a model never says ``llm`` of a file.
    """

    probability: float | None
    logit: float | None
    band: Band | None
    functions: int
    reason: FileReason | None = None
    human_share: float | None = None
    llm_threshold: float | None = None
    human_threshold: float | None = None
    false_positive_rate: float | None = None

    @classmethod
    def without(cls, reason: FileReason, functions: int = 0) -> "FileVerdict":
        """The verdict on a file that is not judged as a whole."""
        return cls(probability=None, logit=None, band=None, functions=functions, reason=reason)


@dataclass(frozen=True, slots=True)
class FileRule:
    """How the logits of a file's functions become one answer.

    A function counts by its lines that are not blank, and the file is taken to hold ``prior_lines`` more lines
    without evidence, of logit ``prior_logit``, so that few and short functions stay near undecided.
    ``temperature`` and ``shift`` map the pooled logit to a probability as those of a function do. From ``llm``
    on the band is ``llm``: calibrated so that of a new repository's files by people at most
    ``false_positive_rate`` are expected there (conformal risk control, Angelopoulos et al., 2024); None when
    the calibration set had too few repositories to promise that. Up to ``human`` the band is ``human``.
    ``human_logits`` and ``human_shares`` are the survival curve of people's files.
    """

    prior_lines: float
    prior_logit: float
    fewest_functions: int
    temperature: float
    shift: float
    false_positive_rate: float
    llm: float | None
    human: float
    human_logits: tuple[float, ...]
    human_shares: tuple[float, ...]

    def __post_init__(self) -> None:
        if not self.temperature > 0:
            raise ValueError(f"temperature {self.temperature} of the file rule is not positive")
        if not self.prior_lines >= 0 or self.fewest_functions < 1:
            raise ValueError("prior_lines must not be negative, and fewest_functions at least 1")
        if self.llm is not None and not self.human <= self.llm:
            raise ValueError(
                f"human threshold {self.human} of files lies above their llm threshold {self.llm}"
            )
        check_survival(self.human_logits, self.human_shares)

    @classmethod
    def from_manifest(cls, entry: Mapping[str, Any]) -> "FileRule":
        """Read the manifest's ``calibration.file``; KeyError, TypeError or ValueError if it is broken."""
        return cls(
            prior_lines=float(entry["prior_lines"]),
            prior_logit=float(entry["prior_logit"]),
            fewest_functions=int(entry["fewest_functions"]),
            temperature=float(entry["temperature"]),
            shift=float(entry["shift"]),
            false_positive_rate=float(entry["false_positive_rate"]),
            llm=None if entry["llm"] is None else float(entry["llm"]),
            human=float(entry["human"]),
            human_logits=tuple(float(value) for value in entry["human_logits"]),
            human_shares=tuple(float(value) for value in entry["human_shares"]),
        )

    def to_manifest(self) -> dict[str, Any]:
        """The manifest entry that :meth:`from_manifest` reads."""
        return {
            "prior_lines": self.prior_lines,
            "prior_logit": self.prior_logit,
            "fewest_functions": self.fewest_functions,
            "temperature": self.temperature,
            "shift": self.shift,
            "false_positive_rate": self.false_positive_rate,
            "llm": self.llm,
            "human": self.human,
            "human_logits": list(self.human_logits),
            "human_shares": list(self.human_shares),
        }

    def pooled(self, functions: Iterable[tuple[float, int]]) -> float:
        """The file's logit from each function's logit and :func:`counted_lines`; their order does not matter."""
        return pooled_logit(functions, self.prior_lines, self.prior_logit)

    def probability(self, logit: float) -> float:
        """Calibrated probability, for equally common classes, of a pooled logit."""
        return sigmoid((logit - self.shift) / self.temperature)

    def band(self, logit: float) -> Band:
        """Band of a pooled logit."""
        if self.llm is not None and logit >= self.llm:
            return Band.LLM
        return Band.HUMAN if logit <= self.human else Band.UNSURE

    def verdict(self, functions: Iterable[tuple[float, int]]) -> FileVerdict:
        """The answer about functions with a verdict, each its logit and :func:`counted_lines`."""
        known = list(functions)
        if len(known) < self.fewest_functions:
            return FileVerdict.without(FileReason.TOO_FEW_FUNCTIONS, len(known))
        logit = self.pooled(known)
        return FileVerdict(
            probability=self.probability(logit),
            logit=logit,
            band=self.band(logit),
            functions=len(known),
            human_share=survival(self.human_logits, self.human_shares, logit),
            llm_threshold=None if self.llm is None else self.probability(self.llm),
            human_threshold=self.probability(self.human),
            false_positive_rate=None if self.llm is None else self.false_positive_rate,
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
