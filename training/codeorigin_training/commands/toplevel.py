"""The command ``toplevel``: adds a rule for code outside functions to a finished bundle."""

import dataclasses
import hashlib
from collections import Counter
from collections.abc import Sequence
from dataclasses import asdict, field
from pathlib import Path
from typing import Any

import numpy as np
from pydantic.dataclasses import dataclass

from codeorigin.errors import CodeOriginError
from codeorigin.model.folder import sha256_of
from codeorigin_training.arrays import Floats
from codeorigin_training.calibrate.eligibility import has_verdict
from codeorigin_training.calibrate.top_level import TopLevelConfig, cross_fitted_top_level, fit_top_level
from codeorigin_training.configuration import STRICT
from codeorigin_training.corpus.debian import SourcePackage, download_sources, read_source_packages
from codeorigin_training.corpus.readers.debian import read_source_top_level
from codeorigin_training.corpus.readers.snippets import SNIPPETS, read_snippet_top_level
from codeorigin_training.corpus.reserved import RESERVED, is_reserved, read_reserved
from codeorigin_training.corpus.rows import Row, read_human
from codeorigin_training.export.rescoring import kept_logits, write_again
from codeorigin_training.measure.detector import Detector
from codeorigin_training.measure.top_level import calls_of, probability_range, ranking_figures, told_apart
from codeorigin_training.run import Log, Run

_SHORTEST = 60
"""The fewest non-whitespace characters of code that is scored, whatever the rule's minimum."""


@dataclass(frozen=True, config=STRICT)
class ToplevelConfig:
    """``bundle`` gets a rule for code outside functions; the result is written to ``out`` (None: the run's bundle).

    The human-written code comes from the pinned source packages, or from those listed in ``packages``, which are
    downloaded to ``package_folder`` (by default ``packages`` in the run), and from ``snippets.parquet`` in ``data``,
    which also holds the LLM code. Packages in human.parquet are left out, since training reads them, and so are those
    in reserved.txt. ``version`` is the new version; None keeps the bundle's. ``folds`` is the number of folds for the
    cross-fitted figures.
    """

    bundle: Path
    data: Path
    packages: Path | None = None
    package_folder: Path | None = None
    version: str | None = None
    out: Path | None = None
    folds: int = 10
    seed: int = 0
    calibrate: TopLevelConfig = field(default_factory=TopLevelConfig)

    def __post_init__(self) -> None:
        if self.version == "" or self.folds < 2:
            raise ValueError("version must not be empty, and folds at least 2")


def toplevel(config: ToplevelConfig, run: Run, log: Log) -> None:
    """Write the bundle again with its graphs unchanged. The logits are cached in the run's folder.

    Only the languages that the model tells apart under the promise get an answer other than ``unsure``.

    Raises:
        CodeOriginError: the bundle or the data cannot be read, or a class is missing.
    """
    detector = Detector(config.bundle)
    packages = _packages(config, run, log)
    folder = config.package_folder or run.folder / "packages"
    rows = [
        *read_source_top_level(packages, folder, log, seed=config.seed),
        *read_snippet_top_level(config.data / SNIPPETS),
    ]
    rows = [row for row in rows if len("".join(row.code.split())) >= _SHORTEST]
    pinned = "".join(package.sha256 for package in packages)
    inputs = {
        "model": sha256_of(detector.bundle.score_path),
        SNIPPETS: sha256_of(config.data / SNIPPETS),
        "packages": hashlib.sha256(pinned.encode()).hexdigest(),
    }
    logits = kept_logits(run.folder / "top_level.npz", detector, rows, inputs, log)
    ranked = ranking_figures(rows, logits)
    long_enough = np.array([has_verdict(row.code, config.calibrate) for row in rows], dtype=bool)
    rows = [rows[index] for index in np.flatnonzero(long_enough).tolist()]
    logits = logits[long_enough]
    metrics, found = _measured(config, rows, logits)
    rule = fit_top_level(rows, logits, config.calibrate, found)
    if rule is None:
        raise CodeOriginError(f"{config.data}: code of one class alone; snippets.parquet must hold LLM code")
    bundle = detector.bundle
    calibration = dataclasses.replace(bundle.calibration, top_level=rule)
    manifest = dict(bundle.manifest)
    manifest["version"] = config.version or bundle.version
    manifest["calibration"] = calibration.to_manifest()
    metrics |= ranked | {"probabilities": probability_range(logits, rule.scale)}
    manifest["metrics"] = {**manifest["metrics"], "top_level": metrics}
    manifest["data"] = {**manifest["data"], "top_level": _data(rows) | {"inputs": inputs}}
    manifest["build"] = {**manifest["build"], "top_level": asdict(config.calibrate)}
    out = config.out or run.bundle
    write_again(out, bundle, manifest)
    log(f"told apart: {', '.join(metrics['told_apart']) or 'no language, all code is unsure'}")
    for each in ranked["languages"]:
        log(f"{each['language']} against {each['human']}: AUROC {each['auroc']:.3f}")
    log(f"wrote {out}")


def _measured(
    config: ToplevelConfig, rows: Sequence[Row], logits: Floats
) -> tuple[dict[str, Any], frozenset[str]]:
    """Cross-fitted figures for thresholds that keep the promise and for the rule, and the languages told apart."""
    settings = config.calibrate
    promised = calls_of(rows, cross_fitted_top_level(rows, logits, settings, config.folds))
    found = told_apart(promised, settings.fewest_evidence)
    ruled = calls_of(rows, cross_fitted_top_level(rows, logits, settings, config.folds, found))
    return {"told_apart": sorted(found), "promised": promised, "false_positives": ruled}, found


def _packages(config: ToplevelConfig, run: Run, log: Log) -> list[SourcePackage]:
    """The pinned packages that the model cannot know, if they can be downloaded."""
    listed = config.data / RESERVED
    reserved = read_reserved(listed) if listed.is_file() else frozenset[str]()
    known = {row.repo for row in read_human(config.data)}
    wanted = [
        package
        for package in read_source_packages(config.packages)
        if package.repo not in known and not is_reserved(package.repo, reserved)
    ]
    return download_sources(wanted, config.package_folder or run.folder / "packages", log)


def _data(rows: Sequence[Row]) -> dict[str, Any]:
    """The number of units of each class, and of packages."""
    labels = Counter("llm" if row.label else "human" for row in rows)
    return {**labels, "packages": len({row.repo for row in rows if not row.group})}
