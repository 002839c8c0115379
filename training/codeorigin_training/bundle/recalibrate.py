"""The command ``recalibrate``: fits a bundle's calibration again, on repositories that it has never seen."""

import shutil
from collections.abc import Mapping, Sequence
from dataclasses import asdict, field
from pathlib import Path
from typing import Any

from pydantic.dataclasses import dataclass

from codeorigin.core.errors import CodeOriginError
from codeorigin.model.bundle import Bundle
from codeorigin.model.folder import MANIFEST, sha256_of
from codeorigin_training.arrays import Floats
from codeorigin_training.bundle.writing import manifest_text
from codeorigin_training.configuration import STRICT
from codeorigin_training.data.near_duplicates import fitting_rows
from codeorigin_training.data.rows import (
    FUNCTIONS,
    HUMAN,
    Row,
    fold_array,
    read_functions,
    read_human,
    rows_where,
)
from codeorigin_training.data.seen import SeenProjects
from codeorigin_training.metrics.answers import Answers, context_answers
from codeorigin_training.metrics.detector import Detector
from codeorigin_training.metrics.populations import share_figures
from codeorigin_training.metrics.table import AGENTS, BANDS, MODERN, OLD, PACKAGES
from codeorigin_training.run import Run, write_atomically
from codeorigin_training.thresholds.config import CalibrateConfig, has_verdict
from codeorigin_training.thresholds.fit import fit_calibration

_LOGGED = (OLD, MODERN, PACKAGES, AGENTS)


@dataclass(frozen=True, config=STRICT)
class RecalibrateConfig:
    """``bundle`` gets a new calibration by ``calibrate``; the result is ``version``, in ``out`` (None: in the run).

    It is fitted on the repositories and packages of ``data`` that the bundle has not seen, by its manifest's list. On
    code that it was fitted on, human code scores lower than it does elsewhere, and shares would be too small.
    The false positives on the card are cross-fitted with ``folds``: they use a calibration without the repository in
    question.
    """

    bundle: Path
    data: Path
    version: str
    out: Path | None = None
    folds: int = 5
    calibrate: CalibrateConfig = field(default_factory=CalibrateConfig)

    def __post_init__(self) -> None:
        if not self.version or self.folds < 2:
            raise ValueError("version must not be empty, and folds at least 2")


def recalibrate(config: RecalibrateConfig, run: Run) -> None:
    """Write the bundle again with its graphs unchanged. The logits are cached.

    Raises:
        CodeOriginError: the bundle or the data cannot be read, it does not say what it has seen
            or has seen all of the data, or there are too few repositories.
    """
    detector = Detector(config.bundle)
    seen = SeenProjects.from_manifest(detector.bundle.manifest)
    if seen is None:
        raise CodeOriginError(
            f"{config.bundle}: does not list what it was fitted on, so no code is known to be new to it; build it again "
            "with this version"
        )
    everything = read_functions(config.data) + read_human(config.data)
    rows = [row for row in everything if row.repo not in seen]
    run.log(
        f"left out {len(everything) - len(rows):,} of {len(everything):,} functions: the model has seen their projects"
    )
    if not rows:
        raise CodeOriginError(
            f"{config.data}: {config.bundle} was fitted on every project there; pass data with projects new to it"
        )
    rows = [row for row in rows if has_verdict(row.code, detector.bundle.calibration)]
    inputs = {"model": sha256_of(detector.bundle.score_path)} | {
        name: sha256_of(config.data / name) for name in (FUNCTIONS, HUMAN) if (config.data / name).is_file()
    }
    run.log(f"scoring {len(rows):,} pieces of code that the model was not trained on")
    logits = run.cached("logits", inputs, lambda: detector.logits(rows))
    new = fit_calibration(rows, logits, config.calibrate)
    figures = list(share_figures(rows, cross_fitted_answers(rows, logits, config)))
    manifest = dict(detector.bundle.manifest)
    manifest["version"] = config.version
    manifest["calibration"] = new.to_manifest()
    manifest["data"] = {
        **manifest["data"],
        "seen": seen.with_others(row.repo for row in rows).to_manifest(),
        "calibration_repositories": len({row.repo for row in rows}),
        "calibration_inputs": inputs,
    }
    manifest["build"] = {
        **manifest["build"],
        "version": config.version,
        "recalibrated": asdict(config.calibrate),
    }
    # Shares at other thresholds go; what is ranked does not depend on these.
    before = manifest["metrics"]
    held_out = [row for row in before.get("held_out", []) if row["statistic"] not in BANDS]
    manifest["metrics"] = before | {"held_out": [*held_out, *(figure.to_row() for figure in figures)]}
    out = config.out or run.bundle
    write_again(out, detector.bundle, manifest)
    for figure in figures:
        if figure.statistic == BANDS[0] and figure.language == "all" and figure.population in _LOGGED:
            run.log(f"{figure.context}: {figure.value:.2%} of {figure.population} {figure.statistic}")
    run.keep_settings("recalibrate", config)
    run.log(f"wrote {out}")


def cross_fitted_answers(
    rows: Sequence[Row], logits: Floats, config: RecalibrateConfig
) -> dict[str, Answers]:
    """Answers in every context that each fold has, by a calibration on the other folds; ``logits`` are ``(n,)``."""
    folds = fold_array(rows, config.folds)
    parts = []
    for number, fit in enumerate(fitting_rows(rows, folds)):
        inside = folds == number
        inner, outer = rows_where(rows, fit), rows_where(rows, inside)
        calibration = fit_calibration(inner, logits[fit], config.calibrate)
        parts.append((inside, context_answers(outer, logits[inside], calibration)))
    names = set.intersection(*(set(found) for _, found in parts))
    return {
        name: Answers.joined([(inside, found[name]) for inside, found in parts]) for name in sorted(names)
    }


def write_again(out: Path, bundle: Bundle, manifest: Mapping[str, Any]) -> None:
    """Write ``bundle`` with another ``manifest`` into the folder ``out``; the command ``card`` then writes its card."""
    out.mkdir(parents=True, exist_ok=True)
    for name in manifest["files"]:
        if out.resolve() != bundle.directory.resolve():
            shutil.copyfile(bundle.directory / name, out / name)
    write_atomically(out / MANIFEST, manifest_text(manifest))
    Bundle.load(out)
