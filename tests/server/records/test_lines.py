"""Records of lines, in three formats, followed to where the lines stand today."""

import hashlib
import json
import re
from collections.abc import Callable
from dataclasses import replace

import pytest

from codeorigin.git.blame import line_origins
from codeorigin.git.repository import Repository as Opened
from codeorigin.records.file_lines import file_records, header_record, text_records
from codeorigin.records.reader import RecordReader
from codeorigin.records.record import Record, RecordSource, Strength, WrittenBy
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


def declared(repository: Repository, path: str) -> list[Record | None]:
    """What is recorded about each line of a file of HEAD."""
    opened = Opened.of(repository.folder)
    head = opened.resolve("HEAD")
    with RecordReader(opened, head) as records:
        found = [records.of_line(each) for each in line_origins(opened.git, head, path)]
    assert records.problems == []
    return found


def test_notes_of_git_ai_tell_agents_people_and_untracked_lines_apart(repository: Repository) -> None:
    keys = {f"{SESSION}::t_1": "1-3", PROMPT: "4,6", PERSON: "7-8", "s_unknown::t_1": "9", "human": "10"}
    add_note(repository, git_ai_note({"a.py": keys}))
    assert declared(repository, "a.py") == [
        *[CODEX] * 3, CURSOR, UNTRACKED, CURSOR, ANN, ANN, UNTRACKED, UNTRACKED
    ]  # fmt: skip


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


def test_the_last_entry_for_a_line_counts(repository: Repository) -> None:
    keys = {f"{SESSION}::t_1": "1-6", PROMPT: "3-8", f"{SESSION}::t_2": "4"}
    add_note(repository, git_ai_note({"a.py": keys}))
    assert declared(repository, "a.py") == [
        CODEX, CODEX, CURSOR, CODEX, *[CURSOR] * 4, UNTRACKED, UNTRACKED
    ]  # fmt: skip


def test_a_note_without_lines_says_no_more_than_that_agents_took_part(repository: Repository) -> None:
    add_note(repository, git_ai_note({}))
    assert declared(repository, "a.py") == [None] * 10
    add_note(repository, git_ai_note({}, prompts={PROMPT: AGENT}))
    helped = replace(CURSOR, strength=Strength.MENTION)
    assert declared(repository, "a.py") == [helped] * 10


def test_an_agent_without_a_line_of_its_own_took_part_in_a_commit(repository: Repository) -> None:
    add_note(repository, git_ai_note({"a.py": {f"{SESSION}::t_1": "1-3"}}, prompts={PROMPT: AGENT}))
    opened = Opened.of(repository.folder)
    head = opened.resolve("HEAD")
    with RecordReader(opened, head) as records:
        assert records.of_commit(head).by_agents() == [CODEX, replace(CURSOR, strength=Strength.MENTION)]


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
    "file://{root}/a.py": True,
    "FILE://localhost{root}/a.py": True,
    "file:{root}/a.py": True,
    "file://{root}/%61.py": True,
    "file:///elsewhere/a.py": False,
    "file://server{root}/a.py": False,
    "file://[::1/a.py": False,
    "file://{root}/../a.py": False,
    "{root}/a.py": False,
    "../a.py": False,
    "https://example.org/a.py": False,
    "C:\\work\\a.py": False,
}


@pytest.mark.parametrize("path", TRACE_PATHS)
def test_paths_of_agent_traces_name_files_or_are_said(repository: Repository, path: str) -> None:
    head = repository.git("rev-parse", "HEAD")
    root = repository.git("rev-parse", "--show-toplevel")
    text = agent_trace(head, path.replace("{root}", root), {"start_line": 1, "end_line": 10})
    assert_traced(repository, text.encode(), is_read=TRACE_PATHS[path])


def assert_traced(repository: Repository, content: bytes, *, is_read: bool) -> None:
    """Whether traces are read, of all lines of ``a.py`` in HEAD, or are skipped with one line."""
    head = repository.git("rev-parse", "HEAD")
    repository.write(".agent-trace/traces.jsonl", content)
    repository.git("add", ".agent-trace")
    repository.commit({}, date="2026-01-03")
    opened = Opened.of(repository.folder)
    with RecordReader(opened, opened.resolve("HEAD")) as records:
        found = {line: records.of_commit(head).of_line("a.py", line) is not None for line in (1, 10)}
    assert found == dict.fromkeys((1, 10), is_read)
    assert len(records.problems) == (not is_read)


TRACE_FORMS: dict[str, tuple[Callable[[str], bytes], bool]] = {
    "byte order mark": (lambda text: b"\xef\xbb\xbf" + text.encode(), True),
    "UTF-16": (lambda text: text.encode("utf-16"), True),
    "line ends of Windows": (lambda text: f"{text}\r\n".encode(), True),
    "on several lines": (lambda text: json.dumps(json.loads(text), indent=2).encode(), True),
    "type AI": (lambda text: text.replace('"ai"', '"AI"').encode(), True),
    "type Mixed": (lambda text: text.replace('"ai"', '"Mixed"').encode(), True),
    "another type": (lambda text: text.replace('"ai"', '"robot"').encode(), False),
    "a short revision": (lambda text: re.sub(r"\b([0-9a-f]{8})[0-9a-f]{32}\b", r"\1", text).encode(), False),
    "a revision in capitals": (
        lambda text: re.sub(r"\b[0-9a-f]{40}\b", lambda found: found[0].upper(), text).encode(),
        True,
    ),
    "cut off": (lambda text: text[:-9].encode(), False),
}


@pytest.mark.parametrize("form", TRACE_FORMS)
def test_agent_traces_of_every_form_are_read_or_said(repository: Repository, form: str) -> None:
    head = repository.git("rev-parse", "HEAD")
    written, is_read = TRACE_FORMS[form]
    text = agent_trace(head, "a.py", {"start_line": 1, "end_line": 10})
    assert_traced(repository, written(text), is_read=is_read)


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
