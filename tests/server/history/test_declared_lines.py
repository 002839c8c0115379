"""The declared share over time beside the estimated one, and where the two disagree."""

import json
import re
from dataclasses import asdict
from pathlib import Path
from typing import Any

import jsonschema
import pytest

from codeorigin.history.formats.charts import declared_chart
from codeorigin.history.results import DeclaredCounts, declared_lines
from codeorigin.history.totals import Share
from codeorigin.model.verdict import Band
from codeorigin.records.record import Record, RecordSource, Strength, WrittenBy
from support.command import run
from support.declared_records import PERSON, SESSION, add_note, git_ai_note
from support.histories import History, Judge
from support.repositories import DECLARED, Repository, plain_functions
from support.schemas import load_schema

EXAMPLES = Path(__file__).parents[3] / "examples"
TERSE, ASSISTANT = ((EXAMPLES / name).read_text() for name in ("terse_style.py", "assistant_style.go"))
HELPED = "Add d\n\nAssisted-by: claude-opus-4-8\n"


def test_lines_are_counted_by_the_strength_of_their_record() -> None:
    lines = Record(RecordSource.GIT_AI, WrittenBy.AGENT, Strength.LINES, "codex")
    stale = Record(RecordSource.AGENT_TRACE, WrittenBy.AGENT, Strength.LINES, is_stale=True)
    trailer = Record(RecordSource.TRAILER, WrittenBy.AGENT, Strength.COMMIT, "claude")
    mention = Record(RecordSource.TRAILER, WrittenBy.AGENT, Strength.MENTION, "claude")
    mixed = Record(RecordSource.AGENT_TRACE, WrittenBy.MIXED, Strength.LINES)
    counts = declared_lines([lines, lines, stale, trailer, mention, mixed, None])
    assert counts == DeclaredCounts(agent_by_lines=2, agent_by_commit=1, mixed=1)
    assert (counts.agents, counts.counted) == (3, 4)
    assert counts + DeclaredCounts(person=1, untracked=2) == DeclaredCounts(2, 1, 1, 1, 2)
    assert not declared_lines([None, mention])


def recorded(folder: Path) -> Repository:
    """A month with git-ai's record of one of two functions, one with a trailer, one with help, one without anything."""
    made = Repository(folder)
    made.commit({"a.py": plain_functions("one", "two")}, date="2026-01-01")
    add_note(made, git_ai_note({"a.py": {f"{SESSION}::t_1": "1-6", PERSON: "9-12"}}))
    made.commit({"lib/b.py": plain_functions("three")}, date="2026-02-01", message=DECLARED)
    made.commit({"d.py": plain_functions("four")}, date="2026-03-01", message=HELPED)
    made.commit({"e.py": plain_functions("five")}, date="2026-05-01")
    return made


def of_history(history: History, path: Path) -> dict[str, Any]:
    found: dict[str, Any] = json.loads(history("--format", "json", path=str(path))[1])
    jsonschema.validate(found, load_schema("history/formats/history"))
    return found


def test_declared_lines_of_months_folders_and_commits_are_reported(tmp_path: Path, history: History) -> None:
    found = of_history(history, recorded(tmp_path / "recorded").folder)
    january = asdict(DeclaredCounts(agent_by_lines=6, person=4, untracked=2))
    february = asdict(DeclaredCounts(agent_by_commit=6))
    months = {each["name"]: (each["lines"], each["declared_lines"]) for each in found["months"]}
    assert months == {
        "2026-01": (12, january), "2026-02": (6, february), "2026-03": (6, None), "2026-05": (6, None)
    }  # fmt: skip
    assert [each["declared_lines"] for each in found["commits"]] == [None, None, february, january]
    assert [each["declared_lines"] for each in found["commits"][2]["parts"]] == [february]
    assert {each["name"]: each["declared_lines"] for each in found["folders"]}["lib"] == february
    assert found["summary"]["declared_lines"] == asdict(DeclaredCounts(6, 6, 0, 4, 2))
    # What is known from an earlier run says the same.
    assert of_history(history, tmp_path / "recorded") == found


def test_several_processes_and_every_format_show_the_same_share(tmp_path: Path, history: History) -> None:
    path = str(recorded(tmp_path / "recorded").folder)
    said = (
        "Declared of these lines: 20 % an agent's by records of lines, 20 % an agent's by commits that name it, "
        "13 % a known person's, 7 % untracked, 40 % without a record. What is declared is a fact about a record"
    )
    text, page, markdown = (history("--format", form, path=path)[1] for form in ("text", "html", "markdown"))
    for shown in (text, page.replace("&#x27;", "'"), markdown):
        assert said in shown
    assert [row.split()[-2] for row in text.splitlines()[1:5]] == ["50", "100", "0", "0"]
    assert "| declared an agent's |" in markdown
    assert page.count("<path ") == 2
    assert "no record" in page


def test_a_history_without_records_says_nothing_of_declarations(tmp_path: Path, history: History) -> None:
    path = recorded(tmp_path / "recorded").folder
    made = of_history(history, path)
    options = ("--no-declared", "--format")
    found = json.loads(history(*options, "json", path=str(path))[1])
    assert [each["declared_lines"] for each in found["months"]] == [None] * 4
    assert found["summary"]["declared_lines"] is None
    assert found["disagreements"] == []
    assert [each["band_lines"] for each in found["months"]] == [each["band_lines"] for each in made["months"]]
    for form in ("text", "html", "markdown"):
        assert "declared" not in re.sub(
            "<style>.*</style>", "", history(*options, form, path=str(path))[1], flags=re.S
        )


def test_chart_has_a_gap_where_nothing_was_written() -> None:
    half = Share(1, 1, {Band.HUMAN: 5, Band.UNSURE: 0, Band.LLM: 5}, DeclaredCounts(agent_by_commit=2))
    shown = [("2026-01", half), ("2026-02", half), ("2026-03", Share()), ("2026-04", half)]
    declared, estimated = sorted(re.findall(r'<path class="(\w+)" d="([^"]*)"', declared_chart(shown)))
    assert declared == ("declared", "M12.50 80.00h0L37.50 80.00M87.50 80.00h0")
    assert estimated == ("estimated", "M12.50 50.00h0L37.50 50.00M87.50 50.00h0")
    assert "2026-01: 10 lines; declared as an agent&#x27;s 20 %; in band llm 50 %" in declared_chart(shown)


@pytest.fixture
def questioned(tmp_path: Path) -> Repository:
    """Terse code that a commit declares as an agent's, and an assistant's of two times that nobody declares."""
    made = Repository(tmp_path / "questioned")
    made.commit({"old.go": ASSISTANT}, date="2021-01-01")
    made.commit({"new.go": ASSISTANT.replace("Retry", "Again")}, date="2026-01-01")
    made.commit({"terse.py": TERSE}, date="2026-02-01", message=DECLARED)
    return made


def shipped(repository: Repository, state: Path, *options: str) -> str:
    """What the command says with the shipped model, which tells the samples apart."""
    done = run("history", str(repository.folder), "--state", str(state), "--jobs", "1", *options)
    assert done.returncode == 0
    return done.stdout.decode()


def test_disagreements_are_listed_as_questions(questioned: Repository, tmp_path: Path) -> None:
    state = tmp_path / "shipped"
    found = json.loads(shipped(questioned, state, "--format", "json"))
    jsonschema.validate(found, load_schema("history/formats/history"))
    terse, new, _ = found["commits"]
    kinds = {each["kind"]: each["commits"] for each in found["disagreements"]}
    assert [each["commit"] for each in kinds["reads_human"]] == [terse["commit"]]
    assert [each["commit"] for each in kinds["not_declared"]] == [new["commit"]]
    for kind, band in (("reads_human", "human"), ("not_declared", "llm")):
        functions = kinds[kind][0]["functions"]
        assert {each["band"] for each in functions} == {band}
        assert all(each["written"] for each in functions)
        assert found["summary"]["disagreements"][kind] == len(functions)
    heading = "Nothing declared, reads LLM-written"
    for form in ("text", "html", "markdown"):
        shown = shipped(questioned, state, "--format", form)
        assert heading in shown
        assert "Was this written with a tool? No record says so." in shown
        assert "new.go" in shown.partition(heading)[2]


def test_a_project_that_declares_nothing_is_not_asked(tmp_path: Path) -> None:
    made = Repository(tmp_path / "silent")
    made.commit({"new.go": ASSISTANT}, date="2026-01-01")
    found = json.loads(shipped(made, tmp_path / "shipped", "--format", "json"))
    assert found["summary"]["band_lines"]["llm"] > 0
    assert found["disagreements"] == []
    assert found["summary"]["disagreements"] == {"reads_human": 0, "not_declared": 0}


def test_new_notes_change_what_is_declared(tmp_path: Path, judge: Judge) -> None:
    made = recorded(tmp_path / "recorded")
    before = judge(made.folder)[0].parts[0].declared_lines
    add_note(made, git_ai_note({"e.py": {f"{SESSION}::t_1": "1-6"}}))
    after = judge(made.folder)[0].parts[0].declared_lines
    assert (before, after) == (None, DeclaredCounts(agent_by_lines=6))
