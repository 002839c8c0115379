"""Textbook detectors trained on the same split, as baselines for the shipped model."""

from collections.abc import Callable, Iterator, Mapping, Sequence
from functools import partial
from typing import Any

from sklearn.feature_extraction.text import HashingVectorizer, TfidfTransformer
from sklearn.linear_model import LogisticRegression
from sklearn.pipeline import Pipeline, make_pipeline

from codeorigin_training.arrays import Floats
from codeorigin_training.data.rows import Row
from codeorigin_training.data.sides import TrainingSide
from codeorigin_training.metrics.rankings import Bootstrap, headline, ranking_figures
from codeorigin_training.metrics.table import Figure
from codeorigin_training.run import Run


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


def baseline_figures(
    side: TrainingSide, held_out: Sequence[Row], run: Run, inputs: object, draws: Bootstrap
) -> Iterator[Figure]:
    """How every baseline ranks ``held_out``, trained on the rows of ``side`` with its weights, including pairs.

    The context of a figure is the baseline's name. ``inputs`` are all that the rows and their weights depend on.
    """
    for name, pipeline in BASELINES.items():
        logits = run.cached(f"baseline {name}", inputs, partial(_logits, pipeline(), side, held_out))
        found = ranking_figures(held_out, logits, name, draws)
        run.log(f"baseline {name}: {headline(found)}")
        yield from found


def _logits(pipeline: Pipeline, side: TrainingSide, held_out: Sequence[Row]) -> Floats:
    """Decision values ``(len(held_out),)`` after a fit on the raw text of ``side``."""
    texts, labels = [row.code for row in side.rows], [row.label for row in side.rows]
    pipeline.fit(texts, labels, logisticregression__sample_weight=side.weights)
    logits: Floats = pipeline.decision_function([row.code for row in held_out])
    return logits


def _squeezed(text: str) -> str:
    return " ".join(text.split())
