"""A linear softmax over hashed n-grams, with temperatures, a threshold, and shifts by grammar for similar languages."""

import math
from collections.abc import Callable, Mapping, Sequence
from dataclasses import replace

import numpy as np
import numpy.typing as npt
import torch
from scipy.optimize import minimize_scalar
from scipy.sparse import csr_matrix
from scipy.special import log_softmax, softmax
from torch import Tensor, nn

from codeorigin.language_id.grammars import PAIRS, Legality, legality
from codeorigin.language_id.hashes import features
from codeorigin.language_id.model import LanguageModel, Temperatures
from codeorigin_training.arrays import Floats, Floats32, Integers
from codeorigin_training.encoder.trainer import fit_batches
from codeorigin_training.studies.language.data import LABELS, LanguageConfig
from codeorigin_training.studies.language.texts import Example

BOUNDS = (150, 300, 700)
"""Numbers of features at which the temperature changes: roughly two lines, five, ten, and longer."""

_MOST = 6.0
_RIDGE = 0.05
"""Penalty on the squared shift, so that a dozen texts that agree do not lead to certainty."""


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


class _Linear(nn.Module):
    def __init__(self, width: int) -> None:
        super().__init__()
        self.weights = nn.EmbeddingBag(width, len(LABELS), mode="sum")
        nn.init.zeros_(self.weights.weight)
        self.bias = nn.Parameter(torch.zeros(len(LABELS)))


def train(
    examples: Sequence[Example], config: LanguageConfig, log: Callable[[str], None]
) -> tuple[Floats32, Floats32]:
    """Weights ``(width, labels)`` and bias ``(labels,)``; all labels have the same weight."""
    x, y = matrix([example.text for example in examples], config.width), labels_of(examples)
    log(f"{x.shape[0]} texts, {x.nnz / max(x.shape[0], 1):.0f} n-grams each")
    model = _Linear(config.width)
    shares = np.bincount(y, minlength=len(LABELS)) / len(y)
    importance = torch.from_numpy(1 / np.maximum(shares, 1e-9) / max((shares > 0).sum(), 1)).float()

    def batch(_: int) -> dict[str, Tensor]:
        chosen = torch.randint(len(y), (config.batch,)).numpy()
        rows = x[chosen]
        return {
            "ids": torch.from_numpy(rows.indices.astype(np.int64)),
            "starts": torch.from_numpy(rows.indptr[:-1].astype(np.int64)),
            "values": torch.from_numpy(rows.data),
            "labels": torch.from_numpy(y[chosen]),
        }

    def loss(ids: Tensor, starts: Tensor, values: Tensor, labels: Tensor) -> Tensor:
        logits = model.weights(ids, starts, per_sample_weights=values) + model.bias
        losses = nn.functional.cross_entropy(logits, labels, reduction="none")
        return (losses * importance[labels]).mean()

    fit_batches(
        model,
        batch,
        loss,
        batches=math.ceil(len(y) / config.batch),
        epochs=config.epochs,
        learning_rate=config.learning_rate,
        weight_decay=config.weight_decay,
        seed=config.seed,
        log=log,
    )
    return model.weights.weight.detach().numpy(), model.bias.detach().numpy()


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
    counts = np.array([len(tokens) for tokens in ids])
    logits = np.array([model.logits(tokens) for tokens in ids])
    target = labels_of(calibration)
    values = []
    for low, high in zip((0, *BOUNDS), (*BOUNDS, np.inf), strict=True):
        inside = (counts >= low) & (counts < high)
        values.append(fit_softmax_temperature(logits[inside], target[inside]) if inside.sum() >= 50 else 1.0)
    temperatures = Temperatures(BOUNDS, tuple(values))
    divided = logits / np.array([temperatures.of(int(count)) for count in counts])[:, None]
    probabilities = softmax(divided, axis=1).astype(np.float64)
    model = replace(
        model, temperatures=temperatures, shifts=grammar_shifts(model, calibration, probabilities)
    )
    for example, probability in zip(calibration, probabilities, strict=True):
        probability[:] = model.by_grammar(example.text, probability)
    return replace(model, threshold=threshold_for(probabilities, target, config.right))


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


def grammar_shifts(
    model: LanguageModel, examples: Sequence[Example], probabilities: Floats
) -> dict[str, Mapping[Legality, float]]:
    """The shifts of the log odds of each pair's first language, by the grammars' answer; in logits.

    ``probabilities`` ``(len(examples), labels)`` are those of ``model`` without shifts. Each shift maximises the
    penalised likelihood of the pair's undecided texts with the same answer of the grammars; 0 if there are none.
    """
    met: dict[tuple[str, Legality], list[tuple[float, bool]]] = {}
    for example, probability in zip(examples, probabilities, strict=True):
        name = model.open_pair(probability)
        if name is None or example.label not in PAIRS[name]:
            continue
        first, second = (model.labels.index(label) for label in PAIRS[name])
        odds = float(np.log(probability[first] / probability[second]))
        said = legality(example.text, PAIRS[name])
        met.setdefault((name, said), []).append((odds, example.label == PAIRS[name][0]))
    return {name: {said: _shift(met.get((name, said), [])) for said in Legality} for name in PAIRS}


def _shift(texts: Sequence[tuple[float, bool]]) -> float:
    if not texts:
        return 0.0
    odds, is_first = (np.array(column) for column in zip(*texts, strict=True))
    signs = np.where(is_first, 1.0, -1.0)

    def loss(shift: float) -> float:
        return float(np.logaddexp(0, -signs * (odds + shift)).sum() + _RIDGE * shift**2)

    return float(minimize_scalar(loss, bounds=(-_MOST, _MOST), method="bounded").x)


def either_will_do(text: str, label: str, answer: str) -> bool:
    """Whether ``label`` and ``answer`` are a pair of languages whose grammars both accept ``text``."""
    pair = next((pair for pair in PAIRS.values() if {label, answer} == set(pair)), None)
    return pair is not None and legality(text, pair) is Legality.BOTH


def fit_softmax_temperature(logits: Floats, targets: Integers) -> float:
    """The temperature for logits ``(n, K)`` that minimises their cross-entropy against codes ``targets`` ``(n,)``.

    Source: Guo et al., section 4.2.
    """

    def loss(log_temperature: float) -> float:
        likelihoods = log_softmax(logits / np.exp(log_temperature), axis=1)
        return -float(likelihoods[np.arange(len(targets)), targets].mean())

    return float(np.exp(minimize_scalar(loss, bounds=(-3.0, 3.0), method="bounded").x))
