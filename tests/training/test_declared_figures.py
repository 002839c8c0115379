"""Figures by tool and model of the functions that records say an agent wrote."""

from pathlib import Path
from typing import Any

import pytest

from codeorigin.analysis.analyzer import Analyzer
from codeorigin_training.experiments.declared import agent_functions, by_key, declared_figures
from support.declared_records import PERSON, SESSION, add_note, git_ai_note
from support.repositories import DECLARED, Repository, plain_functions


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
    found = list(agent_functions(tmp_path, Analyzer.load(tiny_model_dir)))
    commits = [made.git("rev-parse", commit) for commit in ("HEAD~3", "HEAD~1")]
    assert sorted((row["tool"], row["model"], row["commit"], row["repository"]) for row in found) == [
        ("claude", None, commits[1], "ann/kit"), ("codex", "gpt-5.5", commits[0], "ann/kit")
    ]  # fmt: skip
    assert {row[way] for row in found for way in ("by_text", "in_file")} <= {"llm", "unsure", "human"}
    # What cannot be read is said in one line.
    said = capsys.readouterr().err
    assert (said.count("\n"), said.startswith("ann/empty: is left out: "), "no commits yet" in said) == (
        1,
        True,
        True,
    )
    figures = declared_figures(found)
    assert (figures["functions"], figures["repositories"], figures["table"]) == (2, ["ann/kit"], [])


def function(tool: str, commit: str, band: str, **more: Any) -> dict[str, Any]:
    return {"tool": tool, "model": "m", "commit": commit, "by_text": "unsure", "in_file": band} | more


def test_rows_have_shares_with_intervals_over_commits() -> None:
    ones = [function("x", "1", "llm", repository="a") for _ in range(3)]
    others = [function("x", "1", "human", repository="b"), function("x", "2", "unsure", repository="b")]
    figures = by_key([*ones, *others, function("y", "1", "llm", repository="a")], "tool", 2)
    found = {(figure.population, figure.context, figure.statistic): figure for figure in figures}
    commits = found["by x", "", "commits"]
    assert (commits.value, commits.n, commits.repositories) == (3.0, 5, 2)
    called, human = (found["by x", "in_file", f"called {band}"] for band in ("llm", "human"))
    assert (called.value, human.value) == (0.6, 0.2)
    assert found["by x", "by_text", "called llm"].high == 0.0
    # All of one commit are drawn together: more than a twentieth of the samples lack it.
    assert called.low == 0.0
    assert called.high is not None
    assert called.high > 0.6
    # A name that no record tells has no row.
    unnamed = [function("x", "1", "llm", repository="a", model=None)] * 9
    assert list(by_key(unnamed, "model", 2)) == []
