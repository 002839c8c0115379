"""The whole chain on a made-up corpus: every command in turn, each finding what it needs, and ``build``."""

import json
import random
import sqlite3
from pathlib import Path

import numpy as np
import pytest
from pydantic import TypeAdapter
from typer.testing import CliRunner

from codeorigin.analysis.analyzer import Analyzer
from codeorigin.core.errors import CodeOriginError
from codeorigin.functions.documents import Document
from codeorigin.model.verdict import Band
from codeorigin_training.build import BuildConfig, build
from codeorigin_training.cli import app
from codeorigin_training.data.rows import read_functions
from codeorigin_training.data.splits import is_held_out
from codeorigin_training.metrics.rankings import Bootstrap, era_figures
from codeorigin_training.metrics.table import AGENTS, MODERN, OLD, PAIRS, Table
from codeorigin_training.pipeline import STAGES
from codeorigin_training.run import Run
from support.corpus_maker import llm_function, write_corpus

CHATTY = '''def process_records(records: list[dict]) -> list[dict]:
    """Process every record and return the result."""
    if not records:
        raise ValueError("records must not be empty: no record found")
    # Step 1: process the record
    record_results = []
    for record in records:
        record_results.append(record.get("value", 0))
    logger.info("Successfully processed %d records", len(record_results))
    return record_results
'''

TERSE = """def pick(xs, n=3):
    r = []
    for x in xs:
        if x.order > n: r.append(x.order)
    n += len(r) # merge
    n += len(r) # load
    n += len(r) # find
    return r
"""

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
        "unseen_agents": {"agents": ["helper", "nobody"], "wide": WIDE},
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
            "perturbed_functions": 10,
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


def test_every_stage_writes_its_output(finished: Path) -> None:
    for name in (
        "corpus/card.md",
        "wide.npz",
        "tokenizer.json",
        "pretrained.pt",
        "finetuned.pt",
        "deep.npz",
        "calibration.json",
        "bundle/ngrams.npz",
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
    assert ("export", f"{AGENTS} against {MODERN}/by_text/auroc") in steps


def test_report_describes_this_bundle(finished: Path) -> None:
    report = json.loads((finished / "evaluation" / "report.json").read_text())
    assert report["subject"]["model"].startswith("smoke")
    assert report["sections"]["faithfulness"]["tables"]
    page = (finished / "evaluation" / "report.html").read_text()
    assert "What to expect" in page


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


def test_bundle_loads_and_separates_the_classes(finished: Path) -> None:
    analyzer = Analyzer.load(finished / "bundle")
    verdict = analyzer.score(CHATTY, "python")
    assert verdict.band is not Band.HUMAN
    assert verdict.probability is not None
    assert verdict.probability > 0.5
    terse = analyzer.score(TERSE, "python").probability
    assert terse is not None
    assert terse < 0.5


def test_manifest_has_all_kinds_of_figures(finished: Path) -> None:
    manifest = json.loads((finished / "bundle" / "manifest.json").read_text())
    metrics = manifest["metrics"]
    held_out, out_of_fold = (Table(metrics[side]) for side in ("held_out", "out_of_fold"))
    for detector in ("by_text", "in_file", "word_bigrams", "character_ngrams"):
        assert (held_out.get(f"{AGENTS} against {MODERN}", detector, "auroc").value or 0.0) > 0.7
    assert (held_out.get(PAIRS, "by_text", "auroc").n or 0) > 0
    assert {"by robot", "by helper"} <= set(held_out.populations("auroc"))
    assert 0.5 < (out_of_fold.get("by helper", "by_text", "auroc").value or 0.0) <= 1
    helper, unseen = (
        out_of_fold.get("by helper", f"trained {how} it", "auroc") for how in ("with", "without")
    )
    assert helper.n == unseen.n
    assert helper.value != unseen.value
    assert held_out.get(MODERN, "by_text", "called llm").value is not None
    assert held_out.get("as many LLM as human functions", "by_text", "calibration error").value is not None
    assert manifest["data"]["held_out_repositories"] > 0
    assert manifest["baseline_logit"] == 0.0


def test_the_card_shows_the_measured_figures(finished: Path) -> None:
    card = (finished / "bundle" / "README.md").read_text()
    manifest = json.loads((finished / "bundle" / "manifest.json").read_text())
    held_out = Table(manifest["metrics"]["held_out"])
    assert f"{held_out.get(f'{AGENTS} against {OLD}', 'by_text', 'auroc').value:.3f}" in card
    assert "word bigrams" in card
    assert "does not prove who wrote" in card


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


def test_the_command_says_in_one_line_what_is_missing(tmp_path: Path) -> None:
    result = CliRunner().invoke(app, ["build", "--data", str(tmp_path), "--run", str(tmp_path / "run")])
    assert result.exit_code == 2
    assert result.stderr.startswith("error: ")
    assert result.stderr.count("\n") == 1


def test_bundle_stays_in_the_run_unless_it_is_sent_elsewhere(
    finished: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A build must not replace the bundle that ships because somebody forgot an option."""
    monkeypatch.chdir(tmp_path)
    data, lines = finished.parent / "data", list[str]()
    build(data, None, whole(data), Run(finished, log=lines.append))
    assert lines[-1].endswith(f"wrote {finished / 'bundle'}")
    assert list(tmp_path.iterdir()) == []
