"""What is recorded about functions, in the reports of ``check``, and where it disagrees with the estimates."""

import json
from pathlib import Path
from typing import Any

import pytest

from codeorigin.check import changes
from codeorigin.check.formats import ReportFormat
from support.command import EXAMPLES, TERSE, check, reported, run
from support.declared_records import (
    ANN,
    CLAUDE,
    CODEX,
    CURSOR,
    PERSON,
    PROMPT,
    SESSION,
    UNTRACKED,
    add_note,
    agent_trace,
    git_ai_note,
)
from support.notebooks import notebook
from support.repositories import DECLARED, Repository, plain_functions

READS_HUMAN = TERSE.read_text()
READS_LLM = (EXAMPLES / "assistant_style.go").read_text()
WHOLE = {"lines": 6, "of": 6, "others": []}


@pytest.fixture
def repository(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Repository:
    made = Repository(tmp_path / "work")
    made.commit({"plain.py": plain_functions("old")}, date="2026-01-01")
    monkeypatch.chdir(made.folder)
    return made


@pytest.fixture(scope="module")
def branch(tmp_path_factory: pytest.TempPathFactory) -> Repository:
    """A branch that edits code that reads human and that notes say is codex's, and adds code that reads LLM-written.

    No test changes it.
    """
    made = Repository(tmp_path_factory.mktemp("declared") / "work")
    note = git_ai_note({"terse.py": {f"{SESSION}::t_1": "1-70"}})
    made.commit({"terse.py": READS_HUMAN}, date="2026-01-02")
    add_note(made, note)
    made.git("checkout", "-q", "-b", "work")
    made.commit({"terse.py": READS_HUMAN.replace("[::-1]", "[ :: -1]")}, date="2026-01-03")
    add_note(made, note)
    made.commit({"long.go": READS_LLM}, date="2026-01-04")
    return made


@pytest.fixture
def disagreeing(branch: Repository, monkeypatch: pytest.MonkeyPatch) -> Repository:
    monkeypatch.chdir(branch.folder)
    return branch


def declared(report: Any) -> dict[str, Any]:
    return {
        each["name"]: each["declared"]
        for file in report["files"]
        for each in (*file["functions"], *(inner for outer in file["functions"] for inner in outer["nested"]))
    }


def test_every_function_has_the_record_about_most_of_its_lines_and_the_others(repository: Repository) -> None:
    repository.commit({"a.py": plain_functions("one", "two", "three", "four")}, date="2026-01-02")
    revision = repository.git("rev-parse", "HEAD")
    keys = {f"{SESSION}::t_1": "1-6", PROMPT: "9-11", PERSON: "12"}
    add_note(repository, git_ai_note({"a.py": keys}))
    stale = {"start_line": 25, "end_line": 30, "content_hash": f"sha256:{'0' * 64}"}
    trace = agent_trace(revision, "a.py", stale)
    repository.commit(
        {".agent-trace/traces.jsonl": trace, "b.py": plain_functions("five")}, date="2026-01-03"
    )
    _, report, said = check("--changed", "HEAD~2")
    assert said == []
    others = [{**UNTRACKED, "lines": 2}, {**ANN, "lines": 1}]
    found = declared(report)
    assert (found["four"]["source"], found["four"]["stale"]) == ("agent-trace", True)
    assert {**found, "four": None} == {
        "one": {**CODEX, **WHOLE},
        "two": {**CURSOR, "lines": 3, "of": 6, "others": others},
        "three": {**UNTRACKED, **WHOLE},
        "four": None,
        "five": None,
    }
    assert report["declared"] == {
        "functions": {"agent": 1, "person": 0, "partly": 2, "nobody": 2},
        "agents": ["cursor", "codex"],
        "disagreements": report["declared"]["disagreements"],
    }
    blamed = json.loads(run("blame", "a.py", "--format", "json").stdout)
    assert [each["declared"] for each in blamed["lines"][:6]] == [CODEX] * 6


def test_cells_of_a_notebook_have_their_records(repository: Repository) -> None:
    text = notebook(plain_functions("cell"))
    repository.commit({"n.ipynb": text}, date="2026-01-02")
    add_note(repository, git_ai_note({"n.ipynb": {f"{SESSION}::t_1": f"1-{text.count(chr(10)) + 1}"}}))
    assert declared(reported("--commit", "HEAD")) == {"cell": {**CODEX, **WHOLE}}


def test_records_are_read_of_changes_with_commits_alone(repository: Repository) -> None:
    repository.commit({"a.py": plain_functions("one")}, date="2026-01-02", message=DECLARED)
    for options in (["--changed", "HEAD~1"], ["--commit", "HEAD"]):
        assert declared(reported(*options)) == {"one": {**CLAUDE, **WHOLE}}
    repository.write("a.py", plain_functions("two"))
    for options in (["a.py"], ["--changed"], ["--commit", "HEAD", "--no-declared"]):
        assert reported(*options)["declared"] is None


def test_a_header_is_read_where_nothing_else_is_declared(repository: Repository) -> None:
    header = "# SPDX-AI-Disclosure: AI-Generated\n"
    files = {"a.py": header + plain_functions("one"), "b.py": plain_functions("two")}
    repository.commit(files, date="2026-01-02")
    record = {**ANN, "source": "header", "by": "agent", "strength": "file"}
    report = reported("--commit", "HEAD")
    assert declared(report) == {"one": {**record, **WHOLE}, "two": None}
    assert (report["change"]["declared"], report["declared"]["functions"]["agent"]) == ([], 1)


@pytest.mark.usefixtures("disagreeing")
def test_disagreements_of_a_change_are_questions_to_the_reviewer() -> None:
    report = reported("--changed", "main")
    asked = {each["name"]: each["disagreement"] for file in report["files"] for each in file["functions"]}
    expected = dict.fromkeys(("rpn", "dijk"), "reads_human") | dict.fromkeys(
        ("RetryWithBackoff", "GroupByCategory", "ValidateItem"), "not_declared"
    )
    assert asked == expected | {"wrap": None}  # unsure
    assert report["declared"]["disagreements"] == {"reads_human": 2, "not_declared": 3}


@pytest.mark.usefixtures("disagreeing")
def test_accepted_findings_are_not_asked_about_again(tmp_path: Path) -> None:
    given = ("--changed", "main", "--baseline", tmp_path / "accepted.json")
    run("check", *given, "--update-baseline")
    assert reported(*given)["declared"]["disagreements"] == {"reads_human": 2, "not_declared": 0}


@pytest.mark.usefixtures("disagreeing")
def test_records_that_take_too_long_are_left_out_with_one_line(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(changes, "MOST_SECONDS", -1.0)
    _, report, said = check("--changed", "main")
    assert said == ["codeorigin: the other records are not read: it took longer than -1 seconds"]
    assert set(declared(report).values()) == {None}


@pytest.fixture
def copy(branch: Repository, repository: Repository) -> Repository:
    """The branch again, for a test that changes it."""
    repository.git("fetch", "-q", str(branch.folder), "refs/*:refs/*", "--update-head-ok", "--force")
    repository.git("checkout", "-q", "--force", "work")
    return repository


def test_long_lists_of_disagreements_are_cut_off_and_findings_listed_once(copy: Repository) -> None:
    copy.commit({"more.go": READS_LLM}, date="2026-01-05")
    assert "\n  and 3 more (--show all)\n" in run("check", "--changed", "main").stdout.decode()
    assert "more (--show all)" not in run("check", "--changed", "main", "--show", "all").stdout.decode()
    markdown = run("check", "--changed", "main", "--format", "markdown").stdout.decode()
    # Those that are declared and read human; the others are the table of findings.
    assert markdown.count("\n- `") == 2
    add_note(copy, git_ai_note({"more.go": {PERSON: "1-200"}}))
    markdown = run("check", "--changed", "main", "--format", "markdown").stdout.decode()
    assert markdown.count("\n- `") == 2 + 3


def test_a_record_changes_no_score_and_an_estimate_no_record(copy: Repository) -> None:
    given = ("--changed", "main")
    without, recorded = reported(*given, "--no-declared"), reported(*given)
    add_note(copy, git_ai_note({"long.go": {PERSON: "1-200"}}))
    other = reported(*given)
    assert declared(other) != declared(recorded) != declared(without)

    def judged(report: Any) -> Any:
        functions = [each for file in report["files"] for each in file["functions"]]
        return [{**each, "declared": None, "disagreement": None} for each in functions], report["change"][
            "verdict"
        ]

    assert judged(without) == judged(recorded) == judged(other)
    assert declared(reported(*given, "--threshold", "0")) == declared(other)
    assert copy.git("status", "--short") == ""


def test_where_nobody_declares_anything_nobody_is_asked(repository: Repository) -> None:
    repository.git("checkout", "-q", "-b", "work")
    repository.commit({"long.go": READS_LLM}, date="2026-01-03")
    report = reported("--changed", "main")
    assert report["declared"] is None
    assert report["summary"]["findings"] == 3
    assert "No record says so" not in run("check", "--changed", "main").stdout.decode()


def test_wrong_records_are_one_line_and_the_check_goes_on(repository: Repository) -> None:
    repository.commit({"a.py": plain_functions("one")}, date="2026-01-02")
    add_note(repository, "no note\n")
    repository.commit({"b.py": plain_functions("two")}, date="2026-01-03", message=DECLARED)
    _, report, (said,) = check("--changed", "HEAD~2")
    assert "is skipped: no line ---" in said
    assert declared(report) == {"one": None, "two": {**CLAUDE, **WHOLE}}


def test_a_change_tells_the_agents_that_its_commits_name_and_no_people(
    repository: Repository, tmp_path: Path
) -> None:
    repository.git("checkout", "-q", "-b", "work")
    message = f"{DECLARED}\nCo-authored-by: Bo <bo@example.org>"
    repository.commit({"a.py": plain_functions("one")}, date="2026-01-02", message=message)
    signed = repository.git("rev-parse", "HEAD")
    repository.commit({"b.py": plain_functions("two")}, date="2026-01-03")
    agents = [{"commit": signed, "agent": "claude", "how": "trailer", "model": None}]
    for options, expected in (
        (("--commit", "HEAD~1"), agents),
        (("--changed", "main"), agents),
        (("--commit", "HEAD"), []),
        (("--changed", "main", "--no-declared"), None),
    ):
        assert reported(*options)["change"]["declared"] == expected
    files = [f"--format={each.value}={tmp_path / each.value}" for each in ReportFormat]
    run("check", "--changed", "main", "--threshold", "0", *files)
    for each in ReportFormat:
        shown = (tmp_path / each).read_text("utf-8")
        assert not any(name in shown for name in ("Ann", "ann@", "Bo <", "bo@", "example.org"))
