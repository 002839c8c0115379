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
    wide_logits: Floats = np.zeros(len(rows))
    if wide is not None:
        matrices = view_matrices(rows, views, processes=processes)
        table = quantize(wide.table).weights
        wide_logits = wide.bias + (sparse.hstack(matrices).tocsr() @ table).astype(np.float64)
        wide_logits += language_biases(wide.languages, rows)
    deep: Floats = np.zeros(len(rows))
    if encoder is not None and tokenizer is not None:
        deep = deep_logits(encoder, encode_rows(rows, tokenizer), tokenizer, overlap=overlap)
    logits = wide_logits + deep
    counted = np.array([row.pair is None for row in rows], dtype=bool) & judged(rows, calibration)
    contexts = context_answers(rows, logits, calibration)
    false_positives = in_contexts(
        rows, {name: contexts[name] for name in ("by_text", "in_file") if name in contexts}, counted
    )
    repositories = np.array([row.source != DISTRIBUTION_SOURCE for row in rows])
    rows = rows_where(rows, repositories)
    logits, wide_logits, deep = logits[repositories], wide_logits[repositories], deep[repositories]
    by_text = answers_of(rows, logits, calibration.alone)
    keep_test_set(tracker, rows, by_text.probability)
    metrics: dict[str, Any] = {
        "interval_of": OVER_DRAWS,
        "held_out": detector_metrics(rows, logits),
        "verdicts": verdict_metrics(rows, by_text),
        "languages": by_language(rows, logits),
        "settings": setting_metrics(rows, logits, calibration),
        "parts": {
            "wide": None if wide is None else detector_metrics(rows, wide_logits),
            "deep": None if encoder is None else detector_metrics(rows, deep),
        },
    }
    metrics["false_positives"] = false_positives
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
    run: Run, side: TrainingSide, calibration: Calibration, *, wide: bool, deep: bool
) -> dict[str, Any]:
    """Figures on training repositories, each row scored by a model that did not see its repository.

    Without a wide part, they are those of the deep part; otherwise, those of the wide part and, if there is a deep
    part, of the sum of both logits. ``settings`` are those of the bundle, which has the parts ``wide`` and ``deep``.
    """
    logits: dict[str, Floats] = {}
    for name, path in (("wide", run.wide), ("deep", run.deep)):
        if path.exists() and (wide or name == "deep"):
            with np.load(path) as arrays:
                logits[name] = arrays["out_of_fold"]
    if len(logits) == 2:
        logits["wide_deep"] = logits["wide"] + logits.pop("deep")
    shipped = logits.get("_".join(name for name, there in (("wide", wide), ("deep", deep)) if there))
    figures = {name: detector_metrics(side.rows, of_setting) for name, of_setting in logits.items()}
    if shipped is not None:
        figures["settings"] = setting_metrics(side.rows, shipped, calibration)
    return figures
