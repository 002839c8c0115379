"""What is declared: a line of hovers and explanations apart from the estimate, and the lines of a whole document."""

import asyncio
import json
from pathlib import Path
from typing import Any

import pytest
from lsprotocol import types
from tests.server.lsp.editor import SETTINGS, Document, Editor
from tests.server.lsp.repositories.conftest import opened

from support.command import run
from support.controlled_git import ControlledGit
from support.declared_records import PERSON, SESSION, add_note, git_ai_note
from support.repositories import Repository, plain_functions
from support.waiting import until

CODE = plain_functions("seven", "eight", number=7)
LAST = CODE.split("\n").index("", 1)
"""Number of lines of the first function."""
BY_CODEX = f"Declared: lines 1-{LAST} by codex, gpt-5.5 (git-ai)"


@pytest.fixture
def repository(folder: Path) -> Repository:
    """A repository with one file."""
    made = Repository(folder)
    made.commit({"new.py": CODE}, date="2026-01-01")
    return made


def note() -> str:
    """The first function is recorded as an agent's."""
    return git_ai_note({"new.py": {f"{SESSION}::t_1": f"1-{LAST}"}})


async def said(editor: Editor, document: Document, line: int = 0) -> str | None:
    """The line in the hover, which must be its last one, once all is known; the explanation must say the same."""
    await editor.idle()
    shown = (await editor.hover_text(document, line)).replace("\\", "").split("\n")
    assert not any("Declared" in each for each in shown[:-1])
    explained = await editor.explain(document, line)
    assert explained["declared"] == (shown[-1] if shown[-1].startswith("Declared") else None)
    assert "codex" not in explained["explanation"]["summary"]
    await editor.idle()  # what the two began has read HEAD and notes as they are now
    return None if explained["declared"] is None else str(explained["declared"])


async def test_unsaved_edits_are_not_recorded(editor: Editor, repository: Repository) -> None:
    add_note(repository, note())
    document = opened(editor, repository)
    assert await said(editor, document) == BY_CODEX
    editor.replace(document, "def seven(", "# new\ndef seven(")
    await editor.hover(document, 1)
    assert await said(editor, document, 1) == BY_CODEX.replace(f"1-{LAST}", f"2-{LAST + 1}")
    editor.replace(document, "kept = []", "kept = list()")
    await editor.hover(document, 1)
    assert f"lines 2, 4-{LAST + 1} by codex" in str(await said(editor, document, 1))


async def test_without_a_record_there_is_no_line_until_a_new_head_has_one(
    editor: Editor, repository: Repository
) -> None:
    document = opened(editor, repository)
    assert await said(editor, document) is None
    assert await said(editor, editor.open(CODE)) is None
    repository.commit({"other.py": "x = 1\n"}, date="2026-01-02")
    repository.git("notes", "--ref=ai", "add", "-f", "-F", "-", "HEAD~1", stdin=note().encode())
    editor.save(document)
    await editor.idle()
    assert await said(editor, document) == BY_CODEX


async def test_a_hover_does_not_wait_for_git(
    editor: Editor, repository: Repository, git: ControlledGit
) -> None:
    add_note(repository, note())
    with git.held("blame"):
        document = opened(editor, repository)
        await until(lambda: git.is_waiting)
        assert "Declared" not in await editor.hover_text(document, 0)
    assert await said(editor, document) == BY_CODEX


async def declared(editor: Editor, uri: str) -> Any:
    return await editor.request("codeorigin/declared", {"textDocument": {"uri": uri}})


async def test_the_lines_of_a_document_are_those_of_blame(
    editor: Editor, repository: Repository, tiny_model_dir: Path
) -> None:
    keys = {f"{SESSION}::t_1": f"1-{LAST - 1}", PERSON: f"{LAST}"}
    add_note(repository, git_ai_note({"new.py": keys}))
    answer = await declared(editor, opened(editor, repository).uri)
    assert answer["version"] == 0
    assert [(each["first"], each["last"], each["label"]) for each in answer["runs"]] == [
        (0, LAST - 2, "codex, gpt-5.5 (git-ai)"),
        (LAST - 1, LAST - 1, "a known person (git-ai)"),
        (LAST, CODE.count("\n") - 1, "untracked (git-ai)"),
    ]
    assert answer["message"].startswith(f"Declared: {CODE.count(chr(10)) - LAST} lines untracked (git-ai); ")
    blamed = run("blame", repository.folder / "new.py", "--format", "json", "--model", tiny_model_dir)
    by_line = {
        number: each["record"] for each in answer["runs"] for number in range(each["first"], each["last"] + 1)
    }
    assert [each["declared"] for each in json.loads(blamed.stdout)["lines"]] == list(by_line.values())


async def test_the_lines_follow_edits_and_notes(editor: Editor, repository: Repository) -> None:
    document = opened(editor, repository)
    assert (await declared(editor, document.uri))["runs"] == []
    add_note(repository, note())
    codex, untracked = (await declared(editor, document.uri))["runs"]
    assert (codex["first"], codex["last"], untracked["first"]) == (0, LAST - 1, LAST)
    editor.replace(document, "def seven(", "# new\ndef seven(")
    answer = await declared(editor, document.uri)
    assert answer["version"] == 1
    assert (answer["runs"][0]["first"], answer["runs"][0]["last"]) == (1, LAST)


async def test_nothing_is_said_without_a_repository_and_the_past_has_no_say(
    editor: Editor, repository: Repository
) -> None:
    assert await declared(editor, editor.open(CODE).uri) is None
    add_note(repository, note())
    document = opened(editor, repository)
    assert await said(editor, document) == BY_CODEX
    await editor.configure(**SETTINGS, past=False)
    assert await said(editor, document) == BY_CODEX
    assert await declared(editor, "file:///missing.py") is None
    error = await editor.error_of(editor.request("codeorigin/declared", [1]))
    assert error.code == types.ErrorCodes.InvalidParams


async def test_a_request_waits_for_the_newest_text(
    editor: Editor, repository: Repository, git: ControlledGit
) -> None:
    add_note(repository, note())
    with git.held("blame"):
        document = opened(editor, repository)
        await until(lambda: git.is_waiting)
        asking = asyncio.ensure_future(declared(editor, document.uri))
        editor.replace(document, "def seven(", "# new\ndef seven(")
        await editor.hover(document, 1)
    assert (await asking)["runs"][0]["first"] == 1


async def test_what_was_begun_before_a_request_is_not_its_answer(
    editor: Editor, repository: Repository, git: ControlledGit
) -> None:
    with git.held("blame"):
        document = opened(editor, repository)
        await until(lambda: git.is_waiting)
        trailer = "Work\n\nCo-authored-by: Claude <noreply@anthropic.com>"
        repository.git("commit", "--quiet", "--amend", "--no-gpg-sign", "-m", trailer)
        asking = asyncio.ensure_future(declared(editor, document.uri))
        assert await editor.hover(document, 0) is not None
    assert (await asking)["runs"][0]["label"] == "claude (commit, trailer)"
