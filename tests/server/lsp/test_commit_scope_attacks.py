"""``codeorigin.scope: commit`` while git hangs, fails or is missing, or the repository comes and goes."""

import os
from collections.abc import AsyncIterator
from pathlib import Path

import pytest
from pytest_lsp import client_capabilities
from tests.server.lsp.commits import (
    BY_COMMIT,
    OLD,
    ONE,
    THREE,
    TWO,
    by_commit,
    two_commits,
    verdict_with_neighbours,
)
from tests.server.lsp.conftest import SETTINGS, running
from tests.server.lsp.editor import PUSHED, Editor, python_function

from support.controlled_git import ControlledGit
from support.repositories import Repository
from support.tiny_model import with_commit_rules
from support.waiting import until

TEXT = f"{OLD}\n\n{ONE}"


@pytest.fixture(scope="module")
def model(tiny_model_dir: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    return with_commit_rules(tmp_path_factory.mktemp("model"), tiny_model_dir)


@pytest.fixture(scope="module")
async def server(
    model: Path, git: ControlledGit, tmp_path_factory: pytest.TempPathFactory
) -> AsyncIterator[Editor]:
    options = {"settings": BY_COMMIT, "model": model, "environment": git.environment}
    async with running(
        tmp_path_factory.mktemp("workspace"), client_capabilities("neovim"), **options
    ) as editor:
        yield editor


@pytest.fixture
async def editor(server: Editor) -> AsyncIterator[Editor]:
    """The module's server, with the commit scope on."""
    async with by_commit(server) as editor:
        yield editor


@pytest.fixture
def repository(folder: Path) -> Repository:
    return two_commits(Repository(folder))


def uri(repository: Repository, name: str = "a.py") -> str:
    return (repository.folder / name).as_uri()


@pytest.mark.parametrize("asked", ["blame", "cat-file", "diff-tree", "rev-parse"])
async def test_git_failure_is_forgotten_on_the_next_save(
    editor: Editor, git: ControlledGit, repository: Repository, asked: str
) -> None:
    with git.failing(asked):
        document = editor.open(TEXT, uri=uri(repository))
        await verdict_with_neighbours(editor, document, "one", 0)
    editor.save(document)
    await verdict_with_neighbours(editor, document, "one", 2)
    with git.failing(asked):
        editor.save(document)
        await editor.idle()
    editor.save(document)
    await verdict_with_neighbours(editor, document, "one", 2)


async def test_commit_is_read_once_for_all_folders(editor: Editor, git: ControlledGit, folder: Path) -> None:
    deep = two_commits(Repository(folder), "deep/a.py")
    await verdict_with_neighbours(editor, editor.open(TEXT, uri=uri(deep, "deep/a.py")), "one", 2)
    with git.failing("diff-tree"):
        other = editor.open(f"{TWO}\n\n{THREE}", uri=uri(deep, "b.py"))
        await verdict_with_neighbours(editor, other, "two", 2)


async def test_closing_and_reopening_a_document_while_git_runs(
    editor: Editor, git: ControlledGit, repository: Repository
) -> None:
    with git.held("blame"):
        document = editor.open(TEXT, uri=uri(repository))
        await until(lambda: git.is_waiting)
        # Nothing else waits for git meanwhile, least of all the document's own verdicts.
        assert len(await editor.findings(document)) == 2
        other = editor.open(python_function("elsewhere"), uri="untitled:elsewhere")
        assert await editor.names(other) == ["elsewhere"]
        await editor.close(document)
        again = editor.open(TEXT.replace("def old", "def new"), uri=document.uri)
        assert len(await editor.findings(again)) == 2
        await editor.close(again)
    await editor.idle()
    assert await editor.hover(document, 0) is None
    document = editor.open(TEXT, uri=uri(repository))
    await verdict_with_neighbours(editor, document, "one", 2)


async def test_closing_a_document_stops_its_git_process(
    editor: Editor, git: ControlledGit, repository: Repository
) -> None:
    with git.held("blame"):
        document = editor.open(TEXT, uri=uri(repository))
        await until(lambda: git.is_waiting)
        assert len(await editor.findings(document)) == 2
        await editor.close(document)
        # The only git thread is free again, here for the workspace, which is not a repository.
        answer = await editor.scan_changes()
        assert [each.rpartition(": ")[2] for each in answer["errors"]] == ["is not in a git repository"]


async def test_switching_the_scope_while_git_runs(
    editor: Editor, git: ControlledGit, repository: Repository
) -> None:
    with git.held("blame"):
        document = editor.open(TEXT, uri=uri(repository))
        await until(lambda: git.is_waiting)
        for scope in ("file", "commit", "file"):
            editor.tell_settings(**{**SETTINGS, "scope": scope})
        await until(editor.asked_for_settings.is_set)
    await verdict_with_neighbours(editor, document, "one", 0)
    await editor.configure(**BY_COMMIT)
    verdict = await verdict_with_neighbours(editor, document, "one", 2)
    for scope in ("file", "commit", "file", "commit", "file"):
        editor.tell_settings(**{**SETTINGS, "scope": scope})
    await until(editor.asked_for_settings.is_set)
    alone = await verdict_with_neighbours(editor, document, "one", 0)
    assert alone["commitEvidence"] is None
    await editor.configure(**BY_COMMIT)
    assert await verdict_with_neighbours(editor, document, "one", 2) == verdict


async def test_text_typed_while_git_runs_is_not_scored_until_saved(
    editor: Editor, git: ControlledGit, repository: Repository
) -> None:
    await editor.configure(**BY_COMMIT, run="onSave")
    with git.held("blame"):
        document = editor.open(TEXT, uri=uri(repository))
        await until(lambda: git.is_waiting)
        assert len(await editor.findings(document)) == 2
        editor.replace(document, "def old", "def typed")
    await editor.idle()
    assert not [each for each in editor.inbox.get(PUSHED, ()) if each.uri == document.uri]
    editor.save(document)
    assert {each.data["name"] for each in await editor.findings(document)} == {"typed", "one"}
    await verdict_with_neighbours(editor, document, "one", 2)


async def test_repository_is_deleted_and_comes_back(editor: Editor, repository: Repository) -> None:
    document = editor.open(TEXT, uri=uri(repository))
    before = await verdict_with_neighbours(editor, document, "one", 2)
    elsewhere = repository.folder.with_suffix(".moved")
    repository.folder.rename(elsewhere)
    editor.save(document)
    await verdict_with_neighbours(editor, document, "one", 0)
    repository.folder.mkdir()
    editor.save(document)
    await verdict_with_neighbours(editor, document, "one", 0)
    repository.git("clone", "--quiet", str(elsewhere), str(repository.folder))
    editor.save(document)
    assert await verdict_with_neighbours(editor, document, "one", 2) == before


async def test_shallow_clone_counts_once_its_history_is_fetched(
    editor: Editor, repository: Repository, folder: Path
) -> None:
    clone = Repository.at(folder.with_suffix(".clone"))
    repository.git("clone", "--quiet", "--depth", "1", f"file://{repository.folder}", str(clone.folder))
    document = editor.open(TEXT, uri=uri(clone))
    # Without its parent commit, nobody can tell what the last commit wrote.
    await verdict_with_neighbours(editor, document, "one", 0)
    clone.git("fetch", "--quiet", "--unshallow")
    editor.save(document)
    await verdict_with_neighbours(editor, document, "one", 2)
    await verdict_with_neighbours(editor, document, "old", 0)


async def test_commits_are_added_and_reset_while_the_document_is_open(
    editor: Editor, repository: Repository
) -> None:
    document = editor.open(TEXT, uri=uri(repository))
    await verdict_with_neighbours(editor, document, "one", 2)
    four = python_function("four", 11)
    editor.replace(document, "def one", f"{four}\n\ndef one")
    repository.commit({"a.py": document.text, "c.py": python_function("five", 13)}, date="2020-01-03")
    editor.save(document)
    await verdict_with_neighbours(editor, document, "four", 1)
    await verdict_with_neighbours(editor, document, "one", 2)
    repository.git("reset", "--quiet", "--hard", "HEAD~2")
    editor.save(document)
    await verdict_with_neighbours(editor, document, "one", 0)
    await verdict_with_neighbours(editor, document, "four", 0)
    await verdict_with_neighbours(editor, document, "old", 0)


@pytest.mark.parametrize(
    ("inside", "name"),
    [
        ("plain", "new\nline.py"),
        ("plain", "-x.py"),
        ("plain", "--output=x.py"),
        ("plain", ":(top)x.py"),
        ("plain", 'quo"te%20#?.py'),
        ("-r\nsub", "\u00fcml\u00e4ut \U0001f600.py"),
    ],
)
async def test_commit_scope_works_for_unusual_paths(
    editor: Editor, folder: Path, inside: str, name: str
) -> None:
    document = editor.open(TEXT, uri=uri(two_commits(Repository(folder / inside), name), name))
    await verdict_with_neighbours(editor, document, "one", 2)
    await verdict_with_neighbours(editor, document, "old", 0)


async def test_without_git_only_the_file_counts(model: Path, tmp_path: Path) -> None:
    repository = two_commits(Repository(tmp_path / "work"))
    (tmp_path / "empty").mkdir()
    environment = {**os.environ, "PATH": str(tmp_path / "empty")}
    async with running(
        repository.folder,
        client_capabilities("visual-studio-code"),
        settings=BY_COMMIT,
        model=model,
        environment=environment,
    ) as editor:
        document = editor.open(TEXT, uri=uri(repository))
        assert (await verdict_with_neighbours(editor, document, "one", 0))["neighbours"] == 1
        answer = await editor.scan_changes()
        assert answer["errors"] == ["git is not installed; install it to check changes and history"]
        await editor.tidy()
