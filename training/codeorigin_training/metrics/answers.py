"""Apply the frozen calibration to logits: functions by their own text, in their files and in their commits."""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from codeorigin.model.calibration.calibration import Calibration
from codeorigin.model.calibration.neighbours import Context
from codeorigin.model.calibration.scale import Scale
from codeorigin_training.arrays import Booleans, Floats, Integers
from codeorigin_training.data.rows import Row
from codeorigin_training.thresholds.context import context_evidence
from codeorigin_training.thresholds.eligibility import judged


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

    ``log_odds`` rank functions with neighbours (``has_neighbours``) together with those that have none. Each logit is
    calibrated on its own scale, so that equal values mean equal probabilities.
    """

    log_odds: Floats
    answers: Answers
    has_neighbours: Booleans

    def take(self, index: Integers | Booleans) -> "InFiles":
        """The answers at ``index``, int64 ``(k,)`` or bool ``(n,)``."""
        return InFiles(self.log_odds[index], self.answers.take(index), self.has_neighbours[index])


def answers_by_text(rows: Sequence[Row], logits: Floats, scale: Scale) -> Answers:
    """Apply ``scale`` to the ``logits`` ``(n,)`` of ``rows``."""
    bounds = [scale.thresholds(row.language) for row in rows]
    return Answers(
        llm=logits >= np.array([bound.llm for bound in bounds]),
        human=logits <= np.array([bound.human for bound in bounds]),
        probability=np.array([scale.probability(float(logit)) for logit in logits]),
    )


def answers_alone(rows: Sequence[Row], logits: Floats, calibration: Calibration) -> InFiles:
    """Judge ``rows`` by their own ``logits`` ``(n,)``."""
    return _read(rows, logits, np.full(len(rows), np.nan), calibration.alone)


def answers_in_files(
    rows: Sequence[Row], logits: Floats, calibration: Calibration, files: Integers
) -> InFiles | None:
    """Judge ``rows`` by their own ``logits`` ``(n,)`` and by the evidence of the others in ``files`` ``(n,)``.

    Returns:
        None if the calibration has no rule for functions in their files.
    """
    return context_answers(rows, logits, calibration, files=files).get("in_file")


def context_answers(
    rows: Sequence[Row],
    logits: Floats,
    calibration: Calibration,
    *,
    files: Integers | None = None,
    commits: Integers | None = None,
) -> dict[str, InFiles]:
    """Judge ``rows`` by their own ``logits`` ``(n,)`` and the evidence of each context.

    ``by_text`` adds nothing, ``in_file`` and ``in_commit`` add the evidence of the other functions in the file or
    commit, and ``in_file_and_commit`` adds both, or whichever exists. A context is missing if the calibration has no
    rule for it. ``files`` and ``commits`` default to those of the rows.
    """
    counted = judged(rows, calibration)
    found = {"by_text": answers_alone(rows, logits, calibration)}

    def add(name: str, context: Context | None, *below: str) -> None:
        if context is None:
            return
        evidence = context_evidence(rows, logits, context, counted, files=files, commits=commits)
        answers = found["by_text"]
        for each in (found[other] for other in below if other in found):
            answers = _over(answers, each)
        found[name] = _over(answers, _read(rows, logits, evidence, context.scale))

    add("in_file", calibration.file_context)
    add("in_commit", calibration.commit_context)
    add("in_file_and_commit", calibration.file_and_commit_context, "in_file", "in_commit")
    return found


def _read(rows: Sequence[Row], logits: Floats, evidence: Floats, scale: Scale) -> InFiles:
    """``rows`` read by ``scale`` with the ``evidence`` ``(n,)`` of others; NaN where there are none."""
    together = logits + np.nan_to_num(evidence)
    log_odds = (together - scale.shift) / scale.temperature
    return InFiles(log_odds, answers_by_text(rows, together, scale), np.isfinite(evidence))


def _over(below: InFiles, above: InFiles) -> InFiles:
    """``above`` where the function has neighbours there, else ``below``."""
    has_neighbours = above.has_neighbours
    return InFiles(
        log_odds=np.where(has_neighbours, above.log_odds, below.log_odds),
        answers=Answers(
            llm=np.where(has_neighbours, above.answers.llm, below.answers.llm),
            human=np.where(has_neighbours, above.answers.human, below.answers.human),
            probability=np.where(has_neighbours, above.answers.probability, below.answers.probability),
        ),
        has_neighbours=has_neighbours | below.has_neighbours,
    )


def joined(parts: Sequence[tuple[Booleans, InFiles]]) -> InFiles:
    """Answers about different items as one: each part says which of all ``(n,)`` items it is about."""
    count = len(parts[0][0])
    found = InFiles(
        np.zeros(count),
        Answers(np.zeros(count, bool), np.zeros(count, bool), np.zeros(count)),
        np.zeros(count, bool),
    )
    for inside, part in parts:
        found.log_odds[inside], found.has_neighbours[inside] = part.log_odds, part.has_neighbours
        for into, values in (
            (found.answers.llm, part.answers.llm),
            (found.answers.human, part.answers.human),
            (found.answers.probability, part.answers.probability),
        ):
            into[inside] = values
    return found
