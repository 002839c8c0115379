"""What the frozen calibration says of logits: functions by their own text, and in their files."""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from codeorigin.model.calibration import Calibration
from codeorigin.model.scale import Scale
from codeorigin_training.calibrate.context import file_evidence
from codeorigin_training.calibrate.eligibility import has_verdict
from codeorigin_training.calibrate.levels import Groups, row_groups
from codeorigin_training.corpus.rows import Row

Floats = npt.NDArray[np.float64]
Integers = npt.NDArray[np.int64]
Booleans = npt.NDArray[np.bool_]


@dataclass(frozen=True, slots=True)
class Answers:
    """What the frozen thresholds and the calibration say of every item: all ``(n,)``."""

    llm: Booleans
    human: Booleans
    probability: Floats

    def take(self, index: Integers | Booleans) -> "Answers":
        """The answers at ``index``."""
        return Answers(self.llm[index], self.human[index], self.probability[index])


@dataclass(frozen=True, slots=True)
class InFiles:
    """Functions as they are judged in their files, all ``(n,)``.

    ``log_odds`` rank functions that have neighbours (``heard``) together with those that have none: each is its
    logit on its own scale, so that equal figures are equal probabilities.
    """

    log_odds: Floats
    answers: Answers
    heard: Booleans


def answers_by_text(
    rows: Sequence[Row], logits: Floats, scale: Scale, groups: Groups | None = None
) -> Answers:
    """What ``scale`` says of the ``logits`` ``(n,)`` of these functions; their ``groups`` are found if it needs them."""
    if groups is None:
        groups = row_groups(rows) if scale.groups else [None] * len(rows)
    bounds = [scale.thresholds(row.language, group) for row, group in zip(rows, groups, strict=True)]
    return Answers(
        llm=logits >= np.array([bound.llm for bound in bounds]),
        human=logits <= np.array([bound.human for bound in bounds]),
        probability=np.array([scale.probability(float(logit)) for logit in logits]),
    )


def answers_in_files(
    rows: Sequence[Row],
    logits: Floats,
    calibration: Calibration,
    files: Integers,
    groups: Groups | None = None,
) -> InFiles | None:
    """``rows`` with their own ``logits`` ``(n,)``, judged with what the others of ``files`` ``(n,)`` add.

    Returns:
        None if the calibration has no rule for functions in their files.
    """
    context = calibration.context
    if context is None:
        return None
    judged = np.array([has_verdict(row.code, calibration) for row in rows], dtype=bool)
    evidence = file_evidence(files, logits, context.rule, judged)
    heard = np.isfinite(evidence)
    if groups is None and (calibration.alone.groups or context.scale.groups):
        groups = row_groups(rows)
    together = logits + np.nan_to_num(evidence)
    own, told = (
        answers_by_text(rows, together, scale, groups) for scale in (calibration.alone, context.scale)
    )
    return InFiles(
        log_odds=np.where(heard, _log_odds(together, context.scale), _log_odds(together, calibration.alone)),
        answers=Answers(
            llm=np.where(heard, told.llm, own.llm),
            human=np.where(heard, told.human, own.human),
            probability=np.where(heard, told.probability, own.probability),
        ),
        heard=heard,
    )


def _log_odds(logits: Floats, scale: Scale) -> Floats:
    return (logits - scale.shift) / scale.temperature
