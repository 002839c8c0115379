"""The scales of a model whose deep part refines: what is promised is promised of both steps together."""

from collections.abc import Sequence

import numpy as np

from codeorigin.errors import CodeOriginError
from codeorigin.model.calibration import Calibration
from codeorigin.model.refined import RefinedScales
from codeorigin.model.scale import Scale
from codeorigin_training.arrays import Booleans, Floats
from codeorigin_training.calibrate.context import file_numbers, neighbour_evidence
from codeorigin_training.calibrate.eligibility import has_verdict
from codeorigin_training.calibrate.fit import fit_scale
from codeorigin_training.calibrate.levels import Groups, row_groups
from codeorigin_training.calibrate.promises import PromiseSettings
from codeorigin_training.corpus.rows import Row
from codeorigin_training.corpus.weights import balanced_or_equal_weights
from codeorigin_training.measure.answers import answers_by_text


def in_steps(wide: Floats, deep: Floats | None, *, refine: bool) -> tuple[Floats, Floats | None]:
    """The logits ``(n,)`` that are read at once, and what a deep part that is to ``refine`` adds to them later."""
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
    """Scales for the sum of two out-of-sample logits, of which the second is asked where the first leaves doubt.

    A function that ``calibration`` calls ``human`` by the wide part counts as one that is never called ``llm``: the
    thresholds of ``llm`` keep the rates of ``config`` for the whole procedure, and need to hold back only what comes
    through. ``human_rate`` is kept by each step: with what the first one calls ``human``, up to twice as much LLM code
    may end there.

    Args:
        rows: corpus rows.
        wide: logits ``(n,)`` of the wide part, its bias included.
        deep: logits ``(n,)`` of the deep part alone, of all rows.
        calibration: of the wide part alone; its rule for files is the one whose evidence is heard.
        config: rates and sizes.
        groups: of :func:`~codeorigin_training.calibrate.levels.row_groups`, found here if they are None.

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
    """The scale for ``first + deep``, both ``(n,)``, of the rows ``among``, where ``scale`` reads ``first``."""
    chosen = np.flatnonzero(among).tolist()
    rows, groups = [rows[index] for index in chosen], [groups[index] for index in chosen]
    if len({row.label for row in rows}) < 2:
        return None
    cleared = answers_by_text(rows, first[among], scale, groups).human
    weights = balanced_or_equal_weights(rows)
    return fit_scale(rows, (first + deep)[among], weights, config, groups, cleared=cleared)
