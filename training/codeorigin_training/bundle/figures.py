"""The figures of a bundle: rows of the long table, on held-out repositories and out of fold."""

from collections.abc import Iterator, Sequence

import numpy as np
from scipy import sparse

from codeorigin.model.calibration.calibration import Calibration
from codeorigin.model.ngrams.hashed_views import View
from codeorigin.model.scoring.tokenizer import Tokenizer
from codeorigin_training.arrays import Floats
from codeorigin_training.bundle.quantization import quantize
from codeorigin_training.data.rows import Row, of_repositories, rows_where
from codeorigin_training.encoder.inference import deep_logits, encode_rows
from codeorigin_training.encoder.model import Encoder
from codeorigin_training.metrics.answers import Answers, context_answers
from codeorigin_training.metrics.populations import calibration_error, share_figures, with_the_past
from codeorigin_training.metrics.rankings import (
    Bootstrap,
    era_figures,
    language_figures,
    mixed_figures,
    project_figures,
    setting_figures,
    whole_figures,
)
from codeorigin_training.metrics.table import Figure
from codeorigin_training.ngrams.features import view_matrices
from codeorigin_training.ngrams.language_bias import language_biases
from codeorigin_training.ngrams.linear import WideModel
from codeorigin_training.thresholds.context import commit_numbers, file_numbers
from codeorigin_training.thresholds.eligibility import judged
from codeorigin_training.thresholds.pooled import pooled_samples


def wide_logits(wide: WideModel, rows: Sequence[Row], views: Sequence[View], processes: int) -> Floats:
    """Logits ``(n,)`` of the n-grams with the quantized table, as it ships."""
    matrix = sparse.hstack(view_matrices(rows, views, processes=processes)).tocsr()
    table = quantize(wide.table).weights
    logits: Floats = wide.bias + (matrix @ table).astype(np.float64) + language_biases(wide.languages, rows)
    return logits


def encoder_logits(encoder: Encoder, tokenizer: Tokenizer, rows: Sequence[Row], overlap: int) -> Floats:
    """Logits ``(n,)`` of the encoder."""
    return deep_logits(encoder, encode_rows(rows, tokenizer), tokenizer, overlap=overlap)


def held_out_figures(
    rows: Sequence[Row], logits: Floats, calibration: Calibration, draws: Bootstrap
) -> Iterator[Figure]:
    """Figures of ``rows`` that nothing was fitted on, with ``logits`` ``(n,)``: functions, files and commits.

    The ranking by eras and languages is of all functions, also those that are too short for a verdict.
    """
    corpus = of_repositories(rows)
    repositories, of_repository = rows_where(rows, corpus), logits[corpus]
    yield from language_figures(repositories, of_repository, "by_text")
    contexts = context_answers(repositories, of_repository, calibration)
    if "in_file" in contexts:
        yield from era_figures(repositories, contexts["in_file"].log_odds, "in_file", draws)
    yield calibration_error(repositories, contexts["by_text"], "by_text")
    yield from function_figures(rows, logits, calibration, draws)
    for context, rule, numbers in (
        ("whole files", calibration.file, file_numbers(repositories)),
        ("whole commits", calibration.commit, commit_numbers(repositories)),
    ):
        if rule is not None:
            fewest = rule.fewest_functions
            samples = pooled_samples(repositories, of_repository, numbers, calibration, fewest)
            yield from whole_figures(samples, rule, context, draws)


def function_figures(
    rows: Sequence[Row], logits: Floats, calibration: Calibration, draws: Bootstrap
) -> Iterator[Figure]:
    """Figures of the functions in ``rows`` with a verdict, with out-of-sample ``logits`` ``(n,)``.

    Pairs are left out. A distribution's packages have shares alone: they are human code of another kind.
    """
    counted = np.array([row.pair is None for row in rows], dtype=bool) & judged(rows, calibration)
    rows, logits = rows_where(rows, counted), logits[counted]
    yield from share_figures(rows, context_answers(rows, logits, calibration))
    corpus = of_repositories(rows)
    rows, logits = rows_where(rows, corpus), logits[corpus]
    ways = in_contexts(rows, logits, calibration)
    past = with_the_past(rows, logits, calibration, ways)
    yield from share_figures(rows, past)
    yield from project_figures(rows, ways | past, draws)
    yield from setting_figures(rows, ways, draws)
    if calibration.commit_context is not None:
        yield from mixed_figures(rows, logits, calibration, draws)


def in_contexts(rows: Sequence[Row], logits: Floats, calibration: Calibration) -> dict[str, Answers]:
    """Answers by own text, and in the file where the calibration has a rule for it."""
    found = context_answers(rows, logits, calibration)
    return {name: answers for name, answers in found.items() if name in ("by_text", "in_file")}
