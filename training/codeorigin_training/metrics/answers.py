"""Apply the frozen calibration to logits: functions by their own text, in their files and in their commits."""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from codeorigin.model.calibration.calibration import Calibration
from codeorigin.model.calibration.scale import Scale
from codeorigin_training.arrays import Booleans, Floats, Integers
from codeorigin_training.data.rows import Row
from codeorigin_training.thresholds.by_language import Groups, row_groups
from codeorigin_training.thresholds.context import commit_numbers, file_numbers, neighbour_evidence
from codeorigin_training.thresholds.eligibility import has_verdict


@dataclass(frozen=True, slots=True)
class Answers:
    """The frozen calibration's verdict and probability for every item, all ``(n,)``."""

    llm: Booleans
    human: Booleans
    probability: Floats

    def take(self, index: Integers | Booleans) -> "Answers":
        """The answers at ``index``, int64 ``(k,)`` or bool ``(n,)``."""
        return Answers(self.llm[index], self.human[index], self.probability[index])


@dataclass(frozen=True, slots=True)
class InFiles:
    """Functions judged in their files or commits, all ``(n,)``.

    ``log_odds`` rank functions that have neighbours (``heard``) together with those that have none. Each logit is
    calibrated on its own scale, so that equal values mean equal probabilities.
    """

    log_odds: Floats
    answers: Answers
    heard: Booleans


def answers_by_text(
    rows: Sequence[Row], logits: Floats, scale: Scale, groups: Groups | None = None
) -> Answers:
    """Apply ``scale`` to the ``logits`` ``(n,)`` of ``rows``; ``groups`` are computed if the scale needs them."""
    if groups is None:
        groups = row_groups(rows) if scale.groups else [None] * len(rows)
    bounds = [scale.thresholds(row.language, group) for row, group in zip(rows, groups, strict=True)]
    return Answers(
        llm=logits >= np.array([bound.llm for bound in bounds]),
        human=logits <= np.array([bound.human for bound in bounds]),
        probability=np.array([scale.probability(float(logit)) for logit in logits]),
    )


def answers_alone(
    rows: Sequence[Row],
    logits: Floats,
    calibration: Calibration,
    groups: Groups | None = None,
) -> InFiles:
    """Judge ``rows`` by their own ``logits`` ``(n,)``."""
    if groups is None and calibration.alone.groups:
        groups = row_groups(rows)
    nobody = np.zeros(len(rows), dtype=bool)
    scale = calibration.alone
    return InFiles(_log_odds(logits, scale), answers_by_text(rows, logits, scale, groups), nobody)


def answers_in_files(
    rows: Sequence[Row],
    logits: Floats,
    calibration: Calibration,
    files: Integers,
    groups: Groups | None = None,
) -> InFiles | None:
    """Judge ``rows`` by their own ``logits`` ``(n,)`` and by the evidence of the others in ``files`` ``(n,)``.

    Returns:
        None if the calibration has no rule for functions in their files.
    """
    context = calibration.file_context
    if context is None:
        return None
    judged = np.array([has_verdict(row.code, calibration) for row in rows], dtype=bool)
    if groups is None and (calibration.alone.groups or context.scale.groups):
        groups = row_groups(rows)
    evidence = neighbour_evidence(files, logits, context.rule, judged)
    told = _told(rows, logits, evidence, context.scale, groups)
    return _over(answers_alone(rows, logits, calibration, groups), told)


def context_answers(
    rows: Sequence[Row],
    logits: Floats,
    calibration: Calibration,
    groups: Groups | None = None,
    *,
    files: Integers | None = None,
    commits: Integers | None = None,
) -> dict[str, InFiles]:
    """Judge ``rows`` by their own ``logits`` ``(n,)`` and the evidence of each context.

    ``by_text`` adds nothing, ``in_file`` and ``in_commit`` add the evidence of the other functions in the file or
    commit, and ``in_file_and_commit`` adds both, or whichever exists. A context is missing if the calibration has no
    rule for it. ``files`` and ``commits`` default to those of the rows.
    """
    files = file_numbers(rows) if files is None else files
    commits = commit_numbers(rows) if commits is None else commits
    groups = row_groups(rows) if groups is None else groups
    judged = np.array([has_verdict(row.code, calibration) for row in rows], dtype=bool)
    alone = answers_alone(rows, logits, calibration, groups)
    found = {"by_text": alone}
    widest = alone
    if (in_file := answers_in_files(rows, logits, calibration, files, groups)) is not None:
        found["in_file"] = widest = in_file
    if (context := calibration.commit_context) is not None:
        evidence = neighbour_evidence(commits, logits, context.commit, judged)
        told = _told(rows, logits, evidence, context.scale, groups)
        found["in_commit"], widest = _over(alone, told), _over(widest, told)
    if (both := calibration.file_and_commit_context) is not None and both.file is not None:
        evidence = neighbour_evidence(commits, logits, both.commit, judged)
        evidence = evidence + neighbour_evidence(files, logits, both.file, judged)
        told = _told(rows, logits, evidence, both.scale, groups)
        found["in_file_and_commit"] = _over(widest, told)
    return found


def _told(
    rows: Sequence[Row], logits: Floats, evidence: Floats, scale: Scale, groups: Groups | None
) -> InFiles:
    together = logits + np.nan_to_num(evidence)
    return InFiles(
        _log_odds(together, scale), answers_by_text(rows, together, scale, groups), np.isfinite(evidence)
    )


def _over(below: InFiles, above: InFiles) -> InFiles:
    """``above`` where the function has neighbours there, else ``below``."""
    heard = above.heard
    return InFiles(
        log_odds=np.where(heard, above.log_odds, below.log_odds),
        answers=Answers(
            llm=np.where(heard, above.answers.llm, below.answers.llm),
            human=np.where(heard, above.answers.human, below.answers.human),
            probability=np.where(heard, above.answers.probability, below.answers.probability),
        ),
        heard=heard | below.heard,
    )


def _log_odds(logits: Floats, scale: Scale) -> Floats:
    return (logits - scale.shift) / scale.temperature
