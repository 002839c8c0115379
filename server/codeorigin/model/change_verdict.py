"""The verdict on a change such as a commit: on the functions that it wrote, taken together."""

from collections.abc import Sequence
from dataclasses import dataclass
from enum import StrEnum

from codeorigin.model.calibration.pooled_rule import PooledRule, PooledVerdict, main_language
from codeorigin.model.verdict import Verdict


class ChangeReason(StrEnum):
    """Why a change has no verdict even though the model has a rule for commits."""

    TOO_FEW_FUNCTIONS = "too_few_functions"
    MERGE = "merge"


@dataclass(frozen=True, slots=True)
class ChangeVerdict(PooledVerdict):
    """A calibrated estimate about the functions that a change wrote, or the ``reason`` why there is none."""

    reason: ChangeReason | None = None

    @classmethod
    def without(cls, reason: ChangeReason, functions: int = 0) -> "ChangeVerdict":
        """The verdict on a change that is not judged as a whole."""
        return cls(probability=None, logit=None, band=None, functions=functions, reason=reason)


@dataclass(frozen=True, slots=True)
class ChangedFunctions:
    """All functions of a file that a change touched, with their verdicts before the change is taken into account.

    ``language`` is the model language. ``lines`` is each function's number of non-blank lines (``counted_lines``),
    ``written`` whether the change wrote all of it. Without ``in_context``, each function is judged by its own text.
    """

    language: str
    verdicts: Sequence[Verdict]
    lines: Sequence[int]
    written: Sequence[bool]
    in_context: bool = True


def judge_change(rule: PooledRule, functions: Sequence[tuple[float, int, str]]) -> ChangeVerdict:
    """The verdict on the functions of a change, in any order.

    Args:
        rule: the model's rule for commits.
        functions: logit, non-blank lines and model language of each function with a verdict. The language with the
            most lines determines the shares.
    """
    if len(functions) < rule.fewest_functions:
        return ChangeVerdict.without(ChangeReason.TOO_FEW_FUNCTIONS, len(functions))
    language = main_language((name, lines) for _, lines, name in functions)
    return rule.judge_as(ChangeVerdict, [(logit, lines) for logit, lines, _ in functions], language)
