"""The command on a made-up run."""

import json
from pathlib import Path

import numpy as np
import pytest

from codeorigin.errors import CodeOriginError
from codeorigin.model.calibration import Calibration
from codeorigin_training.calibrate.config import CalibrateConfig
from codeorigin_training.commands.calibrate import calibrate, training_functions
from codeorigin_training.corpus.splits import is_held_out
from codeorigin_training.run import Run, RunError
from support.corpus_maker import write_corpus

CONFIG = CalibrateConfig(rate=0.1, fewest_functions=2)


@pytest.fixture
def run(tmp_path: Path) -> Run:
    """A run whose wide part tells the classes apart, with noise."""
    made = Run(tmp_path / "run")
    made.corpus.mkdir(parents=True)
    write_corpus(made.corpus, repositories=60, functions=12)
    functions, count = training_functions(made.corpus)
    generator = np.random.default_rng(0)
    logits = generator.normal(size=count)
    logits[: len(functions)] += np.array([3.0 * row.label for row in functions])
    np.savez(made.wide, table=np.zeros(1), bias=0.0, out_of_fold=logits)
    return made


def read(run: Run) -> Calibration:
    return Calibration.from_manifest(json.loads(run.calibration.read_text("utf-8")))


def test_what_is_written_is_what_the_server_reads(run: Run) -> None:
    lines: list[str] = []
    calibrate(CONFIG, run, lines.append)
    calibration = read(run)
    assert calibration.false_positive_rate == 0.1
    assert 1.0 < calibration.default.llm < 4.0
    assert calibration.probability(3.0) > 0.9
    assert calibration.probability(0.0) < 0.1
    assert any("modern human" in line and "called llm" in line for line in lines)
    assert any(line.startswith("crepes, one function a repository, 20 draws") for line in lines)
    assert sorted(path.name for path in run.folder.iterdir()) == ["calibration.json", "corpus", "wide.npz"]


def test_held_out_repositories_are_not_read(run: Run) -> None:
    functions, count = training_functions(run.corpus)
    assert functions
    assert not any(is_held_out(row.repo) for row in functions)
    assert count > len(functions)


def test_the_deep_parts_logits_are_added(run: Run) -> None:
    calibrate(CONFIG, run, lambda line: None)
    before = read(run).default.llm
    count = training_functions(run.corpus)[1]
    np.savez(run.deep, out_of_fold=np.full(count, 2.0))
    calibrate(CONFIG, run, lambda line: None)
    assert read(run).default.llm == pytest.approx(before + 2.0)


def test_the_same_inputs_give_the_same_file(run: Run) -> None:
    calibrate(CONFIG, run, lambda line: None)
    first = run.calibration.read_bytes()
    calibrate(CONFIG, run, lambda line: None)
    assert run.calibration.read_bytes() == first


@pytest.mark.parametrize(
    ("arrays", "message"),
    [
        ({"out_of_fold": np.zeros(3)}, "has logits for 3 rows, the corpus has"),
        ({"table": np.zeros(3)}, "holds no out-of-fold logits"),
        (None, "holds no out-of-fold logits"),
    ],
)
def test_logits_of_another_corpus_are_refused(
    run: Run, arrays: dict[str, np.ndarray] | None, message: str
) -> None:
    if arrays is None:
        run.wide.write_bytes(b"no archive")
    else:
        np.savez(run.wide, **arrays)
    with pytest.raises(CodeOriginError, match=message):
        calibrate(CONFIG, run, lambda line: None)


def test_logits_that_are_no_numbers_are_refused(run: Run) -> None:
    np.savez(run.wide, out_of_fold=np.full(training_functions(run.corpus)[1], np.nan))
    with pytest.raises(CodeOriginError, match="not finite"):
        calibrate(CONFIG, run, lambda line: None)


def test_a_missing_stage_is_named(run: Run) -> None:
    run.wide.unlink()
    with pytest.raises(RunError, match=r"codeorigin_training wide"):
        calibrate(CONFIG, run, lambda line: None)
