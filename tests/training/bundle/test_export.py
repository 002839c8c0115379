"""Exporting a made-up run: from its wide part to a bundle that the server loads."""

import json
import shutil
from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from codeorigin.analysis.analyzer import Analyzer
from codeorigin.model.ngrams.hashed_views import View, ViewKind
from codeorigin_training.bundle.export import ExportConfig, export
from codeorigin_training.bundle.writing import ExportError
from codeorigin_training.calibrate import calibrate
from codeorigin_training.calibration.config import CalibrateConfig
from codeorigin_training.data.rows import read_functions
from codeorigin_training.data.seen import SeenProjects
from codeorigin_training.data.sides import read_sides
from codeorigin_training.data.splits import is_held_out
from codeorigin_training.metrics.table import AGENTS, MODERN, OLD, Table
from codeorigin_training.report.pages import CardConfig, card
from codeorigin_training.run import Run, RunError
from support.corpus_maker import write_corpus

VIEWS = (View(ViewKind.WORDS, 1, 2, 512), View(ViewKind.SHAPES, 1, 3, 256))
NO_BIASES = json.dumps({"table": {}, "twin": {}})
CONFIG = ExportConfig(
    name="made-up", version="1.2.3", views=VIEWS, overlap=8, processes=1, baselines=False, rounds=20
)
ERA = f"{AGENTS} against {OLD}"
CALIBRATE = CalibrateConfig(llm_rate=0.1)


def copied(run: Run, folder: Path) -> Run:
    """A copy of the run that a test may change."""
    return Run(shutil.copytree(run.folder, folder / "run"))


@pytest.fixture(scope="module")
def calibrated(tmp_path_factory: pytest.TempPathFactory) -> Run:
    """A calibrated run with a random wide part."""
    made = Run(tmp_path_factory.mktemp("calibrated") / "run")
    write_corpus(made.corpus, repositories=40, functions=8)
    side, _ = read_sides(made.corpus, pair_weight=1.0, folds=2)
    generator = np.random.default_rng(0)
    logits = generator.normal(size=len(side.rows)) + 3.0 * side.labels
    table = generator.normal(size=768).astype(np.float32)
    arrays = {"table": table, "twin": table, "out_of_fold": logits, "languages": NO_BIASES}
    np.savez(made.wide, all_repositories=np.array(False), **arrays)
    calibrate(CALIBRATE, made)
    return made


@pytest.fixture
def run(calibrated: Run, tmp_path: Path) -> Run:
    """A calibrated run with a random wide part, which a test may change."""
    return copied(calibrated, tmp_path)


@pytest.fixture(scope="module")
def wide_exported(calibrated: Run, tmp_path_factory: pytest.TempPathFactory) -> Run:
    """The same run with its bundle."""
    made = copied(calibrated, tmp_path_factory.mktemp("wide-exported"))
    export(CONFIG, made)
    return made


@pytest.fixture
def wide_run(wide_exported: Run, tmp_path: Path) -> Run:
    """A copy with its bundle, which a test may change."""
    return copied(wide_exported, tmp_path)


def held_out_rows(run: Run) -> list[dict[str, Any]]:
    manifest = json.loads((run.bundle / "manifest.json").read_text("utf-8"))
    rows: list[dict[str, Any]] = manifest["metrics"]["held_out"]
    return rows


def fit_on_all(run: Run) -> None:
    """Give the run a different table to ship, and held-out logits from its present table."""
    _, held_out = read_sides(run.corpus, pair_weight=1.0, folds=2)
    generator = np.random.default_rng(1)
    with np.load(run.wide) as kept:
        arrays = dict(kept)
    arrays["table"] = generator.normal(size=768).astype(np.float32)
    arrays["all_repositories"] = np.array(True)
    labels = np.array([row.label for row in held_out])
    arrays["held_out"] = generator.normal(size=len(held_out)) + 3.0 * labels
    np.savez(run.wide, **arrays)
    calibrate(CALIBRATE, run)


def test_bundle_matches_run_and_is_not_made_twice(run: Run) -> None:
    export(CONFIG, run)
    bundle = Analyzer.load(run.bundle).bundle
    assert (bundle.name, bundle.version, bundle.deep) == ("made-up", "1.2.3", None)
    fitted = json.loads(run.calibration.read_text("utf-8"))
    alone = bundle.calibration.alone.to_manifest()
    for name in ("temperature", "shift", "logits"):
        assert alone.pop(name) == pytest.approx(fitted["alone"].pop(name), rel=1e-6)
    assert alone == fitted["alone"]
    held_out = Table(bundle.manifest["metrics"]["held_out"])
    assert (held_out.get(ERA, "by_text", "auroc").n or 0) > 0
    assert 0.0 <= (held_out.get(MODERN, "by_text", "called llm").value or 0.0) <= 1.0
    card(CardConfig(), run)
    assert "with one linear weight each." in (run.bundle / "README.md").read_text("utf-8")

    lines: list[str] = []
    run.log = lines.append
    export(CONFIG, run)
    assert lines == [f"export: taken from {run.folder / 'cache'}"]
    export(replace(CONFIG, version="1.2.4"), run)
    assert Analyzer.load(run.bundle).bundle.version == "1.2.4"


def test_model_fitted_on_all_repositories_is_measured_by_its_twin(wide_run: Run) -> None:
    alone = json.loads((wide_run.bundle / "manifest.json").read_text("utf-8"))
    assert not wide_run.twin.exists()
    assert not alone["data"]["fitted_on_all_repositories"]
    fit_on_all(wide_run)
    export(CONFIG, wide_run)
    ships, twin = (
        json.loads((folder / "manifest.json").read_text("utf-8"))
        for folder in (wide_run.bundle, wide_run.twin)
    )
    assert ships["files"] != twin["files"] == alone["files"]
    assert ships["calibration"] != twin["calibration"] == alone["calibration"]
    assert ships["metrics"] == twin["metrics"] == alone["metrics"]
    repos = {row.repo for row in read_functions(wide_run.corpus)}
    knows_all, knows = (SeenProjects.from_manifest(each) for each in (ships, twin))
    assert knows_all is not None
    assert knows is not None
    assert all(repo in knows_all for repo in repos)
    assert {repo for repo in repos if repo not in knows} == {repo for repo in repos if is_held_out(repo)}
    assert ships["data"]["fitted_on_all_repositories"] is True
    assert twin["data"]["fitted_on_all_repositories"] is False
    for folder in (wide_run.bundle, wide_run.twin):
        card(CardConfig(bundle=folder), wide_run)
    assert "It is fitted on all of them." in (wide_run.bundle / "README.md").read_text("utf-8")
    assert "It is fitted on all of them." not in (wide_run.twin / "README.md").read_text("utf-8")


def test_bundle_has_language_biases_of_its_table(wide_run: Run) -> None:
    plain = json.loads((wide_run.bundle / "manifest.json").read_text("utf-8"))
    assert plain["language_bias"] == {}
    with np.load(wide_run.wide) as kept:
        arrays = dict(kept)
    # So different that the twin's figures show which biases they are based on.
    languages = {"table": {"python": 0.5}, "twin": {"python": 90.0, "go": -90.0}}
    np.savez(wide_run.wide, **(arrays | {"languages": json.dumps(languages)}))
    calibrate(CALIBRATE, wide_run)
    export(CONFIG, wide_run)
    bundle = Analyzer.load(wide_run.bundle).bundle
    assert bundle.language_bias == {"python": 0.5}
    both = held_out_rows(wide_run), plain["metrics"]["held_out"]
    moved, before = (Table(rows).get(ERA, "by_text", "auroc") for rows in both)
    assert moved.value != before.value


def test_calibration_of_other_logits_is_rejected(run: Run) -> None:
    with np.load(run.wide) as kept:
        arrays = dict(kept)
    np.savez(run.wide, **(arrays | {"table": -arrays["table"]}))
    with pytest.raises(ExportError, match=r"was fitted on another wide\.npz"):
        export(CONFIG, run)
    run.calibration.write_text("{}")
    with pytest.raises(ExportError, match="not a calibration"):
        export(CONFIG, run)
    run.calibration.unlink()
    with pytest.raises(RunError, match="codeorigin_training calibrate"):
        export(CONFIG, run)


def test_mismatched_parts_are_rejected_before_anything_is_written(run: Run) -> None:
    with pytest.raises(ExportError, match="table has 768 rows, the views 512"):
        export(replace(CONFIG, views=VIEWS[:1]), run)
    with pytest.raises(ExportError, match=r"more than limit_bytes, 1,000"):
        export(replace(CONFIG, limit_bytes=1000), run)
    assert not list(run.bundle.glob("*"))
