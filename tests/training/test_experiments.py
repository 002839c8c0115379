"""Trials: each has a file, the page is made of the files, and two commands measure what becomes one."""

import json
import shutil
from pathlib import Path
from typing import Any

import pytest
from typer.testing import CliRunner

from codeorigin.analysis.analyzer import Analyzer
from codeorigin.model.folder import sealed
from codeorigin_training.cli import app
from codeorigin_training.data.rows import read_functions
from codeorigin_training.data.seen import SeenProjects
from codeorigin_training.experiments.declared import Fewest, keep_judged, keep_known
from codeorigin_training.experiments.declared_figures import by_key, declared_figures
from codeorigin_training.experiments.joined import joined_figures
from codeorigin_training.experiments.trials import ExperimentError, newest, page, read_trials
from codeorigin_training.metrics.table import Estimate
from codeorigin_training.report.section import Section
from codeorigin_training.run import Run
from codeorigin_training.studies.frame import write_study
from codeorigin_training.studies.heads.retriever import HeadsConfig
from support.corpus_maker import write_corpus
from support.declared_records import PERSON, SESSION, add_note, git_ai_note
from support.repositories import DECLARED, Repository, plain_functions

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
    assert (trial.command, trial.commit, trial.data) == ("build", "c0ffee", "d1")
    assert trial.settings["corpus"]["settings"]["seed"] == 7
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
    figures = (
        Estimate(0.5, 0.4, 0.7).named("retriever", "", "AUROC"),
        Estimate(3.0).named("heads", "", "count"),
    )
    write_study(run, "heads", (Section("Heads", "?", (), (), figures=figures),))
    run.keep_settings("study heads", HeadsConfig(encoder=Path("/somewhere/codebert"), epochs=1))
    assert record(run, tmp_path, "small", "study=heads") == ""
    trial = read_trials(tmp_path / "experiments")["small"]
    assert trial.command == "study heads"
    assert trial.figures == {"table": [figure.to_row() for figure in figures]}
    assert trial.settings["study heads"]["settings"]["encoder"] == "codebert"
    assert list(trial.settings) == ["study heads"]


def test_failed_recording_is_one_line_and_changes_nothing(run: Run, tmp_path: Path) -> None:
    assert "title: String should match" in record(run, tmp_path, " ")
    assert "kind: Input should be 'kept'" in record(run, tmp_path, "words", "kind=liked")
    assert record(run, tmp_path, "words") == ""
    before = (tmp_path / "EXPERIMENTS.md").read_text()
    assert "choose another" in record(run, tmp_path, "Words", "lesson=Other.")
    (run.bundle / "manifest.json").write_text("{}")
    assert "has no settings and figures of export; run it again" in record(run, tmp_path, "more")
    assert (tmp_path / "EXPERIMENTS.md").read_text() == before
    (tmp_path / "experiments" / "broken.json").write_text("{}")
    with pytest.raises(ExperimentError, match="no trial is called lockbox-"):
        newest({}, "lockbox-")
    with pytest.raises(ExperimentError, match=r"broken\.json: not a trial"):
        read_trials(tmp_path / "experiments")


def test_only_functions_count_whose_lines_are_all_recorded_as_an_agents(
    tmp_path: Path, tiny_model_dir: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    made = Repository(tmp_path / "ann+kit")
    made.commit({"old.py": plain_functions("one")}, date="2019-05-01")
    made.commit({"lines.py": plain_functions("five", "six", "seven", number=4)}, date="2026-01-01")
    # The third function has a line that the note leaves out.
    add_note(made, git_ai_note({"lines.py": {f"{SESSION}::t_1": "1-6,17-21", PERSON: "9-14"}}))
    made.commit({"person.py": plain_functions("moved", number=8)}, date="2026-01-01")
    # The agent wrote one function and moved another.
    whole = plain_functions("eight", number=5) + "\n\n" + plain_functions("moved", number=8)
    made.commit({"whole.py": whole, "person.py": "# Empty.\n"}, date="2026-01-02", message=DECLARED)
    made.commit(
        {"helped.py": plain_functions("nine")},
        date="2026-01-03",
        message="x\n\nAssisted-by: Claude <noreply@anthropic.com>",
    )
    Repository(tmp_path / "ann+empty")
    (tmp_path / "no-repository").mkdir()
    results = tmp_path / "results"
    results.mkdir()
    keep_known(tmp_path, results)
    # What cannot be read is said in one line.
    said = capsys.readouterr().err
    assert said.count("\n") == 1
    assert said.startswith("ann/empty: is left out: ")
    assert "no commits yet" in said
    known = json.loads((results / "ann+kit.known.json").read_text())
    commits = [made.git("rev-parse", commit) for commit in ("HEAD~4", "HEAD~3", "HEAD~1")]
    assert sorted((row["by"], row["tool"], row["model"], row["commit"]) for row in known["functions"]) == [
        ("agent", "claude", None, commits[2]), ("agent", "codex", "gpt-5.5", commits[1]),
        ("old", None, None, commits[0]),
    ]  # fmt: skip
    # A repository with so few functions is not counted.
    assert keep_judged(tmp_path, results, Analyzer.load(tiny_model_dir)) == []
    (project,) = keep_judged(tmp_path, results, Analyzer.load(tiny_model_dir), Fewest(agents=2, people=1))
    assert (project["repository"], project["head"]) == ("ann/kit", made.git("rev-parse", "HEAD"))
    for row in project["functions"]:
        assert {"by_text", "in_file", "in_file_and_past", "in_file_and_records"} <= set(row["readings"])
        assert {band for band, _ in row["readings"].values()} <= {"llm", "unsure", "human"}
    figures = declared_figures([project])
    assert figures["repositories"] == {"ann/kit": project["head"]}
    assert figures["functions"] == {"agent": 2, "old": 1}
    shares = {
        (row["population"], row["statistic"]): row["value"]
        for row in figures["table"]
        if row["context"] == "in_file" and row["language"] == "all"
    }
    called = [shares["all agents", band] for band in ("called llm", "unsure", "called human")]
    assert sum(called) == pytest.approx(1)
    # What is kept is not read again.
    (results / "ann+kit.judged.json").write_text(json.dumps({"kept": True}))
    assert keep_judged(tmp_path, results, Analyzer.load(tiny_model_dir)) == [{"kept": True}]


def function(tool: str, commit: str, band: str, **more: Any) -> dict[str, Any]:
    readings = {"by_text": ["unsure", 0.0], "in_file": [band, 1.0]}
    return {"by": "agent", "tool": tool, "model": "m", "commit": commit, "readings": readings} | more


def test_rows_have_shares_with_intervals_over_commits() -> None:
    ones = [function("x", "1", "llm", repository="a") for _ in range(3)]
    others = [function("x", "1", "human", repository="b"), function("x", "2", "unsure", repository="b")]
    figures = by_key([*ones, *others, function("y", "1", "llm", repository="a")], "tool", 2)
    found = {(figure.population, figure.context, figure.statistic): figure for figure in figures}
    commits = found["written by x", "", "commits"]
    assert (commits.value, commits.n, commits.repositories) == (3.0, 5, 2)
    called, human = (found["written by x", "in_file", f"called {band}"] for band in ("llm", "human"))
    assert (called.value, human.value) == (0.6, 0.2)
    assert found["written by x", "by_text", "called llm"].high == 0.0
    # All of one commit are drawn together: more than a twentieth of the samples lack it.
    assert called.low == 0.0
    assert called.high is not None
    assert called.high > 0.6
    # A name that no record tells has no row.
    unnamed = [function("x", "1", "llm", repository="a", model=None)] * 9
    assert list(by_key(unnamed, "model", 2)) == []


def test_only_repositories_that_the_bundle_has_not_seen_are_measured(
    tiny_model_dir: Path, tmp_path: Path
) -> None:
    data = write_corpus(tmp_path / "data", repositories=8, functions=6, per_file=2)
    rows = read_functions(data)
    new = sorted({row.project for row in rows})[:3]
    bundle = tmp_path / "bundle"
    shutil.copytree(tiny_model_dir, bundle)
    manifest = json.loads((bundle / "manifest.json").read_text(encoding="utf-8"))
    manifest["data"] |= {"seen": SeenProjects.of({row.repo for row in rows} - set(new)).to_manifest()}
    (bundle / "manifest.json").write_text(sealed(manifest), encoding="utf-8")
    found = joined_figures(bundle, data)
    assert found["functions"] == sum(row.project in new for row in rows)
    assert found["repositories"] == len(new)
    table = found["table"]
    assert isinstance(table, list)
    assert {row["statistic"] for row in table} >= {"called llm", "called human", "unsure"}
    assert max(row.get("repositories", 0) for row in table) <= len(new)
