"""A linear softmax over hashed n-grams, with temperatures and a threshold; needs only NumPy and SciPy."""

from collections.abc import Callable, Sequence
from dataclasses import replace

import numpy as np
import numpy.typing as npt
from scipy.optimize import minimize_scalar
from scipy.sparse import csr_matrix

from codeorigin.language_id.features import features
from codeorigin.language_id.model import LanguageModel, Temperatures
from codeorigin_training.arrays import Floats, Floats32, Integers
from codeorigin_training.studies.language.config import LanguageConfig
from codeorigin_training.studies.language.data import LABELS
from codeorigin_training.studies.language.pairs import grammar_shifts
from codeorigin_training.studies.language.views import Example

BOUNDS = (150, 300, 700)
"""Numbers of features at which the temperature changes: roughly two lines, five, ten, and longer."""


def matrix(texts: Sequence[str], width: int) -> csr_matrix:
    """Features ``(len(texts), width)``, float32: 1 for each n-gram present, divided by the root of their number."""
    rows = [features(text, width).astype(np.int32) for text in texts]
    sizes = np.array([len(row) for row in rows])
    values = np.repeat((1 / np.sqrt(np.maximum(sizes, 1))).astype(np.float32), sizes)
    starts = np.concatenate([[0], np.cumsum(sizes)])
    ids = np.concatenate(rows) if rows else np.zeros(0, dtype=np.int32)
    return csr_matrix((values, ids, starts), shape=(len(rows), width))


def labels_of(examples: Sequence[Example]) -> Integers:
    """The index of each example's label in :data:`LABELS`, int64 ``(n,)``."""
    place = {label: index for index, label in enumerate(LABELS)}
    return np.array([place[example.label] for example in examples], dtype=np.int64)


def train(
    examples: Sequence[Example], config: LanguageConfig, log: Callable[[str], None]
) -> tuple[Floats32, Floats32]:
    """Weights ``(width, labels)`` and bias ``(labels,)``, by Adam (Kingma and Ba, 2015) with decoupled weight decay.

    All labels have the same weight, regardless of their number of examples.
    """
    x, y = matrix([example.text for example in examples], config.width), labels_of(examples)
    log(f"{x.shape[0]} texts, {x.nnz / max(x.shape[0], 1):.0f} n-grams each")
    shares = np.bincount(y, minlength=len(LABELS)) / len(y)
    importance = (1 / np.maximum(shares, 1e-9) / max((shares > 0).sum(), 1))[y].astype(np.float32)
    weights = np.zeros((config.width, len(LABELS)), dtype=np.float32)
    bias = np.zeros(len(LABELS), dtype=np.float32)
    mean, square = np.zeros_like(weights), np.zeros_like(weights)
    random_ = np.random.default_rng(config.seed)
    steps = config.epochs * -(-len(y) // config.batch)
    step = 0
    for epoch in range(config.epochs):
        loss = 0.0
        order = random_.permutation(len(y))
        for first in range(0, len(y), config.batch):
            chosen = order[first : first + config.batch]
            batch, target = x[chosen], y[chosen]
            probabilities = softmax(batch @ weights + bias)
            loss -= float(np.log(np.maximum(probabilities[np.arange(len(target)), target], 1e-9)).sum())
            probabilities[np.arange(len(target)), target] -= 1
            errors = (probabilities * importance[chosen, None] / len(target)).astype(np.float32)
            step += 1
            rate = config.learning_rate * (1 - (step - 1) / steps)
            # Update only rows that occur in the batch; updating the whole wide table would take most of the time.
            ids, places = np.unique(batch.indices, return_inverse=True)
            narrow = csr_matrix((batch.data, places, batch.indptr), shape=(len(target), len(ids)))
            gradient = np.asarray(narrow.T @ errors)
            mean[ids] = 0.9 * mean[ids] + 0.1 * gradient
            square[ids] = 0.99 * square[ids] + 0.01 * gradient**2
            weights[ids] -= rate * (
                mean[ids] / (np.sqrt(square[ids]) + 1e-6) + config.weight_decay * weights[ids]
            )
            bias -= rate * errors.sum(axis=0)
        log(f"epoch {epoch + 1}: loss {loss / len(y):.4f}")
    return weights, bias


def softmax(logits: npt.NDArray[np.floating]) -> npt.NDArray[np.floating]:
    """Probabilities of each row of ``logits`` ``(n, labels)``."""
    powers = np.exp(logits - logits.max(axis=1, keepdims=True))
    return np.asarray(powers / powers.sum(axis=1, keepdims=True))


def quantised(weights: Floats32, bias: Floats32) -> tuple[npt.NDArray[np.int8], Floats, Floats]:
    """The contents of a model folder: ``weights`` as int8, the scale of each label ``(labels,)``, and the bias."""
    scale = np.maximum(np.abs(weights).max(axis=0), 1e-12) / 127
    return np.round(weights / scale).astype(np.int8), scale.astype(np.float64), bias.astype(np.float64)


def fitted(
    weights: Floats32,
    bias: Floats32,
    calibration: Sequence[Example],
    config: LanguageConfig,
) -> LanguageModel:
    """The model with ``weights`` ``(width, labels)`` and ``bias`` ``(labels,)``, quantised and calibrated.

    Temperatures, grammar shifts and threshold are fitted on texts from repositories that were not used in training.
    """
    model = LanguageModel(
        LABELS, *quantised(weights, bias), Temperatures((), (1.0,)), threshold=0.0, version=config.version
    )
    ids = [features(example.text, config.width) for example in calibration]
    counts = np.array([len(each) for each in ids])
    logits = np.array([model.logits(each) for each in ids])
    target = labels_of(calibration)
    values = []
    for low, high in zip((0, *BOUNDS), (*BOUNDS, np.inf), strict=True):
        inside = (counts >= low) & (counts < high)
        values.append(_temperature(logits[inside], target[inside]) if inside.sum() >= 50 else 1.0)
    temperatures = Temperatures(BOUNDS, tuple(values))
    divided = logits / np.array([temperatures.of(int(count)) for count in counts])[:, None]
    probabilities = softmax(divided).astype(np.float64)
    model = replace(
        model, temperatures=temperatures, shifts=grammar_shifts(model, calibration, probabilities)
    )
    for example, each in zip(calibration, probabilities, strict=True):
        each[:] = model.by_grammar(example.text, each)
    return replace(model, threshold=threshold_for(probabilities, target, config.right))


def _temperature(logits: Floats, target: Integers) -> float:
    """The divisor of ``logits`` that maximises the likelihood of ``target`` (Guo et al., 2017)."""

    def loss(log_temperature: float) -> float:
        probabilities = softmax(logits / np.exp(log_temperature))
        return float(-np.log(np.maximum(probabilities[np.arange(len(target)), target], 1e-12)).mean())

    return float(np.exp(minimize_scalar(loss, bounds=(-3, 3), method="bounded").x))


def threshold_for(probabilities: Floats, target: Integers, right: float) -> float:
    """The lowest confidence, at least 0.5, above which a share ``right`` of the named languages is correct.

    ``probabilities`` are ``(n, labels)``, ``target`` ``(n,)``.

    The answer ``none`` names no language and is not counted. Returns 0.99 if no confidence is sufficient.
    """
    confidence, answer = probabilities.max(axis=1), probabilities.argmax(axis=1)
    named = answer != LABELS.index("none")
    order = np.argsort(-confidence[named])
    hits = np.cumsum((answer == target)[named][order]) / np.arange(1, named.sum() + 1)
    good = np.flatnonzero(hits >= right)
    return 0.99 if not len(good) else max(0.5, float(confidence[named][order][good[-1]]))
