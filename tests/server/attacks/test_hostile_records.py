"""Records that nobody's tool would write: one line each, whatever they hold, and the others are still read."""

import json
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import pytest

from codeorigin.core.cancellation import CancelToken
from codeorigin.core.errors import Cancelled
from codeorigin.git.objects import LARGEST
from codeorigin.git.repository import Repository as Opened
from codeorigin.records import agent_trace as agent_traces
from codeorigin.records import reader
from codeorigin.records.reader import RecordReader
from codeorigin.records.record import MOST_RANGES
from support.changes import TEN
from support.declared_records import PERSON, SESSION, add_note, agent_trace, git_ai_note
from support.git_traps import Trap, plant
from support.repositories import Repository

KEY = f"{SESSION}::t_1"
GOOD = git_ai_note({"a.py": {KEY: "1-10"}})
TOO_MANY = "the other records are skipped: there are more than one run may read"


@pytest.fixture
def repository(tmp_path: Path) -> Repository:
    made = Repository(tmp_path / "work")
    made.commit({"a.py": TEN}, date="2026-01-01")
    made.commit({"b.py": TEN.replace("x", "y")}, date="2026-01-02")
    add_note(made, GOOD, "HEAD~1")
    return made


@pytest.fixture
def head(repository: Repository) -> str:
    """The commit that the records of a test are about."""
    return repository.git("rev-parse", "HEAD")


@contextmanager
def reading(repository: Repository, *token: CancelToken, **options: Any) -> Iterator[RecordReader]:
    """Reads the records at HEAD; what it says of them is one short line each."""
    opened = Opened.of(repository.folder, *token)
    with RecordReader(opened, opened.resolve("HEAD"), **options) as records:
        yield records
    assert all(len(line.splitlines()) == 1 and len(line) < 300 for line in records.problems)


def problems(repository: Repository, head: str, *, with_notes: bool = True) -> list[str]:
    """The lines about HEAD's records; ``with_notes``, that of the commit before it is read all the same."""
    with reading(repository) as records:
        assert not any(records.of_commit(head).lines.values())
        before = records.of_commit(repository.git("rev-parse", "HEAD~1"))
        assert (before.of_line("a.py", 10) is not None) == with_notes
    return records.problems


def nested(depth: int) -> str:
    return "[" * depth + "]" * depth


WRONG_NOTES: dict[str, tuple[str | Callable[[], str], str]] = {
    "no divider": ("a.py\n  key 1-2", "no line ---"),
    "no JSON": ("a.py\n  key 1-2\n---\n{", "no JSON"),
    "deep JSON": (lambda: f"a.py\n  key 1-2\n---\n{nested(200_000)}", "no JSON"),
    "a list": ("a.py\n  key 1-2\n---\n[]", "another schema"),
    "another schema": (git_ai_note({"b.py": {KEY: "1"}}, schema_version="authorship/9"), "another schema"),
    "sessions are a list": (git_ai_note({"b.py": {KEY: "1"}}, sessions=[1]), "sessions that are no object"),
    "a session is a number": (git_ai_note({"b.py": {KEY: "1"}}, sessions={SESSION: 7}), "without agent_id"),
    "ten million ranges": (lambda: git_ai_note({"b.py": {KEY: "1," * 1_900_000 + "1"}}), "ranges of lines"),
    "a gigantic range": (
        git_ai_note({"b.py": {KEY: "1-99999999999999999999"}}),
        "a range of lines that is none",
    ),
    "endless digits": (lambda: git_ai_note({"b.py": {KEY: "1" * 100_000}}), "a range of lines that is none"),
    "a range backwards": (git_ai_note({"b.py": {KEY: "9-2"}}), "a range of lines that is none"),
    "line nought": (git_ai_note({"b.py": {KEY: "0-2"}}), "a range of lines that is none"),
    "dashes": (git_ai_note({"b.py": {KEY: "1-2-3"}}), "a range of lines that is none"),
    "ranges before a path": (f"  {KEY} 1-2\n---\n" + "{}", "another schema"),
    "a path above": (git_ai_note({"../b.py": {KEY: "1"}}), "leads outside"),
    "a path from the root": (git_ai_note({"/etc/passwd": {KEY: "1"}}), "leads outside"),
    "a path on a drive": (git_ai_note({"C:/b.py": {KEY: "1"}}), "leads outside"),
    "larger than is read": (lambda: git_ai_note({"b.py": {KEY: "1"}}, more="x" * LARGEST), "larger than"),
}


@pytest.mark.parametrize("name", WRONG_NOTES)
def test_a_wrong_note_of_git_ai_is_skipped(repository: Repository, head: str, name: str) -> None:
    text, said = WRONG_NOTES[name]
    add_note(repository, text if isinstance(text, str) else text())
    (problem,) = problems(repository, head)
    assert said in problem


TWO_LINES = {"start_line": 1, "end_line": 2}
WRONG_JSON = [
    "{",
    "[]",
    "{}",
    "7",
    '"x"',
    "null",
    nested(200_000),
    '{"session": {"model": {"id": 1}}, "files": 1}',
]


def test_wrong_agent_traces_are_skipped_in_one_line_a_file(repository: Repository, head: str) -> None:
    traces = [
        *WRONG_JSON,
        agent_trace("../x", "b.py", TWO_LINES),
        agent_trace(head, "../b.py", TWO_LINES),
        agent_trace(head, "b.py", {"start_line": 2, "end_line": 1}),
        agent_trace(head, "b.py", {"start_line": True, "end_line": 2}),
        agent_trace(head, "b.py", {"start_line": 1, "end_line": 1e9}),
        agent_trace(head, "b.py", *[TWO_LINES] * 10)[:500],
    ]
    said = f"records in .agent-trace/traces.jsonl are skipped: line 1: no JSON, and {len(traces) - 1} more"
    assert traced(repository, head, {"traces.jsonl": "\n".join(traces)}) == said


def traced(repository: Repository, head: str, files: dict[str, str]) -> str:
    """The one line about what is wrong in ``.agent-trace``, of which nothing else is read."""
    repository.commit({f".agent-trace/{name}": text for name, text in files.items()}, date="2026-01-03")
    with reading(repository) as records:
        assert not records.of_commit(head).lines.get("b.py")
    (problem,) = records.problems
    return problem


def ranged(head: str, path: str, count: int) -> str:
    """A trace of so many ranges."""
    return agent_trace(head, path, *[TWO_LINES] * count)


def halves(head: str) -> dict[str, str]:
    """Files with twice the ranges that a run may read."""
    return {f"{n}.jsonl": ranged(head, f"c{n}.py", MOST_RANGES // 2) for n in range(4)}


DIGEST = {**TWO_LINES, "content_hash": "sha256:" + "0" * 16}
ENDLESS: dict[str, tuple[dict[str, int], Callable[[str], dict[str, str]], str]] = {
    "ranges": ({}, lambda head: {"a.jsonl": ranged(head, "b.py", MOST_RANGES + 1)}, TOO_MANY),
    "bytes": (
        {},
        lambda head: {"a.jsonl": "\n".join([ranged(head, "b.py", MOST_RANGES + 1)] * 2)},
        "is larger than 4,194,304 bytes",
    ),
    "files": (
        {},
        lambda _: {f"{n}.jsonl": "" for n in range(101)},
        "records in .agent-trace after the first 100 files are skipped",
    ),
    "names": (
        {},
        lambda _: {f"{'x' * 240}{n}.jsonl": "" for n in range(3_600)},
        "records in .agent-trace are skipped: ",
    ),
    "ranges of all files": ({}, halves, TOO_MANY),
    "empty traces": (
        {"_MOST_WORK": 190},
        lambda head: {"a.jsonl": "\n".join([agent_trace(head, "c.py")] * 9)},
        TOO_MANY,
    ),
    "digests to compare": (
        {"_COMPARED": reader._MOST_WORK * 2 // 5},
        lambda head: {"a.jsonl": "\n".join(agent_trace(head, f"c{n}.py", DIGEST) for n in range(3))},
        TOO_MANY,
    ),
}
"""Limits that are lower for the test, files of traces, and what is said of them."""


@pytest.mark.parametrize("name", ENDLESS)
def test_agent_traces_without_end_are_skipped(
    repository: Repository, head: str, monkeypatch: pytest.MonkeyPatch, name: str
) -> None:
    limits, files, said = ENDLESS[name]
    for limit, value in limits.items():
        monkeypatch.setattr(reader, limit, value)
    assert said in traced(repository, head, files(head))


def test_agent_traces_are_no_more_for_a_history(repository: Repository, head: str) -> None:
    """They stay in memory, whatever else may be read of its commits."""
    repository.commit(
        {f".agent-trace/{name}": text for name, text in halves(head).items()}, date="2026-01-03"
    )
    (noted,) = annotated(repository, [git_ai_note({"b.py": {KEY: "1-2"}})])
    with reading(repository, share=reader.FOR_ALL_COMMITS) as records:
        assert records.problems == [TOO_MANY]
        assert sum(len(traces) for traces in records._traces.values()) < 3
        assert records.of_commit(noted).of_line("b.py", 1) is not None


def annotated(repository: Repository, notes: list[str]) -> list[str]:
    """As many new commits, each with its note; the same text is the same blob."""
    files, commit = (repository.git("rev-parse", name) for name in ("HEAD^{tree}", "HEAD"))
    blobs, entries = dict[str, str](), list[tuple[str, str]]()
    for text in notes:
        if text not in blobs:
            blobs[text] = repository.git("hash-object", "-w", "--stdin", stdin=text.encode())
        commit = repository.git("commit-tree", files, "-p", commit, "-m", "Work")
        entries.append((commit, blobs[text]))
    repository.git("update-ref", "HEAD", commit)
    listed = tree(repository, *(f"100644 blob {blob}\t{commit}" for commit, blob in entries))
    repository.git("update-ref", "refs/notes/ai", repository.git("commit-tree", listed, "-m", "Notes"))
    return [commit for commit, _ in entries]


def parsed(monkeypatch: pytest.MonkeyPatch, then: Callable[[], None] = lambda: None) -> list[int]:
    """The sizes of the notes and traces that are parsed from now on; ``then`` is called before each."""
    sizes: list[int] = []

    def counting(read: Callable[..., Any]) -> Callable[..., Any]:
        def counted(content: bytes, *more: Any) -> Any:
            sizes.append(len(content))
            then()
            return read(content, *more)

        return counted

    ((ref, read), *others) = reader._NOTES
    monkeypatch.setattr(reader, "_NOTES", ((ref, counting(read)), *others))
    monkeypatch.setattr(agent_traces, "read_agent_trace", counting(agent_traces.read_agent_trace))
    return sizes


def test_the_same_records_are_parsed_once(
    repository: Repository, head: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    text = agent_trace(head, "b.py", TWO_LINES)
    repository.commit({f".agent-trace/{number}.jsonl": text for number in range(100)}, date="2026-01-03")
    note = git_ai_note({"b.py": {KEY: "1-2"}}, more="x" * 3_000_000)
    commits, sizes = annotated(repository, [note] * 20), parsed(monkeypatch)
    with reading(repository) as records:
        assert all(records.of_commit(commit).of_line("b.py", 1) is not None for commit in [head, *commits])
    assert (records.problems, sizes) == ([], [len(text), len(note)])


@pytest.mark.parametrize(
    ("ranges", "more", "most"),
    [("1-2", 3_000_000, 5), (",".join(["1"] * 30_000), 0, 4)],
    ids=["bytes", "ranges"],
)
def test_notes_have_one_limit_together(
    repository: Repository, monkeypatch: pytest.MonkeyPatch, ranges: str, more: int, most: int
) -> None:
    notes = [git_ai_note({f"b{n}.py": {KEY: ranges}}, more="x" * more) for n in range(8)]
    commits, sizes = annotated(repository, notes), parsed(monkeypatch)
    with reading(repository) as records:
        read = [bool(records.of_commit(commit).lines) for commit in commits]
    assert read == sorted(read, reverse=True)
    assert (len(sizes), read.count(True) < 6) == (most, True)
    assert records.problems == [TOO_MANY]


@pytest.mark.parametrize("kind", ["notes", "traces"])
def test_reading_ends_when_it_is_cancelled(
    repository: Repository, head: str, monkeypatch: pytest.MonkeyPatch, kind: str
) -> None:
    if kind == "notes":
        commits = annotated(repository, [git_ai_note({f"b{n}.py": {KEY: "1"}}) for n in range(3)])
    else:
        commits = [head]
        text = agent_trace(head, "b.py", TWO_LINES)
        repository.commit({".agent-trace/a.jsonl": f"{text}\n" * 9}, date="2026-01-03")
    token = CancelToken()
    sizes = parsed(monkeypatch, token.cancel)
    with pytest.raises(Cancelled), reading(repository, token) as records:
        list(map(records.of_commit, commits))
    assert len(sizes) == 1


def test_agent_traces_that_are_no_files_are_not_read(repository: Repository, head: str) -> None:
    blob = repository.git("hash-object", "-w", "--stdin", stdin=b"../../etc/passwd")
    inner = tree(repository, f"120000 blob {blob}\ta.jsonl", f"160000 commit {head}\tb.jsonl")
    for entry, said in (
        (f"040000 tree {inner}", 0),
        (f"120000 blob {blob}", 1),
        (f"100644 blob {blob}", 1),
        (f"160000 commit {head}", 0),
    ):
        top = tree(repository, f"{entry}\t.agent-trace", f"100644 blob {blob}\tb.py")
        commit = repository.git("commit-tree", top, "-p", head, "-m", "Work")
        repository.git("update-ref", "HEAD", commit)
        with reading(repository) as records:
            assert not records.of_commit(commit).lines
        assert len(records.problems) == said


def test_many_ranges_that_lie_over_each_other_are_told_apart_at_once(
    repository: Repository, head: str
) -> None:
    keys = {KEY: ",".join(f"{n}-{200_000 - n}" for n in range(1, 49_000)), PERSON: "5-9"}
    add_note(repository, git_ai_note({"b.py": keys}))
    with reading(repository) as records:
        ranges = records.of_commit(head).lines["b.py"]
    assert [(each.first, each.last, each.record.by) for each in ranges] == [
        (1, 4, "agent"), (5, 9, "person"), (10, 199_999, "agent")
    ]  # fmt: skip


def tree(repository: Repository, *entries: str) -> str:
    return repository.git("mktree", "--missing", stdin="".join(f"{each}\n" for each in entries).encode())


def test_notes_that_are_trees_links_and_submodules_are_no_notes(repository: Repository, head: str) -> None:
    blob = repository.git("hash-object", "-w", "--stdin", stdin=GOOD.encode())
    before = repository.git("rev-parse", "HEAD~1")
    for entry in (f"040000 tree {tree(repository)}", f"160000 commit {head}", f"120000 blob {blob}"):
        notes = tree(repository, f"{entry}\t{head}", f"100644 blob {blob}\t{before}")
        repository.git("update-ref", "refs/notes/ai", notes)
        assert problems(repository, head) == []


def test_notes_in_trees_of_trees_without_end_are_skipped_in_one_line(
    repository: Repository, head: str
) -> None:
    # 24 levels with two entries each: 16 million paths in a few hundred bytes.
    inner = tree(repository, f"100644 blob {repository.git('hash-object', '-w', '--stdin', stdin=b'x')}\tx")
    for _ in range(24):
        inner = tree(repository, f"040000 tree {inner}\taa", f"040000 tree {inner}\tbb")
    repository.git("update-ref", "refs/notes/ai", inner)
    said = f"{inner[:10]}: has more than 500,000 files, which are not read"
    assert problems(repository, head, with_notes=False) == [f"the notes in refs/notes/ai are skipped: {said}"]


@pytest.mark.parametrize("target", ["{blob}", "0123456789" * 4, "ref: refs/notes/ai"])
def test_references_of_notes_that_lead_nowhere_are_no_notes(
    repository: Repository, head: str, target: str
) -> None:
    place = repository.folder / ".git" / "refs" / "notes" / "ai"
    place.write_text(target.format(blob=repository.git("rev-parse", "HEAD:b.py")) + "\n")
    assert problems(repository, head, with_notes=False) == []


def test_a_damaged_note_is_skipped(repository: Repository, head: str) -> None:
    add_note(repository, git_ai_note({"b.py": {KEY: "1-2"}}))
    blob = repository.git("notes", "--ref=ai", "list", "HEAD")
    place = repository.folder / ".git" / "objects" / blob[:2] / blob[2:]
    place.chmod(0o600)
    place.write_bytes(b"damaged")
    (problem,) = problems(repository, head)
    assert "is damaged" in problem


def test_names_of_tools_that_could_be_anything_are_not_taken(repository: Repository, head: str) -> None:
    agent = {"agent_id": {"tool": "Ann <ann@example.org>", "model": "x\n::add-mask::y"}}
    add_note(repository, git_ai_note({"b.py": {KEY: "1-2"}}, sessions={SESSION: agent}))
    with reading(repository) as records:
        (found,) = records.of_commit(head).by_agents()
    assert (found.tool, found.model, found.agent) == (None, None, "an agent")


def test_nothing_that_the_repository_configures_runs(repository: Repository, tmp_path: Path) -> None:
    trap = Trap(tmp_path / "trap")
    before = repository.git("rev-parse", "HEAD~1")
    plant(repository, trap)
    repository.write(".agent-trace/traces.jsonl", json.dumps({"files": []}))
    with reading(repository) as records:
        assert records.of_commit(before).by_agents()
    assert trap.ran() == ""
