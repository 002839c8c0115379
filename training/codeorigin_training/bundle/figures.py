"""The figures of an exported bundle, on held-out repositories and out of fold."""

from collections.abc import Sequence
from typing import Any

import numpy as np
from scipy import sparse

from codeorigin.model.calibration.calibration import Calibration
from codeorigin.model.ngrams.hashed_views import View
from codeorigin.model.scoring.tokenizer import Tokenizer
from codeorigin_training.arrays import Floats
from codeorigin_training.bundle.quantization import quantize
from codeorigin_training.data.rows import DISTRIBUTION_SOURCE, Row, rows_where
from codeorigin_training.data.sides import TrainingSide
from codeorigin_training.encoder.inference import deep_logits, encode_rows
from codeorigin_training.encoder.model import Encoder
from codeorigin_training.metrics.answers import answers_of, context_answers
from codeorigin_training.metrics.commits import commit_metrics
from codeorigin_training.metrics.false_positives import in_contexts
from codeorigin_training.metrics.files import pooled_metrics
from codeorigin_training.metrics.held_out import (
    by_language,
    detector_metrics,
    in_file_metrics,
    verdict_metrics,
)
from codeorigin_training.metrics.ranking import OVER_DRAWS
from codeorigin_training.metrics.settings import setting_metrics
from codeorigin_training.metrics.test_set import keep_test_set
from codeorigin_training.ngrams.features import view_matrices
from codeorigin_training.ngrams.language_bias import language_biases
from codeorigin_training.ngrams.linear import WideModel
from codeorigin_training.run import Run
from codeorigin_training.thresholds.context import file_numbers
from codeorigin_training.thresholds.eligibility import judged
from codeorigin_training.thresholds.pooled import pooled_samples
from codeorigin_training.tracking import Tracker


def held_out_figures(
    rows: list[Row],
    wide: WideModel | None,
    encoder: Encoder | None,
    tokenizer: Tokenizer | None,
    calibration: Calibration,
    tracker: Tracker,
    *,
    views: Sequence[View],
    overlap: int,
    processes: int,
) -> dict[str, Any]:
    """Figures on held-out ``rows`` with the quantized table.

    A distribution's packages are used only for false positives, where they are a separate population.
    """
    logits: Floats = np.zeros(len(rows))
    if wide is not None:
        matrices = view_matrices(rows, views, processes=processes)
        table = quantize(wide.table).weights
        logits = wide.bias + (sparse.hstack(matrices).tocsr() @ table).astype(np.float64)
        logits += language_biases(wide.languages, rows)
    elif encoder is not None and tokenizer is not None:
        logits = deep_logits(encoder, encode_rows(rows, tokenizer), tokenizer, overlap=overlap)
    counted = np.array([row.pair is None for row in rows], dtype=bool) & judged(rows, calibration)
    contexts = context_answers(rows, logits, calibration)
    false_positives = in_contexts(
        rows, {name: contexts[name] for name in ("by_text", "in_file") if name in contexts}, counted
    )
    repositories = np.array([row.source != DISTRIBUTION_SOURCE for row in rows])
    rows, logits = rows_where(rows, repositories), logits[repositories]
    by_text = answers_of(rows, logits, calibration.alone)
    keep_test_set(tracker, rows, by_text.probability)
    metrics: dict[str, Any] = {
        "interval_of": OVER_DRAWS,
        "held_out": detector_metrics(rows, logits),
        "verdicts": verdict_metrics(rows, by_text),
        "languages": by_language(rows, logits),
        "settings": setting_metrics(rows, logits, calibration),
        "false_positives": false_positives,
    }
    if calibration.file_context is not None:
        metrics["in_files"] = in_file_metrics(rows, logits, calibration)
    if calibration.file is not None:
        files = pooled_samples(
            rows, logits, file_numbers(rows), calibration, calibration.file.fewest_functions
        )
        metrics["files"] = pooled_metrics(files, calibration.file)
    commits = commit_metrics(rows, logits, calibration)
    if commits is not None:
        metrics["commits"] = commits
    return metrics


def out_of_fold_figures(
    run: Run, side: TrainingSide, calibration: Calibration, *, deep: bool
) -> dict[str, Any]:
    """Figures on training repositories, each row scored by a model that did not see its repository."""
    with np.load(run.deep if deep else run.wide) as arrays:
        logits = arrays["out_of_fold"]
    return {
        "deep" if deep else "wide": detector_metrics(side.rows, logits),
        "settings": setting_metrics(side.rows, logits, calibration),
    }
