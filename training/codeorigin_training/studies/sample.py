"""Functions that a study reads, and the detector that it uses."""

from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

import numpy as np

from codeorigin.model.folder import sha256_of
from codeorigin_training.data.corpus import RECORD, CorpusConfig, corpus
from codeorigin_training.data.rows import FUNCTIONS, HUMAN, PAIRS, Row, limited, read_functions
from codeorigin_training.data.splits import is_held_out
from codeorigin_training.data.weights import matched_sample
from codeorigin_training.metrics.detector import Detector
from codeorigin_training.report.parts import MeasuredParts
from codeorigin_training.run import Log, Run, RunError

_FILES = (FUNCTIONS, PAIRS, HUMAN, "snippets.parquet")


@dataclass(frozen=True, slots=True)
class Sides:
    """Functions of training repositories, and of those held out from every model of this project."""

    train: list[Row]
    test: list[Row]


def data_digests(data: Path) -> dict[str, str]:
    """The SHA-256 of every existing file of the corpus; the stored figures of a study depend on these."""
    return {name: sha256_of(data / name) for name in _FILES if (data / name).is_file()}


def read_sides(data: Path, *, train: int, test: int, per_repository: int, seed: int) -> Sides:
    """At most ``train`` and ``test`` functions of each side, classes matched within language, test and length.

    At most ``per_repository`` functions of each label are taken from a repository.

    Raises:
        CorpusError: the corpus is missing or lacks a column.
    """
    rows = limited(read_functions(data), per_repository)
    sides = []
    for held_out, most in ((False, train), (True, test)):
        inside = [row for row in rows if is_held_out(row.repo) is held_out]
        everywhere = np.ones(len(inside), dtype=bool)
        chosen = matched_sample(inside, everywhere, seed) if inside else np.zeros(0, dtype=np.int64)
        order = np.random.default_rng(seed).permutation(chosen)[:most]
        sides.append([inside[number] for number in order])
    return Sides(*sides)


def open_detector(bundle: Path | None, run: Run) -> Detector:
    """The detector in ``bundle``, else the run's, preferring the one fitted without the held-out repositories.

    Raises:
        RunError: there is no bundle.
        ModelError: it is broken.
    """
    for folder in (bundle, run.twin, run.bundle):
        if folder is not None and folder.is_dir():
            return Detector(folder)
    raise RunError(
        f"{bundle or run.bundle}: no bundle; name one with --set bundle=FOLDER, or build one first"
    )


def seen_warning(detector: Detector) -> str | None:
    """A warning if the bundle was fitted on the repositories that it is measured on, else None."""
    if detector.bundle.manifest.get("data", {}).get("fitted_on_all_repositories"):
        return (
            "This bundle was fitted on all repositories, so its scores here are of code that it has read: "
            "name its twin that was not (RUN/twin)."
        )
    return None


def deduplicated(data: Path, run: Run, log: Log) -> Path:
    """The run's corpus, made from ``data`` if there is none.

    In the raw rows, what a study measures on may have near duplicates among what it, or the detector, was trained on.
    """
    if not (run.corpus / RECORD).is_file():
        corpus(CorpusConfig(data=data), run, log)
    return run.corpus


def parts_of(run: Run, name: str, config: Any, data: Path, log: Log) -> MeasuredParts:
    """The measured parts of the study ``name`` with the settings ``config`` on the corpus ``data``."""
    inputs = {"settings": asdict(config), "data": data_digests(data)}
    return MeasuredParts(run.studies / name / "parts", inputs, log)
