"""Fits rules that judge several functions together to the logits of functions from unseen repositories."""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from codeorigin.model.calibration.calibration import (
    Calibration,
    PooledRule,
    counted_lines,
    main_language,
    pooled_logit,
)
from codeorigin_training.arrays import Floats, Integers
from codeorigin_training.calibration.config import CalibrateConfig, has_verdict
from codeorigin_training.calibration.scale import fit_scale
from codeorigin_training.data.rows import Row
from codeorigin_training.data.weights import LENGTH_EDGES

SIZE_EDGES = (5, 7, 12)
"""Bounds of the size classes, in functions: fewer than 5, 5-6, 7-11, and 12 or more."""


@dataclass(frozen=True, slots=True)
class PooledSample:
    """The functions of one origin in one file or commit: the out-of-sample logit and the non-blank lines of each.

    A file that holds code of both classes, or human code of both eras, is one sample for each. ``row`` stands for the
    sample where samples are weighted and matched like functions: it is of the project, its ``language`` is that of
    most lines, and its ``lines`` encode the size class.
    """

    functions: tuple[tuple[float, int], ...]
    row: Row


def pooled_samples(
    rows: Sequence[Row], logits: Floats, numbers: Integers, limits: CalibrateConfig | Calibration, fewest: int
) -> list[PooledSample]:
    """Group corpus ``rows`` with ``logits`` ``(n,)`` by their number in ``numbers`` ``(n,)``, class and era.

    Numbers are those of files or commits (:mod:`~codeorigin_training.calibration.neighbours`). Commits of a file are not
    separated, because whoever opens it sees what all of them left. Rows with a negative number, functions without a
    verdict by ``limits``, and samples of fewer than ``fewest`` functions are left out.
    """
    groups: dict[tuple[int, int, bool], list[int]] = {}
    for index, (row, number) in enumerate(zip(rows, numbers.tolist(), strict=True)):
        if number >= 0 and has_verdict(row.code, limits):
            groups.setdefault((number, row.label, row.modern), []).append(index)
    return [
        _sample([rows[index] for index in members], logits[members])
        for members in groups.values()
        if len(members) >= fewest
    ]


def _sample(rows: Sequence[Row], logits: Floats) -> PooledSample:
    first = rows[0]
    return PooledSample(
        functions=tuple(
            (logit, counted_lines(row.code)) for row, logit in zip(rows, logits.tolist(), strict=True)
        ),
        row=Row(
            code="",
            language=main_language((row.language, row.lines) for row in rows),
            label=first.label,
            repo=first.project,
            agent="",
            modern=first.modern,
            is_test=first.is_test,
            lines=(1, *LENGTH_EDGES)[int(np.digitize(len(rows), SIZE_EDGES))],
            source=first.source,
        ),
    )


def fit_pooled_rule(
    samples: Sequence[PooledSample], config: CalibrateConfig, *, prior_logit: float
) -> PooledRule | None:
    """Fit a rule for whole files or commits to samples with out-of-sample logits.

    ``prior_logit`` is the logit at which both classes are equally likely, the ``shift`` of the scale of functions.

    Returns:
        None if the samples come from too few repositories.
    """
    logits = np.array([pooled_logit(sample.functions, config.prior_lines, prior_logit) for sample in samples])
    scale = fit_scale([sample.row for sample in samples], logits, config)
    if scale is None:
        return None
    return PooledRule(config.prior_lines, prior_logit, config.fewest_functions, scale)
