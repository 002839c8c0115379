"""Probes: simple regressions on the features of a pretrained body, alone and added to the wide part."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
import torch
from sklearn.linear_model import LogisticRegression
from sklearn.preprocessing import StandardScaler
from torch import nn
from torch.nn import functional as F

from codeorigin_training.arrays import Floats, Floats32, Integers
from codeorigin_training.corpus.rows import Row
from codeorigin_training.corpus.splits import fold_array
from codeorigin_training.corpus.weights import balanced_or_equal_weights
from codeorigin_training.encoder.pooling import AttentionPool
from codeorigin_training.measure.held_out import detector_metrics
from codeorigin_training.measure.metrics import auroc

Features = Floats32
Fit = Callable[[Integers], Callable[[Integers], Floats]]
"""Fits a probe on the rows with these indices; returns a function that computes logits of other rows."""


@dataclass(frozen=True, slots=True)
class Probed:
    """``n`` rows with what a probe needs besides the features: labels, sample weights and folds, ``(n,)`` each."""

    rows: Sequence[Row]
    labels: Integers
    weights: Floats
    folds: Integers

    @classmethod
    def of(cls, rows: Sequence[Row], *, folds: int, pair_weight: float) -> "Probed":
        """Balance the classes within cells; a row of a pair weighs as much as ``pair_weight`` average rows."""
        paired = np.array([row.pair is not None for row in rows])
        weights = np.full(len(rows), pair_weight)
        weights[~paired] = balanced_or_equal_weights([row for row in rows if row.pair is None])
        labels = np.array([row.label for row in rows], dtype=np.int64)
        return cls(rows, labels, weights, fold_array(rows, folds))


def cross_fitted(probed: Probed, fit: Fit, *, first: int = 0) -> Floats:
    """Logits ``(n,)``, each from a probe that saw no repository of the row's fold.

    ``first`` limits training to that many rows from the start of the order (0: all), for a learning curve.
    """
    logits = np.zeros(len(probed.rows))
    for fold in np.unique(probed.folds):
        inside = probed.folds == fold
        training = np.flatnonzero(~inside & (probed.weights > 0))
        logits[inside] = fit(training[:first] if first else training)(np.flatnonzero(inside))
    return logits


def linear_probe(features: Features, probed: Probed, strength: float) -> Fit:
    """Ridge logistic regression on standardised ``features`` ``(n, D)``."""

    def fit(training: Integers) -> Callable[[Integers], Floats]:
        scaler = StandardScaler().fit(features[training])
        regression = LogisticRegression(C=strength, max_iter=300)
        regression.fit(
            scaler.transform(features[training]),
            probed.labels[training],
            sample_weight=probed.weights[training],
        )

        def logits(rows: Integers) -> Floats:
            found: Floats = regression.decision_function(scaler.transform(features[rows])).astype(np.float64)
            return found

        return logits

    return fit


def attention_probe(
    states: Sequence[Floats32],
    probed: Probed,
    *,
    epochs: int = 12,
    learning_rate: float = 1e-3,
    seed: int = 0,
) -> Fit:
    """Attention pooling of every row's token states ``(T, D)``, then a linear layer; AdamW, batches of 32."""

    def fit(training: Integers) -> Callable[[Integers], Floats]:
        torch.manual_seed(seed)
        generator = np.random.default_rng(seed)
        together = np.concatenate([states[row] for row in training])
        centre, scale = together.mean(axis=0), together.std(axis=0) + 1e-6
        pool, head = AttentionPool(together.shape[1]), nn.Linear(together.shape[1], 1)
        parameters = [*pool.parameters(), *head.parameters()]
        optimizer = torch.optim.AdamW(parameters, lr=learning_rate, weight_decay=0.3)
        targets = torch.from_numpy(probed.labels.astype(np.float32))
        weights = torch.from_numpy(probed.weights.astype(np.float32))

        def forward(rows: Integers) -> torch.Tensor:
            longest = max(len(states[row]) for row in rows)
            batch = np.zeros((len(rows), longest, len(centre)), dtype=np.float32)
            mask = torch.zeros(len(rows), longest, dtype=torch.bool)
            for place, row in enumerate(rows):
                batch[place, : len(states[row])] = (states[row] - centre) / scale
                mask[place, : len(states[row])] = True
            logits: torch.Tensor = head(pool(torch.from_numpy(batch), mask)).squeeze(-1)
            return logits

        for _ in range(epochs):
            for rows in np.array_split(generator.permutation(training), max(1, len(training) // 32)):
                optimizer.zero_grad()
                losses = F.binary_cross_entropy_with_logits(forward(rows), targets[rows], reduction="none")
                (losses * weights[rows]).mean().backward()  # type: ignore[no-untyped-call]
                optimizer.step()

        def logits(rows: Integers) -> Floats:
            with torch.inference_mode():
                parts = [forward(part) for part in np.array_split(rows, max(1, len(rows) // 64)) if len(part)]
            return torch.cat(parts).double().numpy()

        return logits

    return fit


def added(wide: Floats, deep: Floats, scale: float) -> Floats:
    """``wide`` plus ``deep``, rescaled to ``scale`` times the standard deviation of ``wide``; all ``(n,)``."""
    share = scale * float(wide.std()) / max(float(deep.std()), 1e-12)
    total: Floats = wide + share * deep
    return total


def probe_figures(rows: Sequence[Row], logits: Floats) -> dict[str, Any]:
    """AUROC and TPR at 1 % FPR of ``logits`` ``(n,)`` against old and modern code, inside repositories, and on pairs.

    Rows of a distribution are left out, because none of its packages contains both classes.
    """
    corpus = np.array([row.source != "debian" for row in rows])
    rows, logits = [row for row, kept in zip(rows, corpus, strict=True) if kept], logits[corpus]
    found = detector_metrics(rows, logits)
    return {
        **{f"{name}_auroc": found[name]["auroc"] for name in ("old_human", "modern_human", "pairs")},
        **{f"{name}_tpr": found[name]["tpr_at_1_fpr"] for name in ("old_human", "modern_human")},
        "pairs_in_order": found["pairs"]["in_order"],
        **inside_repositories(rows, logits),
    }


def inside_repositories(rows: Sequence[Row], logits: Floats) -> dict[str, Any]:
    """``inside``: mean AUROC of ``logits`` ``(n,)`` over the repositories with both classes, and their number.

    A repository is weighted by the size of its rarer class, because a sample has few functions of each.
    """
    places: dict[str, list[int]] = {}
    for number, row in enumerate(rows):
        if row.pair is None:
            places.setdefault(row.repo, []).append(number)
    values, weights = [], []
    for found in places.values():
        labels = np.array([rows[number].label for number in found], dtype=np.int64)
        fewest = min(int(labels.sum()), int((1 - labels).sum()))
        if fewest:
            values.append(auroc(labels, logits[found]))
            weights.append(float(fewest))
    mean = float(np.average(values, weights=weights)) if values else None
    return {"inside": mean, "inside_repositories": len(values)}


def shown(figures: Mapping[str, Any]) -> str:
    """One line of :func:`probe_figures`: old, modern, inside, pairs."""
    names = (
        "old_human_auroc",
        "old_human_tpr",
        "modern_human_auroc",
        "modern_human_tpr",
        "inside",
        "pairs_auroc",
    )
    values = ["-" if figures[name] is None else f"{figures[name]:.4f}" for name in names]
    return "old {}/{} modern {}/{} inside {} pairs {}".format(*values)
