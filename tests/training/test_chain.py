"""A smoke test of the whole chain: every command in turn on a made-up corpus, each finding what it needs."""

import json
import random
import sqlite3
from pathlib import Path

import pytest
from typer.testing import CliRunner

from codeorigin.analysis.analyzer import Analyzer
from codeorigin.functions.documents import Document
from codeorigin_training.cli import app
from codeorigin_training.pipeline import STAGES
from support.corpus_maker import llm_function, write_corpus

ENCODER = {"dim": 16, "layers": 1, "heads": 2, "feedforward": 16, "context": 64}
VIEWS = [
    {"kind": "words", "min_order": 1, "max_order": 2, "width": 4096, "norm_power": 0.5},
    {"kind": "characters", "min_order": 2, "max_order": 3, "width": 4096, "norm_power": 0.5},
]


def smoke(data: Path) -> dict[str, dict[str, object]]:
    """Settings of every stage."""
    return {
        "corpus": {"data": str(data)},
        "wide": {
            "all_repositories": False,
            "views": [{"view": view, "strength": 4.0} for view in VIEWS],
            "folds": 2,
            "processes": 1,
        },
        "tokenizer": {"vocab_size": 400},
        "pretrain": {"encoder": ENCODER, "steps": 4, "batch": 4, "context": 64},
        "finetune": {
            "phases": [{"epochs": 1, "batch": 32, "learning_rate": 0.002}],
            "context": 64,
            "folds": 2,
            "overlap": 16,
            "processes": 1,
        },
        "calibrate": {"rate": 0.1, "deep_must_help": False},
        "export": {"name": "smoke", "views": VIEWS, "overlap": 16, "processes": 1, "baselines": False},
        "evaluate": {
            "perturbations": ["comments_removed"],
            "held_out_functions": 100,
            "slice_functions": 30,
            "perturbed_functions": 10,
            "rounds": 5,
            "agents": [],
            "languages": [],
            "train_per_repository": 4,
            "learning_sizes": [8],
            "learning_seeds": 1,
            "baseline_functions": 60,
            "faithfulness_functions": 3,
            "processes": 1,
        },
        "card": {},
    }


@pytest.fixture(scope="module")
def finished(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The folder of a run in which every stage has finished."""
    folder = tmp_path_factory.mktemp("chain")
    settings = smoke(write_corpus(folder / "data", repositories=80, per_file=3))
    assert list(settings) == [stage.name for stage in STAGES]
    for stage, values in settings.items():
        file = folder / f"{stage}.json"
        file.write_text(json.dumps(values))
        result = CliRunner().invoke(app, [stage, "--run", str(folder / "run"), "--config", str(file)])
        assert result.exit_code == 0, f"{stage}: {result.output}"
    return folder / "run"


def test_every_stage_writes_its_output(finished: Path) -> None:
    for name in (
        "corpus/card.md",
        "wide.npz",
        "tokenizer.json",
        "pretrained.pt",
        "finetuned.pt",
        "deep.npz",
        "calibration.json",
        "bundle/gradient.onnx",
        "evaluation/report.html",
        "mlflow.db",
    ):
        assert (finished / name).stat().st_size > 0, name


def test_stages_that_train_or_measure_keep_their_figures_in_mlflow(finished: Path) -> None:
    connection = sqlite3.connect(finished / "mlflow.db")
    try:
        found = connection.execute(
            "select runs.name, key, step from metrics join runs on runs.run_uuid = metrics.run_uuid"
        ).fetchall()
    finally:
        connection.close()
    steps: dict[tuple[str, str], set[int]] = {}
    for stage, key, step in found:
        steps.setdefault((stage, key), set()).add(step)
    for name in ("train/loss", "train/accuracy", "validation/loss", "validation/accuracy"):
        assert steps["wide", name] == {1, 2, 3}, "two views and their sum"
    for stage in ("wide", "finetune", "export", "evaluate"):
        for name in ("accuracy", "precision", "recall", "f1", "auroc", "expected_calibration_error"):
            assert (stage, f"test/{name}") in steps
    assert ("export", "verdicts/true_positive_rate/share") in steps
    pictures = [path.parent.name for path in finished.rglob("reliability.png")]
    assert len(pictures) >= 4


def test_final_bundle_judges_code(finished: Path) -> None:
    code = llm_function(random.Random(5), "process_orders")
    verdict = Analyzer.load(finished / "bundle").score(code, "python")
    assert verdict.logit is not None
    assert verdict.logit > 0
    assert verdict.deep != 0.0


def test_report_describes_this_bundle(finished: Path) -> None:
    report = json.loads((finished / "evaluation" / "report.json").read_text())
    assert report["subject"]["model"].startswith("smoke")
    assert report["neutral"]["holds"] is True
    page = (finished / "evaluation" / "report.html").read_text()
    assert "Functions in their files" in page


def test_bundle_judges_functions_in_the_context_of_their_file(finished: Path) -> None:
    generator = random.Random(6)
    text = "\n\n".join(llm_function(generator, f"process_{noun}") for noun in ("orders", "users", "events"))
    for function in Analyzer.load(finished / "bundle").analyze(Document(text, "python")).functions:
        assert function.verdict.neighbours == 2
        assert function.verdict.file_evidence is not None
        assert function.verdict.file_evidence > 0


def test_stage_run_too_early_names_the_one_to_run_first(tmp_path: Path) -> None:
    result = CliRunner().invoke(app, ["finetune", "--run", str(tmp_path / "run")])
    assert result.exit_code == 2
    assert "run `python -m codeorigin_training corpus` first" in result.stderr
    assert result.stderr.count("\n") == 1
