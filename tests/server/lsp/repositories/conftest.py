"""A server that reads repositories with a git that can be held back, and a model with every rule about them."""

from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any

import pytest
from tests.server.lsp.conftest import VSCODE, StartOnce
from tests.server.lsp.editor import PUSHED, Document, Editor

from support.controlled_git import ControlledGit
from support.repositories import Repository
from support.tiny_model import with_commit_rules, with_reference_rule

CACHES = ("XDG_CACHE_HOME", "LOCALAPPDATA")


@pytest.fixture(scope="session")
def git(tmp_path_factory: pytest.TempPathFactory) -> ControlledGit:
    """The server's git."""
    return ControlledGit(tmp_path_factory.mktemp("programs") / "git")


@pytest.fixture(scope="session")
def caches(tmp_path_factory: pytest.TempPathFactory) -> dict[str, str]:
    """The folder for the server's caches, as a program finds it in its environment."""
    return dict.fromkeys(CACHES, str(tmp_path_factory.mktemp("caches")))


@pytest.fixture(scope="session")
def model(tiny_model_dir: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A model with rules for files, commits, a project's past and what its records declare."""
    folder = tmp_path_factory.mktemp("model")
    return with_reference_rule(with_commit_rules(folder, tiny_model_dir), folder)


@pytest.fixture
async def server(
    request: pytest.FixtureRequest,
    start_once: StartOnce,
    model: Path,
    git: ControlledGit,
    caches: dict[str, str],
) -> Editor:
    return await start_once(
        getattr(request, "param", VSCODE),
        "repositories",
        folders=(),
        model=model,
        environment={**git.environment, **caches},
    )


@pytest.fixture
async def folder(editor: Editor, tmp_path: Path) -> AsyncIterator[Path]:
    """The only folder in the workspace, which does not exist yet."""
    path = tmp_path / "folder"
    await editor.change_folders(added=[path])
    yield path
    editor.inbox.pop(PUSHED, None)  # a scan sends the findings in files that are not open
    await editor.tidy()
    await editor.change_folders(removed=[path])
    editor.inbox.pop(PUSHED, None)


def opened(editor: Editor, repository: Repository, name: str = "new.py") -> Document:
    """A file of a repository, opened as it is on disk."""
    path = repository.folder / name
    return editor.open(path.read_text(encoding="utf-8"), uri=path.as_uri())


async def verdicts(editor: Editor, document: Document) -> dict[str, dict[str, Any]]:
    """The wire forms of the verdicts on a document's functions, by name."""
    answer = await editor.rescore(document)
    return {each["name"]: each["verdict"] for each in answer["functions"]}
