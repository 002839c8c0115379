"""The command ``probe``: measures regressions on a pretrained body's features, alone and added to the wide part."""

import json
import time
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np

from codeorigin.model.ngrams.views import View, ViewKind
from codeorigin_training.arrays import Floats, Floats32, Integers
from codeorigin_training.corpus.rows import Row
from codeorigin_training.corpus.sides import read_sides
from codeorigin_training.corpus.weights import PAIR_WEIGHT
from codeorigin_training.files import write_whole
from codeorigin_training.pretrained.features import read_features, read_states
from codeorigin_training.pretrained.probes import (
    Probed,
    added,
    attention_probe,
    cross_fitted,
    linear_probe,
    probe_figures,
    shown,
)
from codeorigin_training.pretrained.sample import read_rows
from codeorigin_training.run import Log, Run, RunError
from codeorigin_training.wide.features import view_matrices
from codeorigin_training.wide.linear import fit_linear

_NGRAMS = (
    (View(ViewKind.WORDS, 1, 2, 1 << 20, 0.5), 5.0),
    (View(ViewKind.CHARACTERS, 2, 5, 1 << 20, 0.5), 5.0),
)


@dataclass(frozen=True, slots=True)
class ProbeCommandConfig:
    """How the features are probed.

    ``strength`` is the inverse ridge penalty of the regressions. A probe is added to the wide logit with each of
    ``scales``, as a share of the wide logit's spread. ``curve`` are the numbers of training functions of the learning
    curve. ``attention`` also fits attention pooling if token states were stored.
    """

    data: Path | None = None
    folds: int = 4
    strength: float = 3e-3
    pair_weight: float = PAIR_WEIGHT
    scales: tuple[float, ...] = (0.1, 0.2, 0.3, 0.5)
    curve: tuple[int, ...] = (250, 500, 1000, 2000, 4000)
    attention: bool = True
    processes: int = 1


def probe(config: ProbeCommandConfig, run: Run, log: Log) -> None:
    """Write ``run.probes``: the figures of every probe, all out of fold by repository.

    Raises:
        CorpusError: the folder holds no features.
        RunError: the run has no folder of features.
    """
    run.needs(run.features, "features")
    found = read_features(run.features)
    described = json.loads((run.features / "data.json").read_text(encoding="utf-8"))
    everything = read_rows(Path(config.data or described["data"]))
    rows = [everything[index] for index in found["rows"]]
    probed = Probed.of(rows, folds=config.folds, pair_weight=config.pair_weight)
    layers = json.loads((run.features / "features.json").read_text(encoding="utf-8"))["layers"]
    report: dict[str, Any] = {"functions": len(rows), "repositories": len({row.repo for row in rows})}
    report["probes"] = figures = {}
    started = time.process_time()

    def note(name: str, logits: Floats, of: Sequence[Row] = rows) -> Floats:
        figures[name] = probe_figures(of, logits)
        log(f"{name}: {shown(figures[name])}")
        return logits

    total = np.zeros(len(rows))
    features = {}
    for level, layer in enumerate(layers):
        features[layer] = found["mean"][:, level]
        logits = note(
            f"layer {layer}", cross_fitted(probed, linear_probe(features[layer], probed, config.strength))
        )
        total += logits / logits.std()
    best = max(layers, key=lambda layer: _mean_auroc(figures[f"layer {layer}"]))
    both = np.concatenate([features[best], found["deviation"][:, layers.index(best)]], axis=1)
    note(
        f"layer {best}, mean and deviation", cross_fitted(probed, linear_probe(both, probed, config.strength))
    )
    note("sum over the layers", total)
    ngrams = note("n-grams of the same functions", _ngrams(probed, config.processes))
    note("n-grams and layers", ngrams / ngrams.std() + total / total.std())
    report["curve"] = curve = {}
    for count in config.curve:
        if count < len(rows) * (config.folds - 1) // config.folds:
            fit = linear_probe(features[best], probed, config.strength)
            curve[count] = probe_figures(rows, cross_fitted(probed, fit, first=count))
            log(f"{count} functions: {shown(curve[count])}")
    if config.attention:
        _attention(run, probed, features[best], config, note)
    if run.wide.is_file():
        report["wide"] = _beside_wide(rows, wide_logits(run, rows, config.folds), total, config.scales, log)
    report["core_seconds"] = round(time.process_time() - started, 1)
    write_whole(run.probes, json.dumps(report, indent=1) + "\n")


def wide_logits(run: Run, rows: Sequence[Row], folds: int) -> Floats:
    """Out-of-fold logits of the wide part, ``(n,)``; NaN for rows that are not in the run's corpus.

    Raises:
        RunError: the wide part was trained on another corpus.
    """
    side, _ = read_sides(run.corpus, pair_weight=0.0, folds=folds)
    with np.load(run.wide) as kept:
        logits = kept["out_of_fold"]
    if len(logits) != len(side.rows):
        raise RunError(f"{run.wide}: {len(logits)} logits for {len(side.rows)} rows; run `wide` again")
    by_key = {_key(row): float(logit) for row, logit in zip(side.rows, logits, strict=True)}
    return np.array([by_key.get(_key(row), np.nan) for row in rows])


def _key(row: Row) -> tuple[str, int, str]:
    return row.repo, row.label, row.code


def _mean_auroc(figures: Mapping[str, Any]) -> float:
    values = [figures[name] for name in ("old_human_auroc", "modern_human_auroc", "pairs_auroc")]
    return float(np.mean([value for value in values if value is not None]))


def _ngrams(probed: Probed, processes: int) -> Floats:
    """The summed logits of word and character n-grams learnt from the same functions: the baseline for the body."""
    total = np.zeros(len(probed.rows))
    matrices = view_matrices(probed.rows, [view for view, _ in _NGRAMS], processes=processes)
    for matrix, (_, strength) in zip(matrices, _NGRAMS, strict=True):

        def fit(
            training: Integers, matrix: Any = matrix, strength: float = strength
        ) -> Callable[[Integers], Floats]:
            labels, weights = probed.labels[training], probed.weights[training]
            model = fit_linear(matrix[training], labels, weights, strength)
            return lambda rows: model.logits(matrix[rows])

        logits = cross_fitted(probed, fit)
        total += logits / logits.std()
    return total


def _attention(
    run: Run,
    probed: Probed,
    means: Floats32,
    config: ProbeCommandConfig,
    note: Callable[[str, Floats, Sequence[Row]], Floats],
) -> None:
    """Compare attention pooling with the mean, on the functions whose token states were stored."""
    kept = [states for _, states in read_states(run.features)]
    rows = probed.rows[: len(kept)]
    if not kept or any(not len(states) for states in kept):
        return
    part = Probed.of(rows, folds=config.folds, pair_weight=config.pair_weight)
    name = f"of {len(kept)} functions"
    note(f"mean, {name}", cross_fitted(part, linear_probe(means[: len(kept)], part, config.strength)), rows)
    note(f"attention pooling, {name}", cross_fitted(part, attention_probe(kept, part)), rows)


def _beside_wide(
    rows: Sequence[Row], wide: Floats, deep: Floats, scales: Sequence[float], log: Log
) -> dict[str, Any]:
    known = np.isfinite(wide)
    rows = [row for row, kept in zip(rows, known, strict=True) if kept]
    wide, deep = wide[known], deep[known]
    found: dict[str, Any] = {"functions": len(rows), "0": probe_figures(rows, wide)}
    log(f"wide alone: {shown(found['0'])}")
    for scale in scales:
        found[str(scale)] = probe_figures(rows, added(wide, deep, scale))
        log(f"wide and {scale} of its spread: {shown(found[str(scale)])}")
    return found
