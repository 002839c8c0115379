"""Every trial has its settings and its line, and the tables are made from them."""

import json
from pathlib import Path

import pytest
from typer.testing import CliRunner

from codeorigin.errors import CodeOriginError
from codeorigin_training.__main__ import app
from codeorigin_training.experiments import BEGIN, END, ExperimentError, read_trials, refreshed
from codeorigin_training.run import Run
from codeorigin_training.studies.heads.config import HeadsConfig
from codeorigin_training.studies.page import write_study
from codeorigin_training.studies.section import Figure, Section
from codeorigin_training.tracking import keep_settings

TRAINING = Path(__file__).parents[2] / "training"
FIGURES = {
    "old_human": {"auroc": 0.86, "tpr_at_1_fpr": 0.304},
    "modern_human": {"auroc": 0.826, "tpr_at_1_fpr": None},
    "same_repository": {"mean_auroc": None},
    "pairs": {"auroc": 0.863},
    "written_pairs": {"auroc": 0.804},
}


def test_project_tables_match_its_results() -> None:
    page = (TRAINING / "EXPERIMENTS.md").read_text(encoding="utf-8")
    trials = read_trials(TRAINING / "results.jsonl")
    assert refreshed(page, trials) == page
    for trial in trials:
        assert json.loads((TRAINING / trial.settings).read_text(encoding="utf-8"))


@pytest.fixture
def run(tmp_path: Path) -> Run:
    made = Run(tmp_path / "run")
    made.bundle.mkdir(parents=True)
    made.settings.write_text(json.dumps({"export": {"settings": {"name": "x"}, "git_commit": "c0ffee"}}))
    (made.bundle / "manifest.json").write_text(json.dumps({"metrics": {"held_out": FIGURES}}))
    (tmp_path / "EXPERIMENTS.md").write_text(f"# Experiments\n\n{BEGIN}\n\n{END}\n\nBelow.\n")
    (tmp_path / "results.jsonl").write_text('{"trial": "of earlier times"}\n')
    return made


def record(run: Run, tmp_path: Path, what: str, *more: str) -> str:
    wanted = [
        "experiment=Views",
        f"what={what}",
        f"page={tmp_path / 'EXPERIMENTS.md'}",
        f"results={tmp_path / 'results.jsonl'}",
        *more,
    ]
    options = [part for each in wanted for part in ("--set", each)]
    result = CliRunner().invoke(app, ["record", "--run", str(run.folder), *options])
    return result.stderr if result.exit_code else ""


def test_a_run_becomes_a_row_with_its_settings(run: Run, tmp_path: Path) -> None:
    assert record(run, tmp_path, "words 1-2", "why=the usual", "kept=yes") == ""
    assert record(run, tmp_path, "words 1-3") == ""
    page = (tmp_path / "EXPERIMENTS.md").read_text()
    row = (
        "| words 1-2 | the usual | 0.860 / 0.304 | 0.826 / – | – | 0.863; 0.804 | yes | "
        "[settings](experiments/views-words-1-2.json) |"
    )
    assert row in page
    assert page.count("### Views") == 1
    assert page.endswith(f"{END}\n\nBelow.\n")
    assert json.loads((tmp_path / "experiments" / "views-words-1-2.json").read_text())["export"]
    lines = (tmp_path / "results.jsonl").read_text().splitlines()
    assert len(lines) == 3
    assert json.loads(lines[1])["git_commit"] == "c0ffee"
    assert [trial.what for trial in read_trials(tmp_path / "results.jsonl")] == ["words 1-2", "words 1-3"]


def test_a_study_becomes_a_table_of_its_figures(run: Run, tmp_path: Path) -> None:
    assert "study heads" in record(run, tmp_path, "small", "study=heads")
    for number, what in enumerate(("small", "large")):
        sections = (
            Section(
                "Heads", "?", (), (),
                figures=(Figure("AUROC", 0.5 + number / 10, 0.4, 0.7), *([Figure("heads", 3.0)] * number)),
            ),
        )  # fmt: skip
        write_study(run, "heads", sections)
        keep_settings(run, "study heads", HeadsConfig(encoder=Path("/somewhere/codebert"), epochs=number + 1))
        assert record(run, tmp_path, what, "study=heads", "why=To see.") == ""
    page = (tmp_path / "EXPERIMENTS.md").read_text()
    for line in (
        "**small** ([settings](experiments/views-small.json)). To see.",
        "| figure | small | large |",
        "| AUROC | 0.500 (0.400-0.700) | 0.600 (0.400-0.700) |",
        "| heads | – | 3.000 |",
    ):
        assert line in page
    settings = json.loads((tmp_path / "experiments" / "views-large.json").read_text())
    assert list(settings) == ["study heads"]
    assert settings["study heads"]["settings"]["encoder"] == "codebert"
    assert settings["study heads"]["settings"]["epochs"] == 2
    (run.studies / "heads" / "study.json").write_text("{}")
    assert record(run, tmp_path, "broken", "study=heads").count("\n") == 1


def test_failed_recording_is_one_line_and_changes_nothing(run: Run, tmp_path: Path) -> None:
    assert "neither a bar nor a line end" in record(run, tmp_path, "a | b")
    (tmp_path / "EXPERIMENTS.md").write_text("no place for it")
    assert record(run, tmp_path, "words").count("\n") == 1
    assert (tmp_path / "results.jsonl").read_text().count("\n") == 1
    (run.bundle / "manifest.json").write_text("{}")
    assert "export it again" in record(run, tmp_path, "words")
    (tmp_path / "results.jsonl").write_text("{}\nbroken\n")
    with pytest.raises(ExperimentError, match=r"results\.jsonl:2: not a trial"):
        read_trials(tmp_path / "results.jsonl")
    assert issubclass(ExperimentError, CodeOriginError)
