"""The scales of a model whose deep part refines; the promises are about both steps together."""

from collections.abc import Sequence

import numpy as np

from codeorigin.errors import CodeOriginError
from codeorigin.model.calibration.calibration import Calibration
from codeorigin.model.calibration.refined import RefinedScales
from codeorigin.model.calibration.scale import Scale
from codeorigin_training.arrays import Booleans, Floats
from codeorigin_training.corpus.rows import Row
from codeorigin_training.corpus.weights import balanced_or_equal_weights
from codeorigin_training.metrics.answers import answers_by_text
from codeorigin_training.thresholds.by_language import Groups, row_groups
from codeorigin_training.thresholds.context import file_numbers, neighbour_evidence
from codeorigin_training.thresholds.eligibility import has_verdict
from codeorigin_training.thresholds.fit import fit_scale
from codeorigin_training.thresholds.risk_control import PromiseSettings


def in_steps(wide: Floats, deep: Floats | None, *, refine: bool) -> tuple[Floats, Floats | None]:
    """The logits ``(n,)`` of the first step, and those ``(n,)`` that a deep part adds later if it is to ``refine``."""
    if deep is None or refine:
        return wide, deep
    return wide + deep, None


def fit_refined(
    rows: Sequence[Row],
    wide: Floats,
    deep: Floats,
    calibration: Calibration,
    config: PromiseSettings,
    groups: Groups | None = None,
) -> RefinedScales | None:
    """Fit scales to the sum of two out-of-sample logits, the second of which is used if the first leaves doubt.

    A function that ``calibration`` calls ``human`` by the wide part counts as never called ``llm``. So the ``llm``
    thresholds keep the rates of ``config`` for the whole procedure, and only need to hold back what the first step lets
    through. Each step keeps ``human_rate`` separately, so up to twice as much LLM code may end up in band ``human``.

    Args:
        rows: corpus rows.
        wide: logits ``(n,)`` of the wide part, including its bias.
        deep: logits ``(n,)`` of the deep part alone, for all rows.
        calibration: calibration of the wide part alone; its rule for files supplies the evidence of neighbours.
        config: rates and sizes.
        groups: from :func:`~codeorigin_training.thresholds.by_language.row_groups`, which is called if they are None.

    Returns:
        None if there are too few repositories for a threshold to promise anything, by text alone or in files.

    Raises:
        CodeOriginError: a logit of a function that gets a verdict is not finite.
    """
    judged = np.array([has_verdict(row.code, config) for row in rows], dtype=bool)
    if not np.isfinite((wide + deep)[judged]).all():
        raise CodeOriginError(
            "refined scales need the wide and the deep logit of every function; some are missing"
        )
    groups = row_groups(rows) if groups is None else groups
    alone = _scale(rows, wide, deep, judged, calibration.alone, config, groups)
    context = calibration.file_context
    if alone is None or context is None:
        return None if alone is None else RefinedScales(alone)
    evidence = neighbour_evidence(file_numbers(rows), wide, context.rule, judged)
    in_file = _scale(rows, wide + evidence, deep, np.isfinite(evidence), context.scale, config, groups)
    return None if in_file is None else RefinedScales(alone, in_file)


def _scale(
    rows: Sequence[Row],
    first: Floats,
    deep: Floats,
    among: Booleans,
    scale: Scale,
    config: PromiseSettings,
    groups: Groups,
) -> Scale | None:
    """Fit the scale for ``first + deep``, both ``(n,)``, to the rows ``among``; ``scale`` is that of ``first``."""
    chosen = np.flatnonzero(among).tolist()
    rows, groups = [rows[index] for index in chosen], [groups[index] for index in chosen]
    if len({row.label for row in rows}) < 2:
        return None
    cleared = answers_by_text(rows, first[among], scale, groups).human
    weights = balanced_or_equal_weights(rows)
    return fit_scale(rows, (first + deep)[among], weights, config, groups, cleared=cleared)
