"""New thresholds for a finished bundle."""

import json
from pathlib import Path

import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from codeorigin.errors import CodeOriginError
from codeorigin.model.bundle import Bundle, default_model_dir
from codeorigin_training.calibrate.config import CalibrateConfig
from codeorigin_training.commands import recalibrate as command
from codeorigin_training.commands.recalibrate import RecalibrateConfig, recalibrate
from codeorigin_training.corpus.rows import FUNCTIONS, HUMAN, Row, read_functions
from codeorigin_training.corpus.splits import is_held_out
from codeorigin_training.measure.detector import Detector
from codeorigin_training.run import Run
from support.corpus_maker import write_corpus

SETTINGS = CalibrateConfig(rate=0.2, tail_share=0.5, tail_rate=0.3, tail_fewest=4, fewest_evidence=5)


@pytest.fixture(scope="module")
def data(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A corpus, and packages of a distribution made from its human code."""
    folder = write_corpus(tmp_path_factory.mktemp("data"), repositories=80, functions=10, per_file=2)
    # Every file is from a single commit.
    functions = [{**row, "commit": row["path"]} for row in pq.read_table(folder / FUNCTIONS).to_pylist()]
    pq.write_table(pa.Table.from_pylist(functions), folder / FUNCTIONS)
    rows = [row for row in functions if row["label"] == "human"]
    packaged = [
        {
            **row,
            "repo": "debian/" + row["repo"].replace("/", "_"),
            "source": "debian",
            "evidence": "H-dist-12",
        }
        for row in rows
    ]
    pq.write_table(pa.Table.from_pylist(packaged), folder / HUMAN)
    return folder


def config(data: Path, out: Path, **more: object) -> RecalibrateConfig:
    return RecalibrateConfig(
        bundle=default_model_dir(), data=data, version="9.9.9", out=out, folds=2, calibrate=SETTINGS, **more
    )  # type: ignore[arg-type]


def test_bundle_keeps_its_graph_and_gets_new_thresholds(data: Path, tmp_path: Path) -> None:
    lines: list[str] = []
    recalibrate(config(data, tmp_path / "out"), Run(tmp_path), lines.append)
    old, new = Bundle.load(default_model_dir()), Bundle.load(tmp_path / "out")
    assert new.score_path.read_bytes() == old.score_path.read_bytes()
    assert new.version == "9.9.9"
    assert new.calibration.alone.default != old.calibration.alone.default
    assert new.calibration.alone.temperature == old.calibration.alone.temperature
    # All code in the corpus is Python or Ruby, so there are enough packages for a promise about each.
    promise = new.calibration.alone.promise("python")
    assert (promise.language, promise.rate) == ("python", 0.2)
    figures = json.loads((tmp_path / "out" / "manifest.json").read_text())["metrics"]["false_positives"]
    assert new.calibration.commit_context is not None
    for way in ("by_text", "in_file", "in_commit", "in_file_and_commit"):
        shares = [
            cell["share"] for cell in figures[way]["cells"] if cell["language"] == cell["group"] == "all"
        ]
        assert len(shares) == 3
        assert max(shares) < 0.4
    assert "How often human code is called `llm`" in (tmp_path / "out" / "README.md").read_text()
    recalibrate(config(data, tmp_path / "out"), Run(tmp_path), lines.append)
    assert "the logits are there" in lines


def test_training_repositories_are_not_read(
    data: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    read: list[Row] = []

    def stop_at_scoring(_path: Path, _detector: Detector, rows: list[Row], *_: object) -> None:
        read.extend(rows)
        raise InterruptedError

    monkeypatch.setattr(command, "kept_logits", stop_at_scoring)
    with pytest.raises(InterruptedError):
        recalibrate(config(data, tmp_path / "out"), Run(tmp_path), lambda _: None)
    packages = [row for row in read if row.source == "debian"]
    assert 0 < len(packages) < len(read)
    assert all(is_held_out(row.repo) for row in read if row.source != "debian")
    assert any(not is_held_out(row.repo) for row in read_functions(data))


def test_too_few_repositories_change_nothing(data: Path, tmp_path: Path) -> None:
    strict = CalibrateConfig(rate=0.001)
    settings = RecalibrateConfig(
        bundle=default_model_dir(), data=data, version="1", out=tmp_path / "o", calibrate=strict
    )
    with pytest.raises(CodeOriginError, match=r"too few repositories for a promise of 0\.001"):
        recalibrate(settings, Run(tmp_path), lambda line: None)
    assert not (tmp_path / "o").exists()
