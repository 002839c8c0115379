"""Textbook detectors trained on the same split, as baselines for the shipped model."""

from collections.abc import Callable, Iterator, Mapping, Sequence
from typing import Any

from joblib import Memory
from sklearn.feature_extraction.text import HashingVectorizer, TfidfTransformer
from sklearn.linear_model import LogisticRegression
from sklearn.pipeline import Pipeline, make_pipeline

from codeorigin_training.arrays import Floats
from codeorigin_training.data.rows import Row
from codeorigin_training.data.sides import TrainingSide
from codeorigin_training.metrics.rankings import Bootstrap, headline, ranking_figures
from codeorigin_training.metrics.table import Figure


def _ngrams(orders: tuple[int, int], **analysis: Any) -> Pipeline:
    """Tf-idf of n-grams of ``orders``, then logistic regression."""
    hashing = HashingVectorizer(
        n_features=1 << 20, alternate_sign=False, norm=None, lowercase=False, ngram_range=orders, **analysis
    )
    regression = LogisticRegression(C=4.0, solver="liblinear", max_iter=60, tol=1e-3)
    return make_pipeline(hashing, TfidfTransformer(sublinear_tf=True), regression)


BASELINES: Mapping[str, Callable[[], Pipeline]] = {
    "word_bigrams": lambda: _ngrams((1, 2), token_pattern=r"\w+|\n[ \t]*|[^\w\s]"),
    "character_ngrams": lambda: _ngrams((2, 5), analyzer="char", preprocessor=_squeezed),
}
"""Word unigrams and bigrams with line breaks and their indentation; 2 to 5 characters with collapsed whitespace."""


def fit_baseline(pipeline: Pipeline, rows: Sequence[Row], weights: Floats) -> Pipeline:
    """Fit on the rows' raw text with sample ``weights`` ``(len(rows),)``."""
    labels = [row.label for row in rows]
    return pipeline.fit([row.code for row in rows], labels, logisticregression__sample_weight=weights)


def baseline_logits(pipeline: Pipeline, rows: Sequence[Row]) -> Floats:
    """Decision values ``(n,)``."""
    logits: Floats = pipeline.decision_function([row.code for row in rows])
    return logits


def baseline_figures(
    side: TrainingSide,
    held_out: Sequence[Row],
    memory: Memory,
    key: str,
    log: Callable[[str], None],
    draws: Bootstrap,
) -> Iterator[Figure]:
    """How every baseline ranks ``held_out``, trained on the rows of ``side`` with its weights, including pairs.

    The context of a figure is the baseline's name. Logits that ``memory`` has under the same ``key``, a digest of the
    rows and their weights, are not computed again.
    """
    logits_of = memory.cache(_held_out_logits, ignore=["side", "held_out"])
    for name in BASELINES:
        logits = logits_of(key, name, side, held_out)
        found = ranking_figures(held_out, logits, name, draws)
        log(f"baseline {name}: {headline(found)}")
        yield from found


def _held_out_logits(key: str, name: str, side: TrainingSide, held_out: Sequence[Row]) -> Floats:
    return baseline_logits(fit_baseline(BASELINES[name](), side.rows, side.weights), held_out)


def _squeezed(text: str) -> str:
    return " ".join(text.split())
