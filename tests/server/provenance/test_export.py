"""``codeorigin export``: what is declared, in another format, and read again as it was."""

import json
import subprocess
from pathlib import Path

import jsonschema
import pytest

from codeorigin.declared.reader import RecordReader
from codeorigin.declared.records import Files
from codeorigin.git.repository import Repository as Opened
from support.agent_trace_schema import TRACE_RECORD
from support.changes import TEN
from support.command import run
from support.declared_records import (
    PERSON,
    PROMPT,
    SESSION,
    add_note,
    agent_trace,
    git_ai_note,
    whogitit_note,
)
from support.repositories import DECLARED, Repository

TRACES = ".agent-trace/traces.jsonl"


@pytest.fixture
def repository(tmp_path: Path) -> Repository:
    """Two commits with notes of git-ai; the second changes the file of the first."""
    made = Repository(tmp_path / "work")
    made.commit({"a.py": TEN, "with a space.py": TEN, "ümlaut.py": TEN}, date="2026-01-01")
    keys = {f"{SESSION}::t_1": "1-3,9", PROMPT: "4,6", PERSON: "7-8"}
    add_note(made, git_ai_note({"a.py": keys, '"with a space.py"': keys, "ümlaut.py": {PERSON: "1-10"}}))
    made.commit({"a.py": TEN.replace("x", "y"), "b.py": TEN}, date="2026-01-02")
    add_note(made, git_ai_note({"b.py": {f"{SESSION}::t_1": "2-10"}}))
    return made


Said = tuple[str, int, int, str, str | None, str | None]


def said(repository: Repository) -> dict[str, tuple[list[Said], bool]]:
    """By commit, the recorded ranges in the order of path and line, and whether the others are untracked."""
    opened = Opened.of(repository.folder)
    head = opened.resolve("HEAD")
    with RecordReader(opened, head) as records:
        found = {each.id: records.of_commit(each.id) for each in opened.log(head)}
        assert records.problems == []
    return {name: (ranges(each.lines), each.is_tracked) for name, each in found.items()}


def ranges(files: Files) -> list[Said]:
    return sorted(
        (path, each.first, each.last, each.record.by.value, each.record.tool, each.record.model)
        for path, found in files.items()
        for each in found
    )


def exported(repository: Repository, *options: str) -> str:
    done = run("export", str(repository.folder), *options)
    assert (done.returncode, done.stderr) == (0, b"")
    return done.stdout.decode()


def without_notes(repository: Repository) -> None:
    for ref in ("ai", "whogitit"):
        repository.git("update-ref", "-d", f"refs/notes/{ref}")


def move_to_traces(repository: Repository, text: str) -> None:
    """Leave the records in a file of the newest commit and nowhere else."""
    without_notes(repository)
    repository.commit({TRACES: text}, date="2026-01-05")


def move_to_notes(repository: Repository, text: str) -> None:
    """Leave the records in notes of git-ai and nowhere else."""
    without_notes(repository)
    repository.git("rm", "-r", "--quiet", "--ignore-unmatch", ".agent-trace")
    repository.git("commit", "--quiet", "--no-gpg-sign", "--allow-empty", "-m", "No traces")
    repository.git("fast-import", "--quiet", stdin=text.encode())


def known(found: dict[str, tuple[list[Said], bool]]) -> dict[str, tuple[list[Said], bool]]:
    return {name: each for name, each in found.items() if each[0]}


def test_notes_of_git_ai_become_agent_traces_and_notes_again(repository: Repository) -> None:
    before = known(said(repository))
    assert [len(each) for each, _ in before.values()] == [1, 11]
    move_to_traces(repository, exported(repository))
    assert known(said(repository)) == before
    move_to_notes(repository, exported(repository, "--format", "git-ai"))
    assert known(said(repository)) == before


def test_agent_traces_become_notes_of_git_ai_and_agent_traces_again(repository: Repository) -> None:
    without_notes(repository)
    base = repository.git("rev-parse", "HEAD~1")
    parts = [{"start_line": 1, "end_line": 2}, {"start_line": 5, "end_line": 9}]
    traces = [agent_trace(base, "a.py", *parts), agent_trace(base, "with a space.py", parts[0], by="human")]
    repository.commit({TRACES: "\n".join(traces)}, date="2026-01-03")
    before = known(said(repository))
    # Without a word on the contrary, a record speaks of the named commit and of the one on top of it.
    assert list(map(len, before)) == [40, 40]
    move_to_notes(repository, exported(repository, "--format", "git-ai"))
    after = known(said(repository))
    assert {name: each for name, (each, _) in after.items()} == {
        name: each for name, (each, _) in before.items()
    }
    # What a note does not list is untracked.
    assert all(tracked for _, tracked in after.values())
    move_to_traces(repository, exported(repository))
    assert known(said(repository)) == after


def test_records_follow_the_rules_of_the_specification(repository: Repository) -> None:
    lines = exported(repository).splitlines()
    head, before = repository.git("rev-parse", "HEAD"), repository.git("rev-parse", "HEAD~1")
    traces = [json.loads(line) for line in lines]
    for trace in traces:
        jsonschema.validate(trace, TRACE_RECORD)
    assert [(each["vcs"]["revision"], each.get("tool", {}).get("name")) for each in traces] == [
        (head, "codex"), (before, "codex"), (before, "cursor"), (before, None)
    ]  # fmt: skip
    assert len({each["id"] for each in traces}) == 4
    assert traces[0]["timestamp"] == "2026-01-02T12:00:00Z"
    assert traces[1]["files"][0] == {
        "path": "a.py",
        "conversations": [
            {
                "contributor": {"type": "ai", "model_id": "gpt-5.5"},
                "ranges": [{"start_line": 1, "end_line": 3}, {"start_line": 9, "end_line": 9}],
            }
        ],
    }
    assert lines == exported(repository).splitlines()


def test_a_note_follows_the_rules_of_the_standard(repository: Repository) -> None:
    before = repository.git("rev-parse", "HEAD~1")
    move_to_notes(repository, exported(repository, "--format", "git-ai"))
    attested, _, metadata = repository.git("notes", "--ref=ai", "show", before).partition("\n---\n")
    values = json.loads(metadata)
    assert (values["schema_version"], values["base_commit_sha"]) == ("authorship/3.0.0", before)
    files = [line for line in attested.split("\n") if not line.startswith("  ")]
    assert files == ["a.py", '"with a space.py"', "ümlaut.py"]
    entries = [line.split() for line in attested.split("\n") if line.startswith("  ")]
    for key, places in entries:
        name, _, trace = key.partition("::")
        assert name in (values["sessions"] if trace else values["humans"])
        assert [len(part) for part in (name, trace) if part] == [16] * (1 + bool(trace))
        assert all(part.replace("-", "").isdigit() for part in places.split(","))
    agents = {(each["agent_id"]["tool"], each["agent_id"]["model"]) for each in values["sessions"].values()}
    assert agents == {("codex", "gpt-5.5"), ("cursor", "composer-1")}


def test_what_the_other_format_cannot_say_is_counted(repository: Repository) -> None:
    texts = TEN.split("\n")
    lines = {1: ("AI", texts[0]), 2: ("AIModified", texts[1]), 3: ("Human", texts[2]), 4: ("AI", "another")}
    repository.commit({"c.py": TEN}, date="2026-01-03", message="Work\n\nAssisted-by: Claude Code")
    add_note(repository, whogitit_note("c.py", lines), ref="whogitit")
    repository.commit({"say\\so.py": TEN, "##[x].py": TEN}, date="2026-01-04")
    add_note(repository, git_ai_note({"say\\so.py": {PERSON: "1"}, "##[x].py": {PERSON: "1"}}))
    given = ("export", str(repository.folder), "--since", "2026-01-03")
    both = "1 record of another text than the commit's, {}1 record of help only, 1 record about a path"
    for name, more in (("agent-trace", ""), ("git-ai", "1 record of an agent and a person together, ")):
        done = run(*given, "--format", name)
        assert done.returncode == 0
        assert f"{name}: left out: {both.format(more)}" in done.stderr.decode()
        assert done.stderr.count(b"\n") == 1


def test_notes_of_whogitit_are_converted_by_line(repository: Repository) -> None:
    texts = TEN.split("\n")
    lines = {1: ("AI", texts[0]), 2: ("AI", texts[1]), 3: ("AIModified", texts[2]), 4: ("Human", texts[3])}
    repository.commit({"c.py": TEN}, date="2026-01-03")
    add_note(repository, whogitit_note("c.py", lines), ref="whogitit")
    commit = repository.git("rev-parse", "HEAD")
    model = "claude-opus-4-5"
    agent, person = ("c.py", 1, 2, "agent", None, model), ("c.py", 4, 4, "person", None, None)
    both = ("c.py", 3, 3, "mixed", None, model)
    assert said(repository)[commit] == ([agent, both, person], False)
    traces = exported(repository)
    notes = run("export", str(repository.folder), "--format", "git-ai").stdout.decode()
    move_to_traces(repository, traces)
    assert said(repository)[commit] == ([agent, both, person], False)
    move_to_notes(repository, notes)
    assert said(repository)[commit] == ([agent, person], True)


def test_an_agent_of_a_whole_commit_is_named_without_lines(repository: Repository) -> None:
    message = "Work\n\nCo-authored-by: Claude Opus 4.6 <noreply@anthropic.com>"
    repository.commit({"c.py": TEN}, date="2026-01-03", message=message)
    commit = repository.git("rev-parse", "HEAD")
    options = ("--since", "2026-01-03")
    (trace,) = map(json.loads, exported(repository, *options).splitlines())
    jsonschema.validate(trace, TRACE_RECORD)
    assert (trace["tool"], trace["files"]) == ({"name": "claude"}, [])
    assert trace["metadata"] == {
        "codeorigin": {"exact": True, "tracked": False, "model_id": "claude-opus-4-6"}
    }
    move_to_notes(repository, exported(repository, *options, "--format", "git-ai"))
    note = repository.git("notes", "--ref=ai", "show", commit)
    (session,) = json.loads(note.removeprefix("---\n"))["sessions"].values()
    assert (session["agent_id"]["tool"], session["agent_id"]["model"]) == ("claude", "claude-opus-4-6")
    assert said(repository)[commit] == ([], False)


def test_nothing_is_estimated_named_or_written(repository: Repository) -> None:
    repository.commit({"c.py": TEN}, date="2026-01-03", message=DECLARED)
    refs = repository.git("for-each-ref")
    everything = exported(repository) + exported(repository, "--format", "git-ai")
    assert repository.git("for-each-ref") == refs
    assert not any(word in everything for word in ("Ann", "ann@", "example.org", "probability", "logit"))


def test_git_refuses_to_write_over_notes(repository: Repository) -> None:
    stream = exported(repository, "--format", "git-ai")
    before = repository.git("rev-parse", "refs/notes/ai")
    with pytest.raises(subprocess.CalledProcessError):
        repository.git("fast-import", "--quiet", stdin=stream.encode())
    assert repository.git("rev-parse", "refs/notes/ai") == before


def test_a_repository_without_records_gives_nothing_and_says_so(tmp_path: Path) -> None:
    plain = Repository(tmp_path / "plain")
    plain.commit({"a.py": TEN}, date="2026-01-01")
    for name in ("agent-trace", "git-ai"):
        done = run("export", str(plain.folder), "--format", name)
        assert (done.returncode, done.stdout) == (0, b"")
        assert done.stderr.decode().startswith(f"codeorigin: {name}: there is nothing to convert; ")
        assert done.stderr.count(b"\n") == 1
