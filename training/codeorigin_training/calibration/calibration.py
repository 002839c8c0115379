"""Fits the manifest's calibration, and those of projects with a past or a reference, to out-of-sample logits."""

from collections.abc import Sequence
from dataclasses import replace

import numpy as np

from codeorigin.core.errors import CodeOriginError
from codeorigin.model.calibration.calibration import Calibration, Context, NeighbourRule
from codeorigin_training.arrays import Booleans, Floats
from codeorigin_training.calibration.config import CalibrateConfig, judged
from codeorigin_training.calibration.neighbours import commit_numbers, context_evidence, file_numbers
from codeorigin_training.calibration.past_rule import fit_past_rule, past_evidence
from codeorigin_training.calibration.pooled import fit_pooled_rule, pooled_samples
from codeorigin_training.calibration.scale import fit_scale
from codeorigin_training.data.rows import Row, rows_where

Scored = tuple[Sequence[Row], Floats]
"""Rows and their out-of-sample logits ``(n,)``."""


def fit_calibration(
    rows: Sequence[Row],
    logits: Floats,
    config: CalibrateConfig,
    published: Scored | None = None,
    reference: Floats | None = None,
) -> Calibration:
    """Fit the scales and rules to out-of-sample ``logits`` ``(n,)`` of corpus ``rows``.

    ``published`` answers count in the scale of functions alone, as they stand in no file. Functions without a verdict
    are left out. A scale for functions with neighbours is fitted to those that have some, the calibration with the past
    to the functions of projects that have one, that with a reference to those of them for which ``reference`` ``(n,)``,
    what it adds to a logit, is not NaN. A rule that has too few repositories is None.

    Raises:
        CodeOriginError: there are too few repositories even for functions alone.
    """
    counted = judged(rows, config)
    calibration = _fitted(rows, logits, counted, config, published)
    if calibration is None:
        raise CodeOriginError(
            f"calibration needs {config.fewest_repositories} repositories with human code and as many with LLM code, "
            "with functions long enough for a verdict; pass more data or lower fewest_repositories"
        )
    past = fit_past_rule(rows, logits, counted, config)
    if past is None:
        return calibration
    evidence = past_evidence(rows, logits, counted, past)
    inside = np.isfinite(evidence)
    with_past = _fitted(rows_where(rows, inside), (logits + evidence)[inside], counted[inside], config)
    if with_past is None:
        return calibration
    calibration = replace(calibration, past=past, with_past=with_past)
    if reference is None:
        return calibration
    evidence = evidence + reference
    inside = np.isfinite(evidence)
    with_reference = _fitted(rows_where(rows, inside), (logits + evidence)[inside], counted[inside], config)
    if with_reference is None:
        return calibration
    return replace(calibration, reference=config.reference, with_reference=with_reference)


def _fitted(
    rows: Sequence[Row],
    logits: Floats,
    counted: Booleans,
    config: CalibrateConfig,
    published: Scored | None = None,
) -> Calibration | None:
    answers, of_answers = published or ([], np.zeros(0))
    alone = fit_scale(
        [*rows_where(rows, counted), *answers], np.concatenate([logits[counted], of_answers]), config
    )
    if alone is None:
        return None
    neutral = alone.shift
    in_file = config.neighbours(config.context_weight, neutral)
    in_commit = config.neighbours(config.commit_weight, neutral)
    beside_commit = config.neighbours(config.file_weight_beside_commit, neutral)

    def context(file: NeighbourRule | None, commit: NeighbourRule | None) -> Context | None:
        evidence = context_evidence(rows, logits, Context(scale=alone, file=file, commit=commit), counted)
        beside_others = np.isfinite(evidence)
        scale = fit_scale(rows_where(rows, beside_others), (logits + evidence)[beside_others], config)
        return None if scale is None else Context(scale=scale, file=file, commit=commit)

    files, commits = (
        pooled_samples(rows, logits, numbers, config, config.fewest_functions)
        for numbers in (file_numbers(rows), commit_numbers(rows))
    )
    return Calibration(
        alone,
        config.min_lines,
        config.min_characters,
        config.max_lines,
        file_context=context(in_file, None),
        file=fit_pooled_rule(files, config, prior_logit=neutral),
        commit=fit_pooled_rule(commits, config, prior_logit=neutral),
        commit_context=context(None, in_commit),
        file_and_commit_context=context(beside_commit, in_commit),
    )
