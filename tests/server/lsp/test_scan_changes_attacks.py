"""``codeorigin.scanChanges`` while the files it reads are written, moved, deleted and committed."""

import asyncio
import random
import shutil
import threading
from collections.abc import AsyncIterator, Iterator
from contextlib import contextmanager
from typing import Any

import pytest
from lsprotocol import types
from pytest_lsp import client_capabilities
from tests.server.lsp.conftest import running
from tests.server.lsp.editor import Editor, python_function

from support.controlled_git import ControlledGit
from support.repositories import Repository
from support.waiting import until

NAMES = [f"file_{number}.py" for number in range(6)]
SCANS = 12


@pytest.fixture(scope="module")
async def server(git: ControlledGit, tmp_path_factory: pytest.TempPathFactory) -> AsyncIterator[Editor]:
    root = Repository(tmp_path_factory.mktemp("workspace") / "busy").folder
    capabilities = client_capabilities("visual-studio-code")
    async with running(root, capabilities, environment=git.environment) as editor:
        yield editor


@pytest.fixture
def repository(editor: Editor) -> Repository:
    """The workspace, with only committed files."""
    made = Repository.at(editor.root)
    for path in editor.root.iterdir():
        if path.name != ".git":
            shutil.rmtree(path) if path.is_dir() else path.unlink()
    for name in NAMES:
        made.write(name, python_function(f"in_{name[:-3]}"))
    made.git("add", "--all")
    made.git("commit", "--quiet", "--allow-empty", "-m", "As it was")
    return made


def listed(answer: Any) -> dict[str, list[str]]:
    return {
        each["uri"].rpartition("/")[2]: [function["name"] for function in each["functions"]]
        for each in answer["files"]
    }


async def test_files_change_after_git_has_listed_them(
    editor: Editor, git: ControlledGit, repository: Repository
) -> None:
    document = editor.open(python_function("open"))
    assert len(await editor.findings(document)) == 1
    repository.write("new.py", python_function("new", 4))
    repository.write("gone.py", python_function("gone", 4))
    with git.held("--others"):
        waiting = asyncio.ensure_future(editor.scan_changes())
        await until(lambda: git.is_waiting)
        # Typing does not wait for git.
        editor.replace(document, "def open", "def closed")
        assert await editor.names(document) == ["closed"]
        (editor.root / "gone.py").unlink()
        (editor.root / NAMES[0]).unlink()
        (editor.root / NAMES[1]).unlink()
        (editor.root / NAMES[1]).mkdir()
        repository.write("new.py", python_function("newer", 5))
    for answer in (await waiting, await editor.scan_changes()):
        assert (listed(answer), answer["errors"]) == ({"new.py": ["newer"]}, [])


async def test_scan_can_be_cancelled_while_git_runs(
    editor: Editor, git: ControlledGit, repository: Repository
) -> None:
    repository.write(NAMES[2], python_function("rewritten", 6))
    with git.held("ls-files"):
        error = await editor.cancelled_request(
            types.WORKSPACE_EXECUTE_COMMAND,
            types.ExecuteCommandParams(command="codeorigin.scanChanges", arguments=[None, {"quiet": True}]),
        )
        assert error.code == types.LSPErrorCodes.RequestCancelled
    assert listed(await editor.scan_changes()) == {NAMES[2]: ["rewritten"]}


@contextmanager
def busy(repository: Repository) -> Iterator[None]:
    """Somebody works in the repository, as fast as they can, until the block ends."""
    chance, ended, failed = random.Random(3), threading.Event(), []

    def work() -> None:
        number = 0
        while not ended.is_set():
            number += 1
            name = chance.choice([*NAMES, "extra.py", "sub/extra.py"])
            path = repository.folder / name
            try:
                match chance.randrange(6):
                    case 0:
                        path.unlink(missing_ok=True)
                    case 1:
                        repository.git("add", "--all")
                    case 2:
                        repository.git("commit", "--quiet", "--allow-empty", "-m", "Work")
                    case _:
                        repository.write(name, python_function(f"work_{number}", number % 7 + 2))
            except Exception as error:
                failed.append(error)
                return

    thread = threading.Thread(target=work)
    thread.start()
    try:
        yield
    finally:
        ended.set()
        thread.join()
    assert failed == []


async def test_every_scan_of_a_busy_repository_is_answered(editor: Editor, repository: Repository) -> None:
    with busy(repository):
        for _ in range(SCANS):
            answer = await editor.scan_changes()
            assert answer["errors"] == []
            names = [name for names in listed(answer).values() for name in names]
            assert all(name.startswith(("work_", "in_file_")) for name in names)
    repository.git("add", "--all")
    repository.git("commit", "--quiet", "--allow-empty", "-m", "Done")
    repository.write(NAMES[3], python_function("last", 12))
    answer = await editor.scan_changes()
    assert (listed(answer), answer["errors"]) == ({NAMES[3]: ["last"]}, [])
