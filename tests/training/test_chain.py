"""A smoke test of the whole chain: every command in turn on a made-up corpus, each finding what it needs."""

import json
import random
import shutil
import sqlite3
from pathlib import Path

import pytest
from typer.testing import CliRunner

from codeorigin.analysis.analyzer import Analyzer
from codeorigin.errors import CodeOriginError
from codeorigin.functions.documents import Document
from codeorigin_training.__main__ import STAGES, app
from codeorigin_training.commands.recalibrate import RecalibrateConfig, recalibrate
from codeorigin_training.run import Run
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
    assert list(settings) == list(STAGES)
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


@pytest.fixture(scope="module")
def refining(finished: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The folder of a copy of that run whose last stages are configured for a deep part that refines."""
    run = tmp_path_factory.mktemp("refining") / "run"
    shutil.copytree(finished, run, ignore=shutil.ignore_patterns("mlflow*", "evaluation"))
    settings = smoke(finished)
    settings["calibrate"]["refine"] = True
    for stage in ("calibrate", "export", "card"):
        file = run.parent / f"{stage}.json"
        file.write_text(json.dumps(settings[stage]))
        result = CliRunner().invoke(app, [stage, "--run", str(run), "--config", str(file), "--no-track"])
        assert result.exit_code == 0, f"{stage}: {result.output}"
    return run


def test_chain_can_produce_a_bundle_that_refines(refining: Path) -> None:
    analyzer = Analyzer.load(refining / "bundle")
    assert analyzer.refines
    generator = random.Random(7)
    text = "\n\n".join(llm_function(generator, f"process_{noun}") for noun in ("orders", "users"))
    first = analyzer.analyze(Document(text, "python"))
    both = analyzer.refine(text, first)
    calibration = analyzer.bundle.calibration
    assert calibration.refined is not None
    for before, after in zip(first.functions, both.functions, strict=True):
        assert before.verdict.awaits_deep
        assert after.verdict.deep not in {None, 0.0}
        assert after.verdict.logit == pytest.approx(before.verdict.unrefined_logit + after.verdict.deep)
        # Both have neighbours, so the scale for refined functions in their file is used.
        scale = calibration.refined.in_file or calibration.refined.alone
        evidence = after.verdict.file_evidence or 0.0
        assert after.verdict.probability == pytest.approx(scale.probability(after.verdict.logit + evidence))
        explained = analyzer.explain(text, before.span)
        assert explained.logit == pytest.approx(after.verdict.logit, abs=1e-4)


def test_refining_bundle_promises_and_measures_both_steps(finished: Path, refining: Path) -> None:
    one, two = (
        json.loads((folder / "bundle" / "manifest.json").read_text()) for folder in (finished, refining)
    )
    assert "refined" not in one["calibration"]
    refined = two["calibration"]["refined"]
    assert refined["alone"]["false_positive_rate"] == 0.1
    assert refined["alone"]["default"] != two["calibration"]["default"]
    assert two["metrics"]["verdicts"] != one["metrics"]["verdicts"]
    assert two["metrics"]["parts"] == one["metrics"]["parts"]
    assert {"wide.onnx", "score.onnx", "gradient.onnx"} <= set(two["files"])
    assert max(two["parity"].values()) < 1e-3
    card = (refining / "bundle" / "README.md").read_text()
    assert "The two logits are added." in card
    assert "The two logits are added." in (finished / "bundle" / "README.md").read_text()


def test_refining_bundle_is_not_recalibrated_from_its_wide_part(refining: Path) -> None:
    config = RecalibrateConfig(refining / "bundle", refining / "corpus", "2.0.0")
    with pytest.raises(CodeOriginError, match="its deep part refines"):
        recalibrate(config, Run(refining), print)


def test_stage_run_too_early_names_the_one_to_run_first(tmp_path: Path) -> None:
    result = CliRunner().invoke(app, ["finetune", "--run", str(tmp_path / "run")])
    assert result.exit_code == 2
    assert "run `python -m codeorigin_training corpus` first" in result.stderr
    assert result.stderr.count("\n") == 1
