"""Records of lines, in three formats, followed to where the lines stand today."""

import hashlib
import json
from contextlib import nullcontext
from dataclasses import replace
from pathlib import Path

import pytest

from codeorigin.git.blame import line_origins
from codeorigin.git.repository import Repository as Opened
from codeorigin.records.agent_trace import read_agent_trace, split_records
from codeorigin.records.file_lines import file_records, text_records
from codeorigin.records.headers import header_record, headers_of
from codeorigin.records.reader import RecordReader
from codeorigin.records.record import Record, RecordSource, Strength, WrittenBy, WrongRecordError
from support.changes import TEN
from support.declared_records import (
    PERSON,
    PROMPT,
    SESSION,
    add_note,
    agent_trace,
    git_ai_note,
)
from support.repositories import Repository

CODEX = Record(RecordSource.GIT_AI, WrittenBy.AGENT, Strength.LINES, "codex", "gpt-5.5")
CURSOR = Record(RecordSource.GIT_AI, WrittenBy.AGENT, Strength.LINES, "cursor", "composer-1")
AGENT = {"agent_id": {"tool": "cursor", "id": "2", "model": "composer-1"}}
ANN = Record(RecordSource.GIT_AI, WrittenBy.PERSON, Strength.LINES)
UNTRACKED = Record(RecordSource.GIT_AI, WrittenBy.UNTRACKED, Strength.LINES)


@pytest.fixture
def repository(tmp_path: Path) -> Repository:
    """A repository with one file of ten lines."""
    made = Repository(tmp_path / "work")
    made.commit({"a.py": TEN}, date="2026-01-01")
    return made


def declared(repository: Repository, path: str) -> list[Record | None]:
    """What is recorded about each line of a file of HEAD."""
    opened = Opened.of(repository.folder)
    head = opened.resolve("HEAD")
    with RecordReader(opened, head) as records:
        found = [records.of_line(each) for each in line_origins(opened.git, head, path)]
    assert records.problems == []
    return found


HELPED = replace(CURSOR, strength=Strength.MENTION)
NOTES: dict[str, tuple[str, list[Record | None]]] = {
    "agents, people and untracked lines": (
        git_ai_note(
            {
                "a.py": {
                    f"{SESSION}::t_1": "1-3",
                    PROMPT: "4,6",
                    PERSON: "7-8",
                    "s_unknown::t_1": "9",
                    "human": "10",
                }
            }
        ),
        [*[CODEX] * 3, CURSOR, UNTRACKED, CURSOR, ANN, ANN, UNTRACKED, UNTRACKED],
    ),
    "the last entry for a line counts": (
        git_ai_note({"a.py": {f"{SESSION}::t_1": "1-6", PROMPT: "3-8", f"{SESSION}::t_2": "4"}}),
        [CODEX, CODEX, CURSOR, CODEX, *[CURSOR] * 4, UNTRACKED, UNTRACKED],
    ),
    "no lines": (git_ai_note({}), [None] * 10),
    "no lines, but an agent that took part": (git_ai_note({}, prompts={PROMPT: AGENT}), [HELPED] * 10),
}


@pytest.mark.parametrize("name", NOTES)
def test_notes_of_git_ai_tell_who_wrote_which_lines(repository: Repository, name: str) -> None:
    note, expected = NOTES[name]
    add_note(repository, note)
    assert declared(repository, "a.py") == expected


def test_lines_that_were_moved_within_their_file_keep_their_records(repository: Repository) -> None:
    lines = [f"total_{number} = load_total(number={number})\n" for number in range(10)]
    repository.commit({"a.py": "".join(lines)}, date="2026-01-02")
    add_note(repository, git_ai_note({"a.py": {PROMPT: "1-3"}}))
    repository.commit({"a.py": "".join([*lines[3:], *lines[:3]])}, date="2026-01-03")
    add_note(repository, git_ai_note({"a.py": {PERSON: "8-10"}}))
    assert declared(repository, "a.py") == [*[UNTRACKED] * 7, *[CURSOR] * 3]


@pytest.mark.parametrize("mark", ["", "\ufeff"])
@pytest.mark.parametrize("ends", ["\n", "\r\n"])
@pytest.mark.parametrize("edited", [False, True])
def test_a_text_has_the_records_of_its_lines_however_it_is_checked_out(
    repository: Repository, mark: str, ends: str, edited: bool
) -> None:
    """As ``core.autocrlf`` makes line ends on Windows: to git, every line had changed."""
    repository.commit({"b.py": f"{mark}{TEN}", "c.py": TEN}, date="2026-01-02")
    add_note(repository, git_ai_note({"b.py": {f"{SESSION}::t_1": "1-3", PERSON: "4-10"}}))
    lines = TEN.split("\n")
    if edited:
        lines[1] = "edited = 1"
    text = ends.join(lines)
    opened = Opened.of(repository.folder)
    expected = (CODEX, None if edited else CODEX, CODEX, *[ANN] * 7)
    assert text_records(repository.folder / "b.py", text, opened).lines == expected
    # Among other files, clean, edited and new ones.
    files = {"c.py": f"new\n{TEN}", "b.py": text, "new.py": "x\ny", "a.py": TEN}
    with RecordReader(opened, opened.resolve("HEAD")) as reader:
        given = ((path, content.encode()) for path, content in files.items())
        found = list(file_records(opened, reader, given, 2))
    assert found == [(None, *[UNTRACKED] * 10), expected, (None, None), (None,) * 10]


HEADERS = {
    "# SPDX-AI-Disclosure: none": WrittenBy.PERSON,
    "// spdx-ai-disclosure: AI-Assisted\r": WrittenBy.MIXED,
    "/* SPDX-AI-Disclosure: ai-generated */": WrittenBy.AGENT,
    " * SPDX-AI-Disclosure:autonomous": WrittenBy.AGENT,
    "<!-- SPDX-AI-Disclosure: ai-generated -->": WrittenBy.AGENT,
    "-- SPDX-AI-Disclosure: \tautonomous": WrittenBy.AGENT,
    "{- SPDX-AI-Disclosure: none -}": WrittenBy.PERSON,
    "\ufeff#SPDX-AI-Disclosure: none": WrittenBy.PERSON,
    "# SPDX-AI-Disclosure: some\n# SPDX-AI-Disclosure: none": WrittenBy.PERSON,
    "\n" * 19 + "; SPDX-AI-Disclosure: none": WrittenBy.PERSON,
    "\n" * 20 + "# SPDX-AI-Disclosure: none": None,
    "# SPDX-AI-Disclosure: unknown": None,
    "# SPDX-AI-Disclosure: none of it": None,
    "# SPDX-AI-Disclosure:": None,
    "# See SPDX-AI-Disclosure: none": None,
    'x = "SPDX-AI-Disclosure: none"': None,
    "'SPDX-AI-Disclosure: none'": None,
    "x" * 2_000_000 + "\n# SPDX-AI-Disclosure: none": None,
}


@pytest.mark.parametrize("text", HEADERS, ids=lambda text: repr(text[-50:]))
def test_a_header_says_how_much_of_a_file_an_agent_wrote(text: str) -> None:
    by = HEADERS[text]
    record = None if by is None else Record(RecordSource.HEADER, by, Strength.FILE)
    assert header_record(text.encode()) == record


def test_a_header_holds_for_lines_without_a_stronger_record(repository: Repository) -> None:
    text = f"# SPDX-AI-Disclosure: ai-assisted\n{TEN}"
    digest = {"start_line": 10, "end_line": 11, "content_hash": "sha256:" + "0" * 16}
    for date, message in (
        ("2026-01-02", "Work\n\nAssisted-by: Claude <noreply@anthropic.com>"),
        ("2026-01-03", "x"),
    ):
        head = repository.git("rev-parse", "HEAD")
        files = {"b.py": text, ".agent-trace/t.jsonl": agent_trace(head, "b.py", digest)}
        repository.commit(files if message != "x" else {"c.py": text}, date=date, message=message)
    opened = Opened.of(repository.folder)
    header = Record(RecordSource.HEADER, WrittenBy.MIXED, Strength.FILE)
    # A mention and a stale record are weaker; one of the lines is stronger.
    assert text_records(repository.folder / "b.py", text, opened).lines == (header,) * 11
    add_note(repository, git_ai_note({"b.py": {f"{SESSION}::t_1": "2"}}), "HEAD~1")
    assert text_records(repository.folder / "b.py", text, opened).lines[:3] == (UNTRACKED, CODEX, UNTRACKED)
    assert text_records(repository.folder / "new.py", "# SPDX-AI-Disclosure: ai-assisted", opened).lines == (
        header,
    )


def test_an_agent_without_a_line_of_its_own_took_part_in_a_commit(repository: Repository) -> None:
    add_note(repository, git_ai_note({"a.py": {f"{SESSION}::t_1": "1-3"}}, prompts={PROMPT: AGENT}))
    opened = Opened.of(repository.folder)
    head = opened.resolve("HEAD")
    with RecordReader(opened, head) as records:
        assert records.of_commit(head).by_agents() == [CODEX, HELPED]


def test_records_follow_their_lines_through_edits_and_renames(repository: Repository) -> None:
    add_note(repository, git_ai_note({"a.py": {f"{SESSION}::t_1": "2-4"}}))
    repository.git("mv", "a.py", "a b.py")
    edited = TEN.split("\n")
    edited[2] = "changed = 1"
    repository.commit({"a b.py": "\n".join(["first = 1", *edited])}, date="2026-01-02")
    assert declared(repository, "a b.py") == [None, UNTRACKED, CODEX, None, CODEX, *[UNTRACKED] * 6]


def test_paths_of_every_form_are_found(repository: Repository) -> None:
    for number, path in enumerate(('with "quotes".py', "tab\tand ümlaut.py", "plain/b.py"), 2):
        repository.commit({path: TEN.replace("x", "y")}, date=f"2026-01-0{number}")
        shown = f'"{path}"' if path != "plain/b.py" else path
        add_note(repository, git_ai_note({shown: {f"{SESSION}::t_1": "1-10"}}))
        assert declared(repository, path) == [CODEX] * 10


def test_agent_traces_count_for_the_commit_they_name_and_for_its_child(repository: Repository) -> None:
    base = repository.git("rev-parse", "HEAD")
    content = TEN.replace("x", "y")
    right = "sha256:" + hashlib.sha256("\n".join(content.split("\n")[2:4]).encode()).hexdigest()[:16]
    traces = [
        agent_trace(base, "sub\\b.py", {"start_line": 1, "end_line": 2}),
        agent_trace(base, "sub\\b.py", {"start_line": 3, "end_line": 4, "content_hash": right}),
        agent_trace(base, "sub/b.py", {"start_line": 5, "end_line": 5, "content_hash": "sha256:" + "0" * 16}),
        agent_trace(base, "sub/b.py", {"start_line": 6, "end_line": 6}, by="human"),
        agent_trace(base, "sub/b.py", {"start_line": 7, "end_line": 7}, by="unknown"),
        agent_trace(base, "a.py", {"start_line": 9, "end_line": 10}, by="mixed"),
    ]
    files = {
        "sub/b.py": content,
        ".agent-trace/traces.jsonl": "\n".join(traces),
        ".agent-trace/prompts.jsonl": "{}",
    }
    repository.commit(files, date="2026-01-02")
    model = "anthropic/claude-opus-4-8"
    agent = Record(RecordSource.AGENT_TRACE, WrittenBy.AGENT, Strength.LINES, "cursor", model)
    stale = Record(RecordSource.AGENT_TRACE, WrittenBy.AGENT, Strength.LINES, "cursor", model, is_stale=True)
    mixed = Record(RecordSource.AGENT_TRACE, WrittenBy.MIXED, Strength.LINES, "cursor", model)
    person = Record(RecordSource.AGENT_TRACE, WrittenBy.PERSON, Strength.LINES)
    assert declared(repository, "sub/b.py") == [*[agent] * 4, stale, person, None, None, None, None]
    assert declared(repository, "a.py") == [*[None] * 8, mixed, mixed]


TRACE_PATHS = {
    "./a.py": True,
    "././a.py": True,
    ".\\a.py": True,
    "file:///w/a.py": True,
    "FILE://localhost/w/a.py": True,
    "file:/w/a.py": True,
    "file:///w/%61.py": True,
    "file:///elsewhere/a.py": False,
    "file://server/w/a.py": False,
    "file://[::1/a.py": False,
    "file:///w/../a.py": False,
    "/w/a.py": False,
    "../a.py": False,
    "https://example.org/a.py": False,
    "C:\\work\\a.py": False,
}
REVISION = "0123456789" * 4
TRACE = agent_trace(REVISION, "a.py", {"start_line": 1, "end_line": 10})
TRACES: dict[str, tuple[bytes, bool]] = {
    **{path: (agent_trace(REVISION, path).encode(), is_read) for path, is_read in TRACE_PATHS.items()},
    "byte order mark": (b"\xef\xbb\xbf" + TRACE.encode(), True),
    "UTF-16": (TRACE.encode("utf-16"), True),
    "line ends of Windows": (f"{TRACE}\r\n".encode(), True),
    "on several lines": (json.dumps(json.loads(TRACE), indent=2).encode(), True),
    "type AI": (TRACE.replace('"ai"', '"AI"').encode(), True),
    "type Mixed": (TRACE.replace('"ai"', '"Mixed"').encode(), True),
    "another type": (TRACE.replace('"ai"', '"robot"').encode(), False),
    "a short revision": (TRACE.replace(REVISION, REVISION[:8]).encode(), False),
    "a revision in capitals": (TRACE.replace(REVISION, "ABCDEF0123" * 4).encode(), True),
    "cut off": (TRACE[:-9].encode(), False),
}


@pytest.mark.parametrize("name", TRACES)
def test_agent_traces_of_every_form_are_read_or_wrong(name: str) -> None:
    content, is_read = TRACES[name]
    found = []
    with nullcontext() if is_read else pytest.raises(WrongRecordError):
        for line in filter(bytes.strip, split_records(content)):
            found += read_agent_trace(line, Path("/w")).records.lines
    assert found == ["a.py"] * is_read


def test_agent_traces_in_notes_count_for_the_commit_they_are_on(repository: Repository) -> None:
    base = repository.git("rev-parse", "HEAD")
    repository.commit({"b.py": TEN.replace("x", "y")}, date="2026-01-02")
    whole = json.loads(agent_trace(base, "b.py", {"start_line": 1, "end_line": 3}))
    other = agent_trace(base, "b.py", {"start_line": 4, "end_line": 4}, by="human")
    del whole["vcs"]
    add_note(repository, f"{json.dumps(whole)}\n{other}\n", ref="agent-trace")
    model = "anthropic/claude-opus-4-8"
    agent = Record(RecordSource.AGENT_TRACE, WrittenBy.AGENT, Strength.LINES, "cursor", model)
    person = Record(RecordSource.AGENT_TRACE, WrittenBy.PERSON, Strength.LINES)
    assert declared(repository, "b.py") == [agent, agent, agent, person, *[None] * 6]


def test_a_trailer_speaks_of_all_lines_of_its_commit_that_no_tool_tracked(repository: Repository) -> None:
    message = "Work\n\nCo-authored-by: Claude Opus 4.6 (1M context) <noreply@anthropic.com>"
    repository.commit({"b.py": TEN.replace("x", "y")}, date="2026-01-02", message=message)
    claude = Record(RecordSource.TRAILER, WrittenBy.AGENT, Strength.COMMIT, "claude", "claude-opus-4-6")
    assert declared(repository, "b.py") == [claude] * 10
    add_note(repository, git_ai_note({"b.py": {f"{SESSION}::t_1": "1-9"}}))
    assert declared(repository, "b.py") == [*[CODEX] * 9, UNTRACKED]


def test_what_a_shallow_clone_ends_with_says_nothing_about_older_lines(repository: Repository) -> None:
    message = "Work\n\nCo-authored-by: Claude <noreply@anthropic.com>"
    repository.commit({"a.py": TEN + "y = 1\n"}, date="2026-01-02", message=message)
    shallow = Repository(repository.folder.parent / "shallow")
    shallow.git("fetch", "--quiet", "--depth=1", repository.folder.as_uri(), "main")
    shallow.git("checkout", "--quiet", "FETCH_HEAD")
    assert declared(shallow, "a.py") == [None] * 11


def test_headers_of_a_commits_files(tmp_path: Path) -> None:
    repository = Repository(tmp_path / "repository")
    header = "// SPDX-AI-Disclosure: {}\n"
    repository.commit(
        {
            "a.go": header.format("ai-generated"),
            "b/upper.go": "package b\n\n" + header.format("none").upper(),
            "b/line\nend.go": header.format("none"),
            "nul.go": header.format("none") + "/" * 9000 + "\n// \0 SPDX-AI-Disclosure: \0 none\n",
            "late.go": "\n" * 20 + header.format("ai-generated"),
            "quoted.go": "x := `SPDX-AI-Disclosure: autonomous`\n",
            "unknown.go": header.format("perhaps"),
            "plain.go": "package c\n",
        },
        date="2025-01-01",
    )
    repository.write("uncommitted.go", header.format("autonomous"))
    repository.configure({"grep.column": "true", "grep.fullName": "false", "color.grep": "always"})
    opened = Opened.of(repository.folder)
    head = repository.git("rev-parse", "HEAD")
    found = {path: record.by for path, record in headers_of(opened, head).items()}
    assert found == {"a.go": WrittenBy.AGENT, "b/upper.go": WrittenBy.PERSON, "nul.go": WrittenBy.PERSON}
