"""``codeorigin.scanChanges``: the functions of the working tree that differ from HEAD, whoever works in it."""

import asyncio
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from lsprotocol import types
from tests.server.lsp.conftest import running
from tests.server.lsp.editor import SETTINGS, Editor, python_function

from codeorigin.core.budget import Budget
from codeorigin.core.cancellation import CancelToken
from codeorigin.git.diff import ChangedFile
from codeorigin.languages import parse_budget
from codeorigin.lsp.scoring.changed_files import FileToScan
from codeorigin.settings.schema import Settings
from codeorigin.text.positions import PositionEncoding
from support.controlled_git import ControlledGit
from support.notebooks import notebook
from support.repositories import Repository
from support.waiting import until

OLD, NEW = python_function("old"), python_function("new", 5)
NAMES = [f"file_{number}.py" for number in range(6)]
SCANS = 8


@pytest.fixture
def repository(folder: Path) -> Repository:
    """The workspace, with only committed files."""
    made = Repository(folder)
    made.commit({name: python_function(f"in_{name[:-3]}") for name in NAMES}, date="2024-01-01")
    return made


def listed(answer: Any, root: Path) -> dict[str, list[str]]:
    """The names of the changed functions by file."""
    return {
        each["uri"].removeprefix(f"{root.as_uri()}/"): [function["name"] for function in each["functions"]]
        for each in answer["files"]
    }


async def test_only_changed_functions_are_listed(
    editor: Editor, repository: Repository, tmp_path: Path
) -> None:
    repository.commit({"a.py": OLD, "sub/b.py": OLD, "same.py": OLD, "b.rb": "x\n"}, date="2024-01-02")
    repository.write("a.py", f"{OLD}\n\n{NEW}")
    repository.write("sub/b.py", OLD.replace("total = 0", "total = 1"))
    repository.write("added.py", NEW)
    repository.write("vendored/c.py", NEW)
    await editor.configure(**SETTINGS, exclude=["vendored"])
    answer = await editor.scan_changes()
    found = {"a.py": ["new"], "added.py": ["new"], "sub/b.py": ["old"]}
    assert listed(answer, repository.folder) == found
    assert answer["message"] == "changes: 3 changed functions in 3 files, 3 of them likely LLM"
    assert (answer["reported"], answer["errors"], answer["cancelled"]) == (3, [], False)
    assert answer["remark"] is None
    assert {each["reportedText"] for each in answer["files"]} == {"1 of 1 likely LLM"}
    verdict = answer["files"][0]["functions"][0]["verdict"]
    document = editor.open(f"{OLD}\n\n{NEW}", uri=(repository.folder / "a.py").as_uri())
    assert verdict == (await editor.rescore(document))["functions"][1]["verdict"]

    plain = tmp_path / "plain"
    plain.mkdir()
    await editor.change_folders(added=[plain])
    answer = await editor.scan_changes(plain.as_uri())
    (error,) = answer["errors"]
    assert (answer["files"], answer["remark"]) == ([], error)
    assert answer["message"] == f"the changes were not scored: {error}"
    both = await editor.scan_changes()
    assert (listed(both, repository.folder), both["errors"]) == (found, [error])
    await editor.change_folders(removed=[plain])


async def test_changed_cells_are_listed(editor: Editor, repository: Repository) -> None:
    repository.write("n.ipynb", notebook("x = 1", NEW))
    assert listed(await editor.scan_changes(), repository.folder) == {"n.ipynb": ["new"]}


async def test_moved_functions_are_named_and_counted_apart(editor: Editor, repository: Repository) -> None:
    repository.write("new.py", f"{python_function('in_file_0')}\n\n{NEW}")
    repository.write(NAMES[0], "# Empty.\n")
    answer = await editor.scan_changes()
    (file,) = answer["files"]
    found = [(function["name"], function["verdict"]["reason"]) for function in file["functions"]]
    assert found == [("in_file_0", "moved"), ("new", None)]
    assert (answer["functions"], answer["moved"], answer["reported"]) == (1, 1, 1)
    assert file["reportedText"] == "1 of 1 likely LLM, 1 moved"
    assert answer["message"] == "changes: 1 changed function in 1 file, 1 of them likely LLM, 1 moved"


@pytest.mark.parametrize("limit", [100_000, 10_000_000])
async def test_a_large_file_does_not_end_the_scan(editor: Editor, repository: Repository, limit: int) -> None:
    """A changed file may be larger than the setting, or than what git reads of a file to tell moved code."""
    repository.write("large.py", f"{NEW}\n" + "#\n" * 2_800_000)
    repository.write(NAMES[0], NEW)
    await editor.configure(**SETTINGS, maxFileSize=limit)
    answer = await editor.scan_changes()
    assert listed(answer, repository.folder)[NAMES[0]] == ["new"]
    assert not answer["cancelled"]


@pytest.mark.usefixtures("failing")
async def test_unexpected_failure_skips_only_that_file(tmp_path: Path) -> None:
    repository = Repository(tmp_path / "work")
    repository.write("a.py", f"# RAISE\n{OLD}")
    repository.write("b.py", NEW)
    async with running(repository.folder) as editor:
        answer = await editor.scan_changes()
    assert listed(answer, repository.folder) == {"b.py": ["new"]}
    assert answer["errors"] == [f"{repository.folder / 'a.py'}: could not be scored (ValueError)"]


async def test_files_change_after_git_has_listed_them(
    editor: Editor, git: ControlledGit, repository: Repository
) -> None:
    document = editor.open(python_function("open"))
    assert len(await editor.findings(document)) == 1
    folder = repository.folder
    repository.write("new.py", python_function("new", 4))
    repository.write("gone.py", python_function("gone", 4))
    with git.held("--others"):
        waiting = asyncio.ensure_future(editor.scan_changes())
        await until(lambda: git.is_waiting)
        # Typing does not wait for git.
        editor.replace(document, "def open", "def closed")
        assert await editor.names(document) == ["closed"]
        (folder / "gone.py").unlink()
        (folder / NAMES[0]).unlink()
        (folder / NAMES[1]).unlink()
        (folder / NAMES[1]).mkdir()
        repository.write("new.py", python_function("newer", 5))
    for answer in (await waiting, await editor.scan_changes()):
        assert (listed(answer, folder), answer["errors"]) == ({"new.py": ["newer"]}, [])


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
    assert listed(await editor.scan_changes(), repository.folder) == {NAMES[2]: ["rewritten"]}


async def test_all_files_of_a_scan_draw_on_one_budget(tmp_path: Path) -> None:
    seen = []

    class Analyzer:
        def analyze_many(self, documents: Any, **_: Any) -> Iterator[Exception]:
            for _document in documents:
                seen.append(parse_budget._run.get())
                yield ValueError("not now")

    analyzer: Any = Analyzer()
    file, budget = ChangedFile("a.py", "", ()), Budget()
    changed = FileToScan(tmp_path / "a.py", file, b"x = 1", Settings(), None, PositionEncoding.UTF16, budget)
    with pytest.raises(ValueError, match="not now"):
        changed.functions(analyzer, CancelToken())
    assert seen == [budget]
