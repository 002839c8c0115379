"""Textbook detectors trained on the same split: what the shipped model has to beat."""

from collections.abc import Sequence

import numpy as np
import numpy.typing as npt
from sklearn.feature_extraction.text import HashingVectorizer, TfidfTransformer
from sklearn.linear_model import LogisticRegression
from sklearn.pipeline import Pipeline, make_pipeline

from codeorigin_training.corpus.rows import Row

Floats = npt.NDArray[np.float64]


def word_bigrams() -> Pipeline:
    """Tf-idf of word unigrams and bigrams with line breaks and their indentation, then logistic regression."""
    hashing = HashingVectorizer(
        n_features=1 << 20,
        alternate_sign=False,
        norm=None,
        lowercase=False,
        token_pattern=r"\w+|\n[ \t]*|[^\w\s]",
        ngram_range=(1, 2),
    )
    return make_pipeline(hashing, TfidfTransformer(sublinear_tf=True), _regression())


def character_ngrams() -> Pipeline:
    """Tf-idf of 2- to 5-character n-grams with white space squeezed, then logistic regression."""
    hashing = HashingVectorizer(
        n_features=1 << 20,
        alternate_sign=False,
        norm=None,
        lowercase=False,
        analyzer="char",
        preprocessor=_squeezed,
        ngram_range=(2, 5),
    )
    return make_pipeline(hashing, TfidfTransformer(sublinear_tf=True), _regression())


BASELINES = {"word_bigrams": word_bigrams, "character_ngrams": character_ngrams}


def fit_baseline(pipeline: Pipeline, rows: Sequence[Row], weights: Floats) -> Pipeline:
    """Fit on the rows' raw text with the sample weights that the shipped model was trained with."""
    labels = [row.label for row in rows]
    return pipeline.fit([row.code for row in rows], labels, logisticregression__sample_weight=weights)


def baseline_logits(pipeline: Pipeline, rows: Sequence[Row]) -> Floats:
    """Decision values ``(n,)``."""
    logits: Floats = pipeline.decision_function([row.code for row in rows])
    return logits


def _squeezed(text: str) -> str:
    return " ".join(text.split())


def _regression() -> LogisticRegression:
    return LogisticRegression(C=4.0, solver="liblinear", max_iter=60, tol=1e-3)
