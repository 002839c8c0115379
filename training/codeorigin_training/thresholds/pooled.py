"""Fits rules that judge several functions together to the logits of functions from unseen repositories."""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from codeorigin.model.calibration.pooled_rule import PooledRule, counted_lines, main_language, pooled_logit
from codeorigin_training.arrays import Floats, Integers
from codeorigin_training.data.rows import Row
from codeorigin_training.data.weights import LENGTH_EDGES
from codeorigin_training.thresholds.config import CalibrateConfig
from codeorigin_training.thresholds.eligibility import LengthLimits, has_verdict
from codeorigin_training.thresholds.shares import fit_scale

SIZE_EDGES = (5, 7, 12)
"""Bounds of the size classes, in functions: fewer than 5, 5-6, 7-11, and 12 or more."""


@dataclass(frozen=True, slots=True)
class PooledSample:
    """The functions of one origin in one file or commit.

    ``functions`` holds the out-of-sample logit and the number of non-blank lines of each. ``label`` is 1 for ``llm``;
    ``modern`` marks human code of July 2021 to November 2022, ``source`` is how it was collected. A file that holds
    code of both classes, or human code of both eras, is one sample for each. ``language`` is that of most lines.
    """

    functions: tuple[tuple[float, int], ...]
    label: int
    repository: str
    language: str
    modern: bool = False
    is_test: bool = False
    source: str = ""

    def as_row(self) -> Row:
        """A row for weighting and matching samples like functions; ``lines`` encodes the size class."""
        return Row(
            code="",
            language=self.language,
            label=self.label,
            repo=self.repository,
            agent="",
            modern=self.modern,
            is_test=self.is_test,
            lines=(1, *LENGTH_EDGES)[int(np.digitize(len(self.functions), SIZE_EDGES))],
            source=self.source,
        )


def pooled_samples(
    rows: Sequence[Row], logits: Floats, numbers: Integers, limits: LengthLimits, fewest: int
) -> list[PooledSample]:
    """Group corpus ``rows`` with ``logits`` ``(n,)`` by their number in ``numbers`` ``(n,)``, class and era.

    Numbers are those of files or commits (:mod:`~codeorigin_training.thresholds.context`). Commits of a file are not
    separated, because whoever opens it sees what all of them left. Rows with a negative number, functions without a
    verdict by ``limits``, and samples of fewer than ``fewest`` functions are left out.
    """
    groups: dict[tuple[int, int, bool], list[int]] = {}
    for index, (row, number) in enumerate(zip(rows, numbers.tolist(), strict=True)):
        if number >= 0 and has_verdict(row.code, limits):
            groups.setdefault((number, row.label, row.modern), []).append(index)
    return [
        PooledSample(
            functions=tuple((float(logits[index]), counted_lines(rows[index].code)) for index in members),
            label=label,
            repository=rows[members[0]].project,
            language=main_language((rows[index].language, rows[index].lines) for index in members),
            modern=modern,
            is_test=rows[members[0]].is_test,
            source=rows[members[0]].source,
        )
        for (_, label, modern), members in groups.items()
        if len(members) >= fewest
    ]


def fit_pooled_rule(
    samples: Sequence[PooledSample], config: CalibrateConfig, *, prior_logit: float
) -> PooledRule | None:
    """Fit a rule for whole files or commits to samples with out-of-sample logits.

    ``prior_logit`` is the logit at which both classes are equally likely, the ``shift`` of the scale of functions.

    Returns:
        None if the samples come from too few repositories.
    """
    logits = np.array([pooled_logit(sample.functions, config.prior_lines, prior_logit) for sample in samples])
    scale = fit_scale([sample.as_row() for sample in samples], logits, config)
    if scale is None:
        return None
    return PooledRule(config.prior_lines, prior_logit, config.fewest_functions, scale)
