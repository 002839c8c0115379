"""The calibrate command on a made-up run."""

import json
from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from codeorigin.core.errors import CodeOriginError
from codeorigin.model.calibration.calibration import Calibration
from codeorigin_training.calibrate import calibrate
from codeorigin_training.calibration.config import CalibrateConfig
from codeorigin_training.data.rows import PUBLISHED, SNIPPET_SOURCE
from codeorigin_training.data.sides import TrainingSide, read_sides
from codeorigin_training.data.writer import write_functions
from codeorigin_training.run import Run, RunError
from support.corpus_maker import write_corpus

CONFIG = CalibrateConfig(llm_rate=0.1, fewest_functions=2)


@pytest.fixture
def run(tmp_path: Path) -> Run:
    """A run whose wide part tells the classes apart, with noise."""
    made = Run(tmp_path / "run")
    made.corpus.mkdir(parents=True)
    write_corpus(made.corpus, repositories=60, functions=12)
    side = side_of(made)
    logits = np.random.default_rng(0).normal(size=len(side.rows)) + 3.0 * side.labels
    np.savez(made.wide, table=np.zeros(1), twin=np.zeros(1), all_repositories=False, out_of_fold=logits)
    return made


def side_of(run: Run) -> TrainingSide:
    return read_sides(run.corpus, pair_weight=1.0, folds=2)[0]


def read(run: Run) -> Calibration:
    return Calibration.from_manifest(json.loads(run.calibration.read_text("utf-8")))


def test_server_reads_written_calibration(run: Run) -> None:
    calibrate(CONFIG, run)
    calibration = read(run)
    assert calibration.alone.llm_rate == 0.1
    assert 1.0 < threshold(run) < 4.0
    assert calibration.alone.probability(3.0) > 0.9
    assert calibration.alone.probability(0.0) < 0.1
    assert sorted(path.name for path in run.folder.iterdir()) == [
        *("calibration.json", "corpus", "reference.npz", "settings.json", "wide.npz")
    ]


def threshold(run: Run) -> float:
    """The logit from which Python is called ``llm``."""
    return read(run).alone.thresholds("python").llm


def entry(run: Run) -> dict[str, Any]:
    loaded: dict[str, Any] = json.loads(run.calibration.read_text("utf-8"))
    return loaded


def test_model_fitted_on_all_repositories_is_calibrated_on_all(run: Run) -> None:
    calibrate(CONFIG, run)
    alone, before = entry(run), threshold(run)
    _, held_out = read_sides(run.corpus, pair_weight=1.0, folds=2)
    with np.load(run.wide) as kept:
        arrays = dict(kept)
    arrays["all_repositories"] = np.array(True)
    np.savez(run.wide, **arrays)
    with pytest.raises(CodeOriginError, match="holds no out-of-fold logits"):
        calibrate(CONFIG, run)
    # Human code of the held-out repositories scores far higher than all other human code.
    arrays["held_out"] = np.array([8.0 if row.label == 0 else 3.0 for row in held_out])
    np.savez(run.wide, **arrays)
    calibrate(CONFIG, run)
    assert entry(run)["twin"] == alone["twin"]
    assert threshold(run) > before


def test_pairs_do_not_affect_calibration(run: Run) -> None:
    calibrate(CONFIG, run)
    before = read(run)
    side = side_of(run)
    assert side.functions < len(side.rows)
    with np.load(run.wide) as kept:
        logits = kept["out_of_fold"]
    logits[side.functions :] += 50.0
    np.savez(run.wide, out_of_fold=logits)
    calibrate(CONFIG, run)
    assert read(run) == before


def test_same_inputs_give_same_file(run: Run) -> None:
    calibrate(CONFIG, run)
    first = run.calibration.read_bytes()
    calibrate(CONFIG, run)
    assert run.calibration.read_bytes() == first


@pytest.mark.parametrize(
    ("arrays", "message"),
    [
        ({"out_of_fold": np.zeros(3)}, "has logits for 3 rows, the corpus has"),
        ({"out_of_fold": None}, "not finite"),
        ({"table": np.zeros(3)}, "holds no out-of-fold logits"),
        (None, "holds no out-of-fold logits"),
    ],
)
def test_logits_that_are_not_of_the_corpus_are_rejected(
    run: Run, arrays: dict[str, np.ndarray | None] | None, message: str
) -> None:
    if arrays is None:
        run.wide.write_bytes(b"no archive")
    else:
        unknown = np.full(len(side_of(run).rows), np.nan)
        np.savez(run.wide, **{name: unknown if held is None else held for name, held in arrays.items()})
    with pytest.raises(CodeOriginError, match=message):
        calibrate(CONFIG, run)


def test_published_answers_bound_what_is_called_human_by_its_own_text(run: Run) -> None:
    calibrate(CONFIG, run)
    before = read(run)
    answer = replace(
        side_of(run).rows[0], label=1, source=SNIPPET_SOURCE, repo="snippets/set", agent="", evidence=""
    )
    answers = [replace(answer, generator=f"llm {number % 30}") for number in range(60)]
    write_functions(answers, run.corpus / PUBLISHED)
    with np.load(run.wide) as arrays:
        np.savez(run.wide, **(dict(arrays) | {"published": np.full(60, -4.0)}))
    calibrate(CONFIG, run)
    after = read(run)
    assert after.alone.thresholds("python").human < -4.0 < before.alone.thresholds("python").human
    assert after.alone.thresholds("python").llm == before.alone.thresholds("python").llm
    assert after.file_context == before.file_context


def test_encoder_is_calibrated_by_its_own_logits(run: Run) -> None:
    deep = replace(CONFIG, deep=True)
    with pytest.raises(RunError, match="codeorigin_training finetune"):
        calibrate(deep, run)
    side = side_of(run)
    np.savez(run.deep, out_of_fold=np.random.default_rng(1).normal(size=len(side.rows)) - 2.0 * side.labels)
    calibrate(deep, run)
    # The encoder, which says the opposite of the truth here, decides.
    assert (entry(run)["deep"], list(entry(run)["inputs"])) == (True, ["deep.npz"])
    assert read(run).alone.probability(3.0) < 0.6
    calibrate(CONFIG, run)
    assert (entry(run)["deep"], list(entry(run)["inputs"])) == (False, ["wide.npz"])
