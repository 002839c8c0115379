"""The command ``export``: builds a bundle from a run's parts, checks it and measures it on held-out repositories."""

import json
from collections.abc import Sequence
from dataclasses import asdict, field, replace
from pathlib import Path
from typing import Any

import numpy as np
from joblib import Memory
from pydantic.dataclasses import dataclass

from codeorigin.model.calibration.calibration import Calibration
from codeorigin.model.folder import MANIFEST, sha256_of
from codeorigin.model.ngrams.hashed_views import View
from codeorigin.model.scoring.tokenizer import Tokenizer
from codeorigin_training.bundle.baselines import baseline_figures
from codeorigin_training.bundle.figures import encoder_logits, function_figures, held_out_figures, wide_logits
from codeorigin_training.bundle.writing import ExportError, Parts, write_bundle
from codeorigin_training.configuration import STRICT
from codeorigin_training.data.rows import DISTRIBUTION_SOURCE, Row, corpus_hash
from codeorigin_training.data.seen import SeenProjects
from codeorigin_training.data.sides import TrainingSide, read_sides
from codeorigin_training.data.weights import PAIR_WEIGHT
from codeorigin_training.encoder.files import load_encoder
from codeorigin_training.encoder.inference import neutral_logit
from codeorigin_training.metrics.answers import answers_of
from codeorigin_training.metrics.classification import keep_test_set
from codeorigin_training.metrics.rankings import Bootstrap, headline, ranking_figures, tracked_numbers
from codeorigin_training.ngrams.linear import WideModel
from codeorigin_training.ngrams.train import default_views
from codeorigin_training.run import Log, Run
from codeorigin_training.thresholds.calibrate import fitted_on_all_repositories
from codeorigin_training.tracking import Tracker, tracked


@dataclass(frozen=True, config=STRICT)
class ExportConfig:
    """Name, size limit and other settings of a bundle.

    ``views`` are those that the run's wide part was trained with. Adjacent windows share ``overlap`` tokens.
    ``limit_bytes`` is for all of the bundle's files together. ``baselines`` trains the textbook detectors on the same
    rows, with weight ``pair_weight`` for each row of a pair, for the comparison in the manifest. Intervals are of
    ``rounds`` draws.
    """

    name: str = "codeorigin-small"
    version: str = "0.7.2"
    views: tuple[View, ...] = field(
        default_factory=lambda: tuple(default_view.view for default_view in default_views())
    )
    overlap: int = 128
    limit_bytes: int = 50_000_000
    baselines: bool = True
    pair_weight: float = PAIR_WEIGHT
    processes: int = 2
    rounds: int = 200

    def __post_init__(self) -> None:
        if not self.name or not self.version or not self.views:
            raise ValueError("name, version and views must not be empty")
        if self.overlap < 0 or self.limit_bytes < 1 or self.processes < 1 or self.pair_weight < 0:
            raise ValueError(
                "overlap and pair_weight must not be negative, limit_bytes and processes be positive"
            )


def export(config: ExportConfig, run: Run, log: Log) -> None:
    """Write ``run.bundle``. An existing bundle from the same parts and settings is kept.

    If it was fitted on all repositories, its twin fitted without the held-out ones is written to ``run.twin``. In
    both manifests, all figures on held-out repositories are the twin's.

    Raises:
        RunError: an earlier stage is missing.
        ExportError: the parts do not belong together, or the bundle is too large.
        ParityError: the output of an exported graph differs from the model's.
    """
    entry = _calibration_entry(run)
    needed = [run.calibration]
    if entry["deep"]:
        needed += [run.needs(run.finetuned, "finetune"), run.needs(run.tokenizer, "tokenizer")]
    else:
        needed.append(run.wide)
    inputs = {path.name: sha256_of(path) for path in needed} | {
        "corpus": corpus_hash(run.needs(run.corpus, "corpus"))
    }
    manifest_path = run.bundle / MANIFEST
    if manifest_path.is_file() and _same(manifest_path, inputs, config):
        log("the bundle is there")
        return
    with tracked(run, "export", config, tags={"data_sha256": inputs["corpus"]}) as tracker:
        _export(config, run, entry, inputs, tracker, log)


def _export(
    config: ExportConfig, run: Run, entry: dict[str, Any], inputs: dict[str, str], tracker: Tracker, log: Log
) -> None:
    wide = of_twin = tokenizer = encoder = None
    on_all = not entry["deep"] and fitted_on_all_repositories(run.wide)
    if not entry["deep"]:
        wide, of_twin = (_wide_model(run.wide, config.views, name) for name in ("table", "twin"))
    else:
        tokenizer, encoder = Tokenizer.load(run.tokenizer), load_encoder(run.finetuned)
        if config.overlap >= encoder.context:
            raise ExportError(f"overlap must be less than the encoder's context, {encoder.context}")
    side, held_out = read_sides(run.corpus, pair_weight=config.pair_weight, folds=2)
    checked, draws = Calibration.from_manifest(entry["twin"]), Bootstrap(config.rounds)
    if of_twin is not None:
        logits = wide_logits(of_twin, held_out, config.views, config.processes)
    else:
        assert encoder is not None
        assert tokenizer is not None
        logits = encoder_logits(encoder, tokenizer, held_out, config.overlap)
    keep_test_set(tracker, held_out, answers_of(held_out, logits, checked.alone).probability)
    figures = ranking_figures(held_out, logits, "by_text", draws)
    log(f"held out: {headline(figures)}")
    tracker.metrics(tracked_numbers(figures), 0)
    figures += held_out_figures(held_out, logits, checked, draws)
    if config.baselines:
        memory, key = Memory(run.folder / "baselines", verbose=0), f"{inputs['corpus']} {config.pair_weight}"
        figures += baseline_figures(side, held_out, memory, key, log, draws)
    metrics = {
        "held_out": [figure.to_row() for figure in figures],
        "out_of_fold": _out_of_fold(run, side, checked, draws, deep=entry["deep"]),
    }
    parts = Parts(
        wide=wide,
        views=config.views,
        encoder=encoder,
        tokenizer=tokenizer,
        overlap=config.overlap,
        baseline_logit=(0.0 if wide is None else wide.bias)
        + (0.0 if encoder is None or tokenizer is None else neutral_logit(encoder, tokenizer)),
        calibration=Calibration.from_manifest(entry),
        metrics=metrics,
        data=_data(side, held_out, inputs["corpus"])
        | {
            "fitted_on_all_repositories": on_all,
            "inputs": inputs,
            "seen": _seen(side.rows, held_out if on_all else []),
        },
    )
    manifest = write_bundle(run.bundle, parts, asdict(config), limit_bytes=config.limit_bytes)
    if on_all:
        twin = replace(
            parts,
            wide=of_twin,
            calibration=checked,
            data=parts.data | {"fitted_on_all_repositories": False, "seen": _seen(side.rows)},
        )
        write_bundle(run.twin, twin, asdict(config))
    size = sum(path.stat().st_size for path in run.bundle.iterdir())
    tracker.artifact(run.bundle / MANIFEST)
    log(f"wrote {run.bundle}: {size:,} bytes, parity {manifest['parity']}")


def _out_of_fold(
    run: Run, side: TrainingSide, calibration: Calibration, draws: Bootstrap, *, deep: bool
) -> list[dict[str, Any]]:
    """The rows of figures on training repositories, each scored by a model that did not see it."""
    with np.load(run.deep if deep else run.wide) as arrays:
        logits = arrays["out_of_fold"]
    figures = [
        *ranking_figures(side.rows, logits, "by_text", draws),
        *function_figures(side.rows, logits, calibration, draws),
    ]
    unseen: list[dict[str, Any]] = []
    if not deep and run.unseen_agents.is_file():
        unseen = json.loads(run.unseen_agents.read_text(encoding="utf-8"))["figures"]
    return [*(figure.to_row() for figure in figures), *unseen]


def _calibration_entry(run: Run) -> dict[str, Any]:
    """The run's calibration, checked to fit the run's current logits."""
    again = "run `python -m codeorigin_training calibrate` again"
    path = run.needs(run.calibration, "calibrate")
    try:
        entry: dict[str, Any] = json.loads(path.read_text(encoding="utf-8"))
        fitted_on, logits = dict(entry["inputs"]), run.deep if entry["deep"] else run.wide
        for calibration in (entry, entry["twin"]):
            Calibration.from_manifest(calibration)
    except (ValueError, KeyError, TypeError) as error:
        raise ExportError(f"{path}: not a calibration ({error!r}); {again}") from error
    if not logits.exists() or fitted_on.get(logits.name) != sha256_of(logits):
        raise ExportError(f"{path}: was fitted on another {logits.name}; {again}")
    return entry


def _same(manifest_path: Path, inputs: dict[str, str], config: ExportConfig) -> bool:
    try:
        manifest = json.loads(manifest_path.read_text(encoding="utf-8"))
        wide, build = manifest["wide"], manifest["build"]
        views = config.views if wide is None else tuple(View(**view) for view in wide["views"])
        names = ("name", "version", "overlap", "limit_bytes", "baselines", "pair_weight")
        same_settings = all(build[name] == getattr(config, name) for name in names)
        return bool(manifest["data"]["inputs"] == inputs and views == config.views and same_settings)
    except (ValueError, KeyError, TypeError):
        return False


def _wide_model(path: Path, views: tuple[View, ...], name: str) -> WideModel:
    try:
        with np.load(path) as arrays:
            languages = json.loads(str(arrays["languages"]))[name]
            wide = WideModel(arrays[name], float(arrays["bias"]), languages)
    except (OSError, ValueError, KeyError) as error:
        raise ExportError(
            f"{path}: holds no wide part; run `python -m codeorigin_training wide` again"
        ) from error
    if len(wide.table) != sum(view.width for view in views):
        raise ExportError(
            f"{path}: its table has {len(wide.table)} rows, the views {sum(view.width for view in views)}; "
            "set views as they were when it was trained"
        )
    return wide


def _seen(*parts: Sequence[Row]) -> str:
    return SeenProjects.of(row.repo for rows in parts for row in rows).to_manifest()


def _data(side: TrainingSide, held_out: list[Row], digest: str) -> dict[str, Any]:
    everything = [*side.rows, *held_out]

    def count(rows: Sequence[Row], *, packages: bool) -> int:
        return len({row.repo for row in rows if (row.source == DISTRIBUTION_SOURCE) is packages})

    return {
        "functions": sum(row.pair is None for row in everything),
        "pairs": sum(row.pair is not None for row in everything) // 2,
        "repositories": count([row for row in everything if row.pair is None], packages=False),
        "training_repositories": count(side.rows, packages=False),
        "held_out_repositories": count(held_out, packages=False),
        "packages": count(everything, packages=True),
        "held_out_packages": count(held_out, packages=True),
        "sha256": digest,
    }
