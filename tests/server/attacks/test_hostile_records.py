"""Records that nobody's tool would write: one line each, whatever they hold, and the others are still read."""

import json
from collections.abc import Callable
from pathlib import Path

import pytest

from codeorigin.core.cancellation import CancelToken
from codeorigin.core.errors import Cancelled
from codeorigin.git.objects import LARGEST
from codeorigin.git.repository import Repository as Opened
from codeorigin.records import agent_trace as agent_traces
from codeorigin.records import reader
from codeorigin.records.reader import RecordReader
from codeorigin.records.record import MOST_RANGES, CommitRecords
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


def problems(repository: Repository, *, with_notes: bool = True) -> list[str]:
    """The lines about HEAD's records; ``with_notes``, that of the commit before it is read all the same."""
    opened = Opened.of(repository.folder)
    head = opened.resolve("HEAD")
    with RecordReader(opened, head) as records:
        assert not [each for each in records.of_commit(head).lines.values() if each]
        before = records.of_commit(opened.resolve("HEAD~1"))
        assert (before.of_line("a.py", 10) is not None) == with_notes
    assert all(len(line.splitlines()) == 1 and len(line) < 300 for line in records.problems)
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
def test_a_wrong_note_of_git_ai_is_skipped(repository: Repository, name: str) -> None:
    text, said = WRONG_NOTES[name]
    add_note(repository, text if isinstance(text, str) else text())
    (problem,) = problems(repository)
    assert said in problem


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


def test_wrong_agent_traces_are_skipped_in_one_line_a_file(repository: Repository) -> None:
    head = repository.git("rev-parse", "HEAD")
    ranges = {"start_line": 1, "end_line": 2}
    traces = [
        *WRONG_JSON,
        agent_trace("../x", "b.py", ranges),
        agent_trace(head, "../b.py", ranges),
        agent_trace(head, "b.py", {"start_line": 2, "end_line": 1}),
        agent_trace(head, "b.py", {"start_line": True, "end_line": 2}),
        agent_trace(head, "b.py", {"start_line": 1, "end_line": 1e9}),
        agent_trace(head, "b.py", *[ranges] * 10)[:500],
    ]
    repository.commit({".agent-trace/traces.jsonl": "\n".join(traces)}, date="2026-01-03")
    opened = Opened.of(repository.folder)
    with RecordReader(opened, opened.resolve("HEAD")) as records:
        assert not records.of_commit(head).lines
    (problem,) = records.problems
    assert (
        problem
        == f"records in .agent-trace/traces.jsonl are skipped: line 1: no JSON, and {len(traces) - 1} more"
    )


def traced(repository: Repository, files: dict[str, str]) -> str:
    """The one line about what is wrong in ``.agent-trace``."""
    repository.commit({f".agent-trace/{name}": text for name, text in files.items()}, date="2026-01-03")
    opened = Opened.of(repository.folder)
    head = opened.resolve("HEAD")
    with RecordReader(opened, head) as records:
        assert not any(records.of_commit(each.id).lines.get("b.py") for each in opened.log(head))
    (problem,) = records.problems
    assert len(problem.splitlines()) == 1
    return problem


def test_an_agent_trace_of_millions_of_ranges_is_skipped(repository: Repository) -> None:
    head = repository.git("rev-parse", "HEAD")
    ranges = {"start_line": 1, "end_line": 2}
    many = agent_trace(head, "b.py", *[ranges] * (MOST_RANGES + 1))
    assert len(many) < LARGEST
    assert traced(repository, {"traces.jsonl": many}) == TOO_MANY
    assert "is larger than 4,194,304 bytes" in traced(repository, {"traces.jsonl": "\n".join([many] * 2)})


def test_a_folder_of_agent_traces_without_end_is_read_in_part(repository: Repository) -> None:
    said = "records in .agent-trace after the first 100 files are skipped"
    assert traced(repository, {f"{n}.jsonl": "" for n in range(101)}) == said
    assert traced(repository, {f"{'x' * 240}{n}.jsonl": "" for n in range(3_600)}).startswith(
        "records in .agent-trace are skipped: "
    )


def test_agent_traces_have_one_limit_together(repository: Repository) -> None:
    head = repository.git("rev-parse", "HEAD")
    ranges = {"start_line": 1, "end_line": 2}
    half = agent_trace(head, "c.py", *[ranges] * (MOST_RANGES // 2))
    files = {f"{n}.jsonl": half.replace("c.py", f"c{n}.py") for n in range(4)}
    assert traced(repository, files) == TOO_MANY


def test_agent_traces_are_no_more_for_a_history(repository: Repository) -> None:
    """They stay in memory, whatever else may be read of its commits."""
    head = repository.git("rev-parse", "HEAD")
    half = agent_trace(head, "c.py", *[{"start_line": 1, "end_line": 2}] * (MOST_RANGES // 2))
    files = {f".agent-trace/{n}.jsonl": half.replace("c.py", f"c{n}.py") for n in range(4)}
    repository.commit(files, date="2026-01-03")
    (noted,) = annotated(repository, [git_ai_note({"b.py": {KEY: "1-2"}})])
    with RecordReader(Opened.of(repository.folder), noted, share=reader.FOR_ALL_COMMITS) as records:
        assert records.problems == [TOO_MANY]
        assert sum(len(traces) for traces in records._traces.values()) < 3
        assert records.of_commit(noted).of_line("b.py", 1) is not None


def test_empty_traces_count_for_every_commit(repository: Repository, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(reader, "_MOST_WORK", 190)
    head = repository.git("rev-parse", "HEAD")
    assert traced(repository, {"traces.jsonl": "\n".join([agent_trace(head, "c.py")] * 9)}) == TOO_MANY


def annotated(repository: Repository, notes: list[str]) -> list[str]:
    """As many new commits, each with its note; the same text is the same blob."""
    tree, commit, entries = (
        repository.git("rev-parse", "HEAD^{tree}"),
        repository.git("rev-parse", "HEAD"),
        [],
    )
    blobs: dict[str, str] = {}
    for text in notes:
        if text not in blobs:
            blobs[text] = repository.git("hash-object", "-w", "--stdin", stdin=text.encode())
        commit = repository.git("commit-tree", tree, "-p", commit, "-m", "Work")
        entries.append((commit, blobs[text]))
    repository.git("update-ref", "HEAD", commit)
    listed = "".join(f"100644 blob {blob}\t{commit}\n" for commit, blob in entries)
    tree = repository.git("mktree", stdin=listed.encode())
    repository.git("update-ref", "refs/notes/ai", repository.git("commit-tree", tree, "-m", "Notes"))
    return [commit for commit, _ in entries]


def parsed_notes(monkeypatch: pytest.MonkeyPatch, then: Callable[[], None] = lambda: None) -> list[int]:
    """The sizes of the notes that are parsed from now on; ``then`` is called after each."""
    sizes: list[int] = []
    ((ref, read), *others) = reader._NOTES

    def noted(content: bytes) -> CommitRecords:
        sizes.append(len(content))
        then()
        return read(content)

    monkeypatch.setattr(reader, "_NOTES", ((ref, noted), *others))
    return sizes


def test_a_note_of_many_commits_is_parsed_once(
    repository: Repository, monkeypatch: pytest.MonkeyPatch
) -> None:
    note = git_ai_note({"b.py": {KEY: "1-2"}}, more="x" * 3_000_000)
    commits, sizes = annotated(repository, [note] * 20), parsed_notes(monkeypatch)
    with RecordReader(Opened.of(repository.folder), commits[-1]) as records:
        assert all(records.of_commit(commit).of_line("b.py", 1) is not None for commit in commits)
    assert (records.problems, len(sizes)) == ([], 1)


@pytest.mark.parametrize(
    ("ranges", "more", "most"),
    [("1-2", 3_000_000, 5), (",".join(["1"] * 30_000), 0, 4)],
    ids=["bytes", "ranges"],
)
def test_notes_have_one_limit_together(
    repository: Repository, monkeypatch: pytest.MonkeyPatch, ranges: str, more: int, most: int
) -> None:
    notes = [git_ai_note({f"b{n}.py": {KEY: ranges}}, more="x" * more) for n in range(8)]
    commits, sizes = annotated(repository, notes), parsed_notes(monkeypatch)
    with RecordReader(Opened.of(repository.folder), commits[-1]) as records:
        read = [bool(records.of_commit(commit).lines) for commit in commits]
    assert read == sorted(read, reverse=True)
    assert (len(sizes), read.count(True) < 6) == (most, True)
    assert records.problems == [TOO_MANY]


def test_reading_notes_ends_when_it_is_cancelled(
    repository: Repository, monkeypatch: pytest.MonkeyPatch
) -> None:
    token = CancelToken()
    commits = annotated(repository, [git_ai_note({f"b{n}.py": {KEY: "1"}}) for n in range(3)])
    sizes = parsed_notes(monkeypatch, token.cancel)
    with RecordReader(Opened.of(repository.folder, token), commits[-1]) as records, pytest.raises(Cancelled):
        list(map(records.of_commit, commits))
    assert len(sizes) == 1


def test_the_same_agent_traces_under_many_names_are_read_once(
    repository: Repository, monkeypatch: pytest.MonkeyPatch
) -> None:
    head = repository.git("rev-parse", "HEAD")
    text = agent_trace(head, "b.py", {"start_line": 1, "end_line": 2})
    files = {f".agent-trace/{number}.jsonl": text for number in range(100)}
    repository.commit(files, date="2026-01-03")
    read: list[bytes] = []

    def counted(line: bytes, root: Path | None) -> agent_traces.AgentTrace:
        read.append(line)
        return read_one(line, root)

    read_one = agent_traces.read_agent_trace
    monkeypatch.setattr(agent_traces, "read_agent_trace", counted)
    opened = Opened.of(repository.folder)
    with RecordReader(opened, opened.resolve("HEAD")) as records:
        assert records.of_commit(head).of_line("b.py", 1) is not None
    assert len(read) == 1


def test_reading_agent_traces_ends_when_it_is_cancelled(
    repository: Repository, monkeypatch: pytest.MonkeyPatch
) -> None:
    head = repository.git("rev-parse", "HEAD")
    text = agent_trace(head, "b.py", {"start_line": 1, "end_line": 2})
    repository.commit({".agent-trace/a.jsonl": f"{text}\n" * 9}, date="2026-01-03")
    token = CancelToken()
    read_one = agent_traces.read_agent_trace
    read: list[bytes] = []

    def cancelling(line: bytes, root: Path | None) -> agent_traces.AgentTrace:
        read.append(line)
        token.cancel()
        return read_one(line, root)

    monkeypatch.setattr(agent_traces, "read_agent_trace", cancelling)
    with pytest.raises(Cancelled):
        RecordReader(Opened.of(repository.folder, token), repository.git("rev-parse", "HEAD"))
    assert len(read) == 1


def test_digests_of_thousands_of_files_are_not_all_compared(
    repository: Repository, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(reader, "_COMPARED", reader._MOST_WORK * 2 // 5)
    head = repository.git("rev-parse", "HEAD")
    digest = {"start_line": 1, "end_line": 2, "content_hash": "sha256:" + "0" * 16}
    traces = [agent_trace(head, f"c{number}.py", digest) for number in range(3)]
    assert traced(repository, {"traces.jsonl": "\n".join(traces)}) == TOO_MANY


def test_agent_traces_that_are_no_files_are_not_read(repository: Repository) -> None:
    head = repository.git("rev-parse", "HEAD")
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
        with RecordReader(Opened.of(repository.folder), commit) as records:
            assert not records.of_commit(commit).lines
        assert len(records.problems) == said
        assert all(len(line.splitlines()) == 1 for line in records.problems)


def test_many_ranges_that_lie_over_each_other_are_told_apart_at_once(repository: Repository) -> None:
    keys = {KEY: ",".join(f"{n}-{200_000 - n}" for n in range(1, 49_000)), PERSON: "5-9"}
    add_note(repository, git_ai_note({"b.py": keys}))
    opened = Opened.of(repository.folder)
    head = opened.resolve("HEAD")
    with RecordReader(opened, head) as records:
        ranges = records.of_commit(head).lines["b.py"]
    assert [(each.first, each.last, each.record.by) for each in ranges] == [
        (1, 4, "agent"), (5, 9, "person"), (10, 199_999, "agent")
    ]  # fmt: skip


def tree(repository: Repository, *entries: str) -> str:
    return repository.git("mktree", "--missing", stdin="".join(f"{each}\n" for each in entries).encode())


def test_notes_that_are_trees_links_and_submodules_are_no_notes(repository: Repository) -> None:
    head = repository.git("rev-parse", "HEAD")
    empty = tree(repository)
    blob = repository.git("hash-object", "-w", "--stdin", stdin=GOOD.encode())
    before = repository.git("rev-parse", "HEAD~1")
    for entry in (
        f"040000 tree {empty}\t{head}",
        f"160000 commit {head}\t{head}",
        f"120000 blob {blob}\t{head}",
    ):
        repository.git(
            "update-ref", "refs/notes/ai", tree(repository, entry, f"100644 blob {blob}\t{before}")
        )
        assert problems(repository) == []


def test_notes_in_trees_of_trees_without_end_are_skipped_in_one_line(repository: Repository) -> None:
    # 24 levels with two entries each: 16 million paths in a few hundred bytes.
    inner = tree(repository, f"100644 blob {repository.git('hash-object', '-w', '--stdin', stdin=b'x')}\tx")
    for _ in range(24):
        inner = tree(repository, f"040000 tree {inner}\taa", f"040000 tree {inner}\tbb")
    repository.git("update-ref", "refs/notes/ai", inner)
    (problem,) = problems(repository, with_notes=False)
    assert (
        problem
        == f"the notes in refs/notes/ai are skipped: {inner[:10]}: has more than 500,000 files, which are not read"
    )


@pytest.mark.parametrize("target", ["blob", "missing", "ring"])
def test_references_of_notes_that_lead_nowhere_are_no_notes(repository: Repository, target: str) -> None:
    place = repository.folder / ".git" / "refs" / "notes" / "ai"
    if target == "blob":
        place.write_text(repository.git("rev-parse", "HEAD:b.py") + "\n")
    elif target == "missing":
        place.write_text("0123456789" * 4 + "\n")
    else:
        place.write_text("ref: refs/notes/ai\n")
    assert problems(repository, with_notes=False) == []


def test_a_damaged_note_is_skipped(repository: Repository) -> None:
    add_note(repository, git_ai_note({"b.py": {KEY: "1-2"}}))
    blob = repository.git("notes", "--ref=ai", "list", "HEAD")
    place = repository.folder / ".git" / "objects" / blob[:2] / blob[2:]
    place.chmod(0o600)
    place.write_bytes(b"damaged")
    (problem,) = problems(repository)
    assert "is damaged" in problem


def test_names_of_tools_that_could_be_anything_are_not_taken(repository: Repository) -> None:
    agent = {"agent_id": {"tool": "Ann <ann@example.org>", "model": "x\n::add-mask::y"}}
    add_note(repository, git_ai_note({"b.py": {KEY: "1-2"}}, sessions={SESSION: agent}))
    opened = Opened.of(repository.folder)
    head = opened.resolve("HEAD")
    with RecordReader(opened, head) as records:
        (found,) = records.of_commit(head).by_agents()
    assert (found.tool, found.model, found.agent) == (None, None, "an agent")


def test_nothing_that_the_repository_configures_runs(repository: Repository, tmp_path: Path) -> None:
    trap = Trap(tmp_path / "trap")
    plant(repository, trap)
    traces = json.dumps({"files": []})
    repository.write(".agent-trace/traces.jsonl", traces)
    opened = Opened.of(repository.folder)
    head = opened.resolve("HEAD")
    with RecordReader(opened, head) as records:
        assert records.of_commit(opened.resolve("HEAD~1")).by_agents()
    assert trap.ran() == ""
