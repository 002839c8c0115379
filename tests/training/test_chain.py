"""The whole chain on a made-up corpus: every command in turn, each finding what it needs, and ``build``."""

import json
from pathlib import Path

import numpy as np
import pytest
from pydantic import TypeAdapter
from typer.testing import CliRunner

from codeorigin.analysis.analyzer import Analyzer
from codeorigin.core.errors import CodeOriginError
from codeorigin_training.build import BuildConfig, build
from codeorigin_training.cli import app
from codeorigin_training.data.rows import read_functions
from codeorigin_training.data.splits import is_held_out
from codeorigin_training.metrics.rankings import Bootstrap, era_figures
from codeorigin_training.metrics.table import AGENTS, MODERN, PAIRS, Table
from codeorigin_training.pipeline import STAGES
from codeorigin_training.run import Run
from support.corpus_maker import write_corpus

ENCODER = {"dim": 16, "layers": 1, "heads": 2, "feedforward": 16, "context": 64}
VIEWS = [
    {"kind": "words", "min_order": 1, "max_order": 2, "width": 4096, "norm_power": 0.5},
    {"kind": "characters", "min_order": 2, "max_order": 3, "width": 4096, "norm_power": 0.5},
]


WIDE = {"views": [{"view": view, "strength": 4.0} for view in VIEWS], "folds": 2, "processes": 1}


def smoke(data: Path) -> dict[str, dict[str, object]]:
    """Settings of every stage."""
    return {
        "corpus": {"data": str(data)},
        "wide": WIDE | {"all_repositories": False},
        "tokenizer": {"vocab_size": 400},
        "pretrain": {"encoder": ENCODER, "steps": 4, "batch": 4, "context": 64},
        "finetune": {
            "encoder": ENCODER,
            "phases": [{"epochs": 1, "batch": 128, "learning_rate": 0.002}],
            "context": 64,
            "folds": 2,
            "overlap": 16,
            "processes": 1,
        },
        # The encoder is not exported, which takes longer than everything else; that of the classic recipe is.
        "calibrate": {"llm_rate": 0.1},
        "export": {
            "name": "smoke",
            "views": VIEWS,
            "overlap": 16,
            "processes": 1,
            "rounds": 20,
            "baselines": True,
        },
        "evaluate": {
            "comment_functions": 10,
            "control_functions": 100,
            "rounds": 5,
            "train_per_repository": 4,
            "faithfulness_functions": 3,
            "processes": 1,
        },
        "card": {},
    }


def whole(data: Path) -> BuildConfig:
    """The same settings for a build."""
    stages = smoke(data)
    settings = {name: stages[name] for name in ("wide", "calibrate", "export")}
    return TypeAdapter(BuildConfig).validate_json(json.dumps(settings))


@pytest.fixture(scope="module")
def finished(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The folder of a run in which every stage has finished."""
    folder = tmp_path_factory.mktemp("chain")
    settings = smoke(write_corpus(folder / "data", repositories=60, per_file=3))
    assert list(settings) == list(STAGES)
    for stage, values in settings.items():
        file = folder / f"{stage}.json"
        file.write_text(json.dumps(values))
        result = CliRunner().invoke(app, [stage, "--run", str(folder / "run"), "--config", str(file)])
        assert result.exit_code == 0, f"{stage}: {result.output}"
    return folder / "run"


def test_a_second_run_of_every_stage_makes_nothing_again(finished: Path) -> None:
    again: list[str] = []
    for stage in STAGES:
        settings = ["--config", str(finished.parent / f"{stage}.json")]
        result = CliRunner().invoke(app, [stage, "--run", str(finished), *settings])
        again += [line for line in result.output.splitlines() if "taken from" in line]
    made = {line.partition(":")[0] for line in again}
    assert {"corpus", "wide", "tokenizer", "pretrain", "finetune", "export"} < made
    assert {name for name in made if "fold" in name} == {"finetune, fold-0", "finetune, fold-1"}
    assert len([name for name in made if name.startswith("evaluation, ")]) == 3


@pytest.mark.parametrize(
    ("stage", "first"),
    [
        *((stage, "corpus") for stage in ("wide", "tokenizer", "pretrain", "finetune")),
        *(("calibrate", "corpus"), ("export", "calibrate"), ("evaluate", "export"), ("card", "export")),
    ],
)
def test_stage_run_too_early_names_the_one_to_run_first(stage: str, first: str, tmp_path: Path) -> None:
    result = CliRunner().invoke(app, [stage, "--run", str(tmp_path / "run"), "--no-track"])
    assert result.exit_code == 2
    assert f"run `python -m codeorigin_training {first}` first" in result.stderr
    assert result.stderr.count("\n") == 1


def test_an_agent_is_measured_with_and_without_its_code(finished: Path) -> None:
    settings = finished.parent / "unseen.json"
    settings.write_text(json.dumps({"agents": ["helper", "nobody"], "wide": WIDE}))
    result = CliRunner().invoke(app, ["unseen_agents", "--run", str(finished), "--config", str(settings)])
    assert "nobody: no code of it" in result.output
    table = Table(json.loads((finished / "unseen_agents.json").read_text()))
    helper, unseen = (table.get("by helper", f"trained {how} it", "auroc") for how in ("with", "without"))
    assert helper.n == unseen.n
    assert helper.value != unseen.value


def test_manifest_has_all_kinds_of_figures(finished: Path) -> None:
    manifest = json.loads((finished / "bundle" / "manifest.json").read_text())
    metrics = manifest["metrics"]
    held_out, out_of_fold = (Table(metrics[side]) for side in ("held_out", "out_of_fold"))
    for detector in ("by_text", "in_file", "word_bigrams", "character_ngrams"):
        assert (held_out.get(f"{AGENTS} against {MODERN}", detector, "auroc").value or 0.0) > 0.7
    assert (held_out.get(PAIRS, "by_text", "auroc").n or 0) > 0
    assert {"by robot", "by helper"} <= set(held_out.populations("auroc"))
    assert 0.5 < (out_of_fold.get("by helper", "by_text", "auroc").value or 0.0) <= 1
    assert held_out.get(MODERN, "by_text", "called llm").value is not None
    assert held_out.get("as many LLM as human functions", "by_text", "calibration error").value is not None
    assert manifest["data"]["held_out_repositories"] > 0
    assert manifest["baseline_logit"] == 0.0


def test_held_out_figures_match_the_shipped_files(finished: Path) -> None:
    """Scores of the loaded bundle on held-out rows give the AUROC that the manifest states."""
    corpus = finished / "corpus"
    rows = [row for row in read_functions(corpus) if is_held_out(row.repo)]
    analyzer = Analyzer.load(finished / "bundle")
    logits = [analyzer.score(row.code, row.language).logit for row in rows]
    assert None not in logits
    stated = json.loads((finished / "bundle" / "manifest.json").read_text())["metrics"]["held_out"]
    figures = era_figures(rows, np.array(logits, dtype=np.float64), "by_text", Bootstrap(rounds=0))
    for figure in figures:
        same = Table(stated).get(figure.population, "by_text", figure.statistic)
        assert figure.value == pytest.approx(same.value, abs=1e-3)


def test_build_resumes_from_finished_stages_and_keeps_other_files(finished: Path, tmp_path: Path) -> None:
    data, out, lines = finished.parent / "data", tmp_path / "out", list[str]()
    out.mkdir()
    (out / "CHANGELOG.md").write_text("kept")
    (out / "gradient.onnx").write_bytes(b"of an earlier bundle")
    build(data, out, whole(data), Run(finished, log=lines.append))
    assert not any("extracted" in line for line in lines)
    assert (finished / "bundle" / "manifest.json").read_bytes() == (out / "manifest.json").read_bytes()
    assert (out / "CHANGELOG.md").read_text() == "kept"
    made = ["CHANGELOG.md", "README.md", "manifest.json", "ngrams.npz"]
    assert sorted(path.name for path in out.iterdir()) == made


def test_too_small_a_corpus_is_refused_before_anything_is_written(tmp_path: Path) -> None:
    data = write_corpus(tmp_path / "data", repositories=8)
    with pytest.raises(CodeOriginError, match="repositories"):
        build(data, tmp_path / "out", whole(data), Run(tmp_path / "run"))
    assert not (tmp_path / "out").exists()


def test_bundle_stays_in_the_run_unless_it_is_sent_elsewhere(
    finished: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A build must not replace the bundle that ships because somebody forgot an option."""
    monkeypatch.chdir(tmp_path)
    data, lines = finished.parent / "data", list[str]()
    build(data, None, whole(data), Run(finished, log=lines.append))
    assert lines[-1].endswith(f"wrote {finished / 'bundle'}")
    assert list(tmp_path.iterdir()) == []
