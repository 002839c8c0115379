"""The command ``calibrate``: fits temperature, thresholds and rules for files and commits to out-of-fold logits."""

import json
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import numpy as np

from codeorigin.core.errors import CodeOriginError
from codeorigin.model.folder import sha256_of
from codeorigin_training.arrays import Floats
from codeorigin_training.calibration.calibration import Scored, fit_calibration
from codeorigin_training.calibration.config import CalibrateConfig, judged
from codeorigin_training.calibration.reference import reference_evidence
from codeorigin_training.data.rows import Row, read_published, rows_where
from codeorigin_training.data.sides import read_sides
from codeorigin_training.metrics.answers import answers_of
from codeorigin_training.metrics.classification import keep_test_set
from codeorigin_training.run import Run, atomic_path, write_atomically
from codeorigin_training.tracking import Tracker, tracked


def calibrate(config: CalibrateConfig, run: Run) -> None:
    """Fit on the run's training repositories, or on all if the wide part was fitted on all; write ``run.calibration``.

    Besides the manifest's entry, it holds under ``twin`` the entry for training repositories alone, under ``deep``
    whether the bundle is the encoder, and under ``inputs`` the SHA-256 of the file of logits. This takes seconds, so
    results are not reused.

    Raises:
        CodeOriginError: a stage is missing, belongs to another corpus, or has too few repositories.
    """
    with tracked(run, "calibrate", config) as tracker:
        entry = _fitted_entry(config, run, tracker)
        write_atomically(run.calibration, json.dumps(entry, indent=1) + "\n")
        tracker.artifact(run.calibration)
        run.log(f"wrote {run.calibration}")


def _fitted_entry(config: CalibrateConfig, run: Run, tracker: Tracker) -> dict[str, Any]:
    side, held_out = read_sides(run.needs(run.corpus, "corpus"), pair_weight=1.0, folds=2)
    command, path = ("finetune", run.deep) if config.deep else ("wide", run.wide)
    functions = side.rows[: side.functions]
    logits = _logits(run.needs(path, command), "out_of_fold", len(side.rows), command)[: len(functions)]
    published = None if config.deep else _published(run, config)
    everything = [*functions, *(row for row in held_out if row.pair is None)]
    reference = _reference(everything, len(functions), config, run)
    calibration = twin = fit_calibration(functions, logits, config, published, reference[: len(functions)])
    if not config.deep and fitted_on_all_repositories(run.wide):
        # These logits, too, come from a model that has not seen the rows.
        outside = _logits(run.wide, "held_out", len(held_out), "wide")
        chosen = np.array([row.pair is None for row in held_out], dtype=bool)
        functions, logits = everything, np.concatenate([logits, outside[chosen]])
        calibration = fit_calibration(functions, logits, config, published, reference)
    entry = calibration.to_manifest() | {
        "twin": twin.to_manifest(),
        "deep": config.deep,
        "inputs": {path.name: sha256_of(path)},
    }
    by_text = answers_of(functions, logits, calibration.alone)
    keep_test_set(tracker, functions, by_text.probability, "out_of_fold")
    return entry


def _published(run: Run, config: CalibrateConfig) -> Scored | None:
    """The published answers of the run with a verdict, and their logits; None if it has none."""
    rows = read_published(run.corpus)
    if not rows:
        return None
    logits = _logits(run.wide, "published", len(rows), "wide")
    inside = judged(rows, config)
    return rows_where(rows, inside), logits[inside]


def _reference(rows: Sequence[Row], trained: int, config: CalibrateConfig, run: Run) -> Floats:
    """What its project's reference adds to the logit of every row, ``(n,)``; the first ``trained`` are for training.

    That and the general means are written to ``run.reference``.
    """
    if config.reference is None:
        return np.full(len(rows), np.nan)
    evidence, means = reference_evidence(
        rows,
        judged(rows, config),
        config.reference,
        np.arange(len(rows)) < trained,
        processes=config.processes,
    )
    with atomic_path(run.reference) as path:
        arrays: dict[str, Any] = {"evidence": evidence, **means}
        np.savez(path, **arrays)
    run.log(f"reference of their project: {int(np.isfinite(evidence).sum()):,} functions")
    return evidence


def fitted_on_all_repositories(wide: Path) -> bool:
    """Whether the table in the file ``wide`` was also fitted on the held-out repositories."""
    with np.load(wide) as arrays:
        return "all_repositories" in arrays and bool(arrays["all_repositories"])


def _logits(path: Path, name: str, count: int, command: str) -> Floats:
    again = f"run `python -m codeorigin_training {command}` again"
    try:
        with np.load(path) as arrays:
            logits = np.asarray(arrays[name], dtype=np.float64)
    except (OSError, ValueError, KeyError) as error:
        raise CodeOriginError(f"{path}: holds no out-of-fold logits; {again}") from error
    if logits.shape != (count,):
        raise CodeOriginError(f"{path}: has logits for {len(logits)} rows, the corpus has {count}; {again}")
    if not np.isfinite(logits).all():
        raise CodeOriginError(f"{path}: has logits that are not finite; {again}")
    return logits
