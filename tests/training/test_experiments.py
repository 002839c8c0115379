"""Every trial has a file with its settings and figures, and the page is made from the files."""

import json
from pathlib import Path

import pytest
from typer.testing import CliRunner

from codeorigin_training.cli import app
from codeorigin_training.experiments.trials import ExperimentError, newest, page, read_trials
from codeorigin_training.metrics.table import Estimate
from codeorigin_training.report.section import Section
from codeorigin_training.run import Run, keep_settings
from codeorigin_training.studies.frame import write_study
from codeorigin_training.studies.heads.retriever import HeadsConfig

TRAINING = Path(__file__).parents[2] / "training"
OUT_OF_FOLD = [Estimate(0.86, 0.8, 0.9).named("all agents", "by_text", "auroc").to_row()]


def test_page_is_made_from_the_trials() -> None:
    text = (TRAINING / "EXPERIMENTS.md").read_text(encoding="utf-8")
    trials = read_trials(TRAINING / "experiments")
    assert page(trials) == text
    for name, trial in trials.items():
        assert trial.lessons, name
        assert trial.figures or trial.tables or trial.notes, name


@pytest.fixture
def run(tmp_path: Path) -> Run:
    made = Run(tmp_path / "run")
    made.bundle.mkdir(parents=True)
    settings = {
        "build": {"settings": {"name": "shipped"}},
        "corpus": {"settings": {"seed": 7, "data": "/somewhere/data"}},
        "export": {"settings": {"name": "x"}, "git_commit": "c0ffee"},
    }
    made.settings.write_text(json.dumps(settings))
    manifest = {"data": {"sha256": "d1"}, "metrics": {"held_out": [{"seen": 1}], "out_of_fold": OUT_OF_FOLD}}
    (made.bundle / "manifest.json").write_text(json.dumps(manifest))
    return made


def record(run: Run, training: Path, title: str, *more: str) -> str:
    wanted = {"lesson": "It gains .01.", "kind": "kept", "model": "0.7.0"}
    wanted |= dict(each.split("=", 1) for each in more)
    wanted |= {"title": title, "training": str(training)}
    options = [part for name, value in wanted.items() for part in ("--set", f"{name}={value}")]
    result = CliRunner().invoke(app, ["record", "--run", str(run.folder), *options])
    return result.stderr if result.exit_code else ""


def test_run_becomes_a_file_and_a_sentence_of_the_page(run: Run, tmp_path: Path) -> None:
    assert record(run, tmp_path, "Words 1-3", "why=Are three better than two?") == ""
    assert (
        record(run, tmp_path, "Words 1-4", "kind=rejected", "lesson=They gain nothing.", "model=0.6.4") == ""
    )
    trials = read_trials(tmp_path / "experiments")
    assert list(trials) == ["words-1-4", "words-1-3"]
    trial = trials["words-1-3"]
    assert (trial.command, trial.commit, trial.data, trial.seed) == (
        "build --recipe shipped",
        "c0ffee",
        "d1",
        7,
    )
    # What is chosen by held-out figures is no longer held out.
    assert trial.figures == {"table": OUT_OF_FOLD}
    assert trial.settings["corpus"]["settings"]["data"] == "data"
    assert [(lesson.kind, lesson.text) for lesson in trial.lessons] == [("kept", "It gains .01.")]
    text = (tmp_path / "EXPERIMENTS.md").read_text()
    assert "## What is in the product\n\n- It gains .01. [words-1-3](experiments/words-1-3.json)\n" in text
    assert "## Not again without a new idea\n\n- They gain nothing. [words-1-4]" in text
    assert "Open questions" not in text


def test_study_becomes_a_file_of_its_figures(run: Run, tmp_path: Path) -> None:
    assert "study heads" in record(run, tmp_path, "small", "study=heads")
    figures = (Estimate(0.5, 0.4, 0.7).named("retriever", "", "AUROC"), Estimate(3.0).named("heads", "", "count"))
    write_study(run, "heads", (Section("Heads", "?", (), (), figures=figures),))
    keep_settings(run, "study heads", HeadsConfig(encoder=Path("/somewhere/codebert"), epochs=1))
    assert record(run, tmp_path, "small", "study=heads") == ""
    trial = read_trials(tmp_path / "experiments")["small"]
    assert trial.command == "study heads"
    assert trial.figures == {"table": [figure.to_row() for figure in figures]}
    assert trial.settings["study heads"]["settings"]["encoder"] == "codebert"
    assert list(trial.settings) == ["study heads"]


def test_failed_recording_is_one_line_and_changes_nothing(run: Run, tmp_path: Path) -> None:
    assert "must not be empty" in record(run, tmp_path, " ")
    assert "kind: Input should be 'kept'" in record(run, tmp_path, "words", "kind=liked")
    assert record(run, tmp_path, "words") == ""
    before = (tmp_path / "EXPERIMENTS.md").read_text()
    assert "choose another" in record(run, tmp_path, "Words", "lesson=Other.")
    (run.bundle / "manifest.json").write_text("{}")
    assert "has no figures out of fold; export it again" in record(run, tmp_path, "more")
    assert (tmp_path / "EXPERIMENTS.md").read_text() == before
    (tmp_path / "experiments" / "broken.json").write_text("{}")
    with pytest.raises(ExperimentError, match="no trial is called lockbox-"):
        newest({}, "lockbox-")
    with pytest.raises(ExperimentError, match=r"broken\.json: not a trial"):
        read_trials(tmp_path / "experiments")
