"""A new calibration for a finished bundle."""

import json
from pathlib import Path

import numpy as np
import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from codeorigin.core.errors import CodeOriginError
from codeorigin.model.bundle import Bundle, default_model_dir
from codeorigin_training.bundle.recalibrate import (
    RecalibrateConfig,
    cross_fitted_answers,
    recalibrate,
    write_again,
)
from codeorigin_training.data.rows import FUNCTIONS, Row, read_functions
from codeorigin_training.data.seen import SeenProjects
from codeorigin_training.data.splits import fold_of, is_held_out
from codeorigin_training.metrics.detector import Detector
from codeorigin_training.metrics.table import BUILT, MODERN, OLD, PACKAGES, Table
from codeorigin_training.run import Run
from codeorigin_training.thresholds.config import CalibrateConfig
from support.corpus_maker import write_corpus, write_distribution

SETTINGS = CalibrateConfig(llm_rate=0.2, fewest_repositories=1)


@pytest.fixture(scope="module")
def data(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A corpus, and packages of a distribution."""
    folder = write_corpus(tmp_path_factory.mktemp("data"), repositories=80, functions=10, per_file=2)
    # Every file is from a single commit.
    functions = [{**row, "commit": row["path"]} for row in pq.read_table(folder / FUNCTIONS).to_pylist()]
    pq.write_table(pa.Table.from_pylist(functions), folder / FUNCTIONS)
    write_distribution(folder, packages=80, functions=10, per_file=2)
    return folder


@pytest.fixture(scope="module")
def bundle(data: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The shipped model, as if it had been fitted on the training side of ``data`` and on no package."""
    shipped = Bundle.load()
    seen = SeenProjects.of(row.repo for row in read_functions(data) if not is_held_out(row.repo))
    listed = dict(shipped.manifest["data"]) | {"seen": seen.to_manifest()}
    folder = tmp_path_factory.mktemp("bundle") / "listed"
    write_again(folder, shipped, dict(shipped.manifest) | {"data": listed})
    return folder


def config(bundle: Path, data: Path, out: Path) -> RecalibrateConfig:
    return RecalibrateConfig(bundle=bundle, data=data, version="9.9.9", out=out, folds=2, calibrate=SETTINGS)


def test_bundle_that_does_not_say_what_it_has_seen_is_refused(data: Path, tmp_path: Path) -> None:
    shipped = Bundle.load()
    unlisted = {name: value for name, value in shipped.manifest["data"].items() if name != "seen"}
    write_again(tmp_path / "unlisted", shipped, dict(shipped.manifest) | {"data": unlisted})
    with pytest.raises(CodeOriginError, match="does not list what it was fitted on") as refused:
        recalibrate(config(tmp_path / "unlisted", data, tmp_path / "out"), Run(tmp_path))
    assert "\n" not in str(refused.value)
    assert not (tmp_path / "out").exists()


def test_data_that_the_bundle_has_seen_is_refused(bundle: Path, data: Path, tmp_path: Path) -> None:
    out = tmp_path / "out"
    recalibrate(config(bundle, data, out), Run(tmp_path))
    kept = json.loads(Run(tmp_path).settings.read_text(encoding="utf-8"))
    assert kept["recalibrate"]["settings"]["version"] == "9.9.9"
    # What calibrated it is now as well known to it as what it was fitted on.
    with pytest.raises(
        CodeOriginError, match="was fitted on every project there; pass data with projects new to it"
    ):
        recalibrate(config(out, data, tmp_path / "again"), Run(tmp_path))
    assert not (tmp_path / "again").exists()


def test_bundle_keeps_its_graph_and_gets_new_shares(bundle: Path, data: Path, tmp_path: Path) -> None:
    lines: list[str] = []
    recalibrate(config(bundle, data, tmp_path / "out"), Run(tmp_path, log=lines.append))
    old, new = Bundle.load(default_model_dir()), Bundle.load(tmp_path / "out")
    assert new.score_path.read_bytes() == old.score_path.read_bytes()
    assert new.version == "9.9.9"
    assert new.calibration.alone != old.calibration.alone
    assert (new.calibration.alone.llm_rate, set(new.calibration.alone.languages)) == (0.2, {"python", "ruby"})
    table = Table(json.loads((tmp_path / "out" / "manifest.json").read_text())["metrics"]["held_out"])
    assert new.calibration.commit_context is not None
    for way in ("by_text", "in_file", "in_commit", "in_file_and_commit"):
        called = [table.get(people, way, "called llm").value for people in (OLD, MODERN, PACKAGES)]
        assert None not in called
    # Shares at the thresholds before are gone, rankings stay.
    assert table.get(BUILT, "by_text", "called llm").value is None
    assert table.get(BUILT, "by_text", "auroc").value is not None
    recalibrate(config(bundle, data, tmp_path / "out"), Run(tmp_path, log=lines.append))
    assert f"logits: taken from {tmp_path / 'cache'}" in lines


def test_each_fold_is_judged_by_a_calibration_without_it(tmp_path: Path) -> None:
    names = [f"owner{number}/project" for number in range(40)]
    first = [next(name for name in names if fold_of(name, 2) == 0)]
    second = [next(name for name in names if fold_of(name, 2) == 1)]
    rows = [
        # No copies of each other: a fold's calibration would leave them out.
        Row(f"{repo} {number} line of this function alone\n" * 3, "python", label, repo, "", False, False, 3)
        for repo in (*first, *second)
        for number, label in enumerate([0] * 10 + [1] * 2)
    ]
    settings = CalibrateConfig(fewest_repositories=1, llm_rate=0.2, human_rate=0.2, shrinkage=0.0)
    recalibration = RecalibrateConfig(tmp_path, tmp_path, "1", folds=2, calibrate=settings)
    logits = np.array([*[0.0] * 9, 4.0, 9.0, 9.0, *[5.0] * 10, 9.0, 9.0])
    answers = cross_fitted_answers(rows, logits, recalibration)["by_text"]
    # A tenth of the first fold's human functions score 4, none 5, so those of the second are called. With them, half
    # of all would score as high, and none would be called.
    assert answers.llm.tolist() == [False] * 10 + [True] * 14


def test_repositories_that_the_model_has_seen_are_not_read(
    bundle: Path, data: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    read: list[Row] = []

    def stop_at_scoring(_: Detector, rows: list[Row]) -> None:
        read.extend(rows)
        raise InterruptedError

    monkeypatch.setattr(Detector, "logits", stop_at_scoring)
    with pytest.raises(InterruptedError):
        recalibrate(config(bundle, data, tmp_path / "out"), Run(tmp_path))
    packages = [row for row in read if row.source == "debian"]
    assert 0 < len(packages) < len(read)
    assert all(is_held_out(row.repo) for row in read if row.source != "debian")
    assert any(not is_held_out(row.repo) for row in read_functions(data))


def test_too_few_repositories_change_nothing(bundle: Path, data: Path, tmp_path: Path) -> None:
    strict = CalibrateConfig(fewest_repositories=1000)
    settings = RecalibrateConfig(bundle=bundle, data=data, version="1", out=tmp_path / "o", calibrate=strict)
    with pytest.raises(CodeOriginError, match="needs 1000 repositories"):
        recalibrate(settings, Run(tmp_path))
    assert not (tmp_path / "o").exists()
