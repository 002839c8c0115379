"""The verdict on a file: its functions taken together, by a calibrated rule with few parameters."""

from collections.abc import Iterable
from dataclasses import dataclass
from enum import StrEnum

from codeorigin.model.calibration.pooled_rule import PooledRule, PooledVerdict


class FileReason(StrEnum):
    """Why a file has no verdict even though the model has a rule for files."""

    TOO_FEW_FUNCTIONS = "too_few_functions"
    GENERATED = "generated"
    MINIFIED = "minified"
    IGNORED = "ignored"
    UNPARSED = "unparsed"


@dataclass(frozen=True, slots=True)
class FileVerdict(PooledVerdict):
    """A calibrated estimate about a file's functions together, or the ``reason`` why there is none."""

    reason: FileReason | None = None

    @classmethod
    def without(cls, reason: FileReason, functions: int = 0) -> "FileVerdict":
        """The verdict on a file that is not judged as a whole."""
        return cls(probability=None, logit=None, band=None, functions=functions, reason=reason)


@dataclass(frozen=True, slots=True)
class FileRule(PooledRule):
    """How the logits of a file's functions are combined into one verdict."""

    def verdict(self, functions: Iterable[tuple[float, int]], language: str) -> FileVerdict:
        """The verdict on a file, from the logit and the non-blank lines of each function with a verdict."""
        known = list(functions)
        if len(known) < self.fewest_functions:
            return FileVerdict.without(FileReason.TOO_FEW_FUNCTIONS, len(known))
        return self.judge_as(FileVerdict, known, language)
