"""Apply the frozen calibration to logits: functions by their own text, in their files and in their commits."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, fields

import numpy as np

from codeorigin.model.calibration.calibration import Calibration, Context
from codeorigin.model.calibration.scale import Scale
from codeorigin_training.arrays import Booleans, Floats, Integers
from codeorigin_training.calibration.config import judged
from codeorigin_training.calibration.neighbours import context_evidence
from codeorigin_training.data.rows import Row


@dataclass(frozen=True, slots=True)
class Answers:
    """What the calibration says of items (functions, files or commits), all ``(n,)``: the verdict and the probability.

    ``log_odds`` rank items with neighbours (``has_neighbours``) together with those that have none: each logit is
    calibrated on its own scale, so that equal values mean equal probabilities.
    """

    llm: Booleans
    human: Booleans
    probability: Floats
    log_odds: Floats
    has_neighbours: Booleans

    def take(self, index: Integers | Booleans) -> "Answers":
        """The answers at ``index``, int64 ``(k,)`` or bool ``(n,)``."""
        return Answers(*(values[index] for values in self._arrays()))

    def where_neighbours(self, below: "Answers") -> "Answers":
        """These answers where an item has neighbours, else those ``below``."""
        pairs = zip(self._arrays(), below._arrays(), strict=True)
        return Answers(*(np.where(self.has_neighbours, these, other) for these, other in pairs))

    @classmethod
    def joined(cls, parts: Sequence[tuple[Booleans, "Answers"]]) -> "Answers":
        """Answers about different items as one: each part says which of all ``(n,)`` items it is about."""
        order = np.argsort(np.concatenate([np.flatnonzero(inside) for inside, _ in parts]))
        columns = zip(*(part._arrays() for _, part in parts), strict=True)
        return cls(*(np.concatenate(column)[order] for column in columns))

    def _arrays(self) -> Iterable[np.ndarray]:
        return [getattr(self, field.name) for field in fields(self)]


def answers_of(rows: Sequence[Row], logits: Floats, scale: Scale, evidence: Floats | None = None) -> Answers:
    """``rows`` with ``logits`` ``(n,)`` read by ``scale``, with the ``evidence`` ``(n,)`` of others, NaN for none."""
    others = np.full(len(rows), np.nan) if evidence is None else evidence
    together = logits + np.nan_to_num(others)
    bounds = [scale.thresholds(row.language) for row in rows]
    return Answers(
        llm=together >= np.array([bound.llm for bound in bounds]),
        human=together <= np.array([bound.human for bound in bounds]),
        probability=np.array([scale.probability(logit) for logit in together.tolist()]),
        log_odds=(together - scale.shift) / scale.temperature,
        has_neighbours=np.isfinite(others),
    )


def context_answers(
    rows: Sequence[Row],
    logits: Floats,
    calibration: Calibration,
    *,
    files: Integers | None = None,
    commits: Integers | None = None,
) -> dict[str, Answers]:
    """Judge ``rows`` by their own ``logits`` ``(n,)`` and the evidence of each context.

    ``by_text`` adds nothing, ``in_file`` and ``in_commit`` add the evidence of the other functions in the file or
    commit, and ``in_file_and_commit`` adds both, or whichever exists. A context is missing if the calibration has no
    rule for it. ``files`` and ``commits`` default to those of the rows.
    """
    counted = judged(rows, calibration)
    found = {"by_text": answers_of(rows, logits, calibration.alone)}

    def add(name: str, context: Context | None, *below: str) -> None:
        if context is None:
            return
        evidence = context_evidence(rows, logits, context, counted, files=files, commits=commits)
        best = found["by_text"]
        for others in (found[other] for other in below if other in found):
            best = others.where_neighbours(best)
        found[name] = answers_of(rows, logits, context.scale, evidence).where_neighbours(best)

    add("in_file", calibration.file_context)
    add("in_commit", calibration.commit_context)
    add("in_file_and_commit", calibration.file_and_commit_context, "in_file", "in_commit")
    return found
