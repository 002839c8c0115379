"""``codeorigin.scanChanges``: the functions of the working tree that differ from HEAD."""

from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any

import pytest
from pytest_lsp import client_capabilities
from tests.server.lsp.conftest import SETTINGS, running
from tests.server.lsp.editor import Editor, python_function
from tests.server.lsp.test_process import FAULTY

from support.notebooks import notebook
from support.repositories import Repository

OLD, NEW = python_function("old"), python_function("new", 5)


@pytest.fixture(scope="module")
async def server(tmp_path_factory: pytest.TempPathFactory) -> AsyncIterator[Editor]:
    root = tmp_path_factory.mktemp("workspace")
    repository = Repository(root / "changed")
    repository.commit({"a.py": OLD, "sub/b.py": OLD, "same.py": OLD, "b.rb": "x\n"}, date="2020-01-01")
    repository.write("a.py", f"{OLD}\n\n{NEW}")
    repository.write("sub/b.py", OLD.replace("total = 0", "total = 1"))
    repository.write("added.py", NEW)
    repository.write("vendored/c.py", NEW)
    (root / "plain").mkdir()
    capabilities, folders = client_capabilities("visual-studio-code"), ("changed", "plain")
    async with running(root, capabilities, folders=folders) as editor:
        yield editor


def listed(answer: Any, root: Path) -> dict[str, list[str]]:
    return {
        each["uri"].removeprefix(root.as_uri()): [function["name"] for function in each["functions"]]
        for each in answer["files"]
    }


async def test_only_changed_functions_are_listed(editor: Editor) -> None:
    await editor.configure(**SETTINGS, exclude=["vendored"])
    folder = (editor.root / "changed").as_uri()
    answer = await editor.scan_changes(folder)
    assert listed(answer, editor.root) == {
        "/changed/a.py": ["new"],
        "/changed/added.py": ["new"],
        "/changed/sub/b.py": ["old"],
    }
    assert answer["message"] == "changes: 3 changed functions in 3 files, 3 of them likely LLM-written"
    assert (answer["reported"], answer["errors"], answer["cancelled"]) == (3, [], False)
    assert answer["remark"] is None
    assert {each["reportedText"] for each in answer["files"]} == {"1 of 1 reported"}
    verdict = answer["files"][0]["functions"][0]["verdict"]
    document = editor.open(f"{OLD}\n\n{NEW}", uri=(editor.root / "changed" / "a.py").as_uri())
    whole = await editor.rescore(document)
    assert verdict == whole["functions"][1]["verdict"]


async def test_folder_without_a_repository_gives_one_error(editor: Editor) -> None:
    answer = await editor.scan_changes((editor.root / "plain").as_uri())
    assert answer["files"] == []
    (error,) = answer["errors"]
    assert answer["message"] == f"the changes were not scored: {error}"
    assert answer["remark"] == error
    both = await editor.scan_changes()
    assert len(both["files"]) > 0
    assert both["errors"] == [error]


async def test_changed_cells_and_code_blocks_are_listed(editor: Editor) -> None:
    await editor.configure(**SETTINGS)
    folder = editor.root / "changed"
    (folder / "n.ipynb").write_text(notebook("x = 1", NEW), encoding="utf-8")
    (folder / "m.md").write_text(f"# Use\n\n```python\n{NEW}```\n", encoding="utf-8")
    for settings, names in (({}, ["m.md", "n.ipynb"]), ({"documents": []}, ["n.ipynb"])):
        await editor.configure(**SETTINGS, **settings)
        answer = await editor.scan_changes(folder.as_uri())
        found = listed(answer, editor.root)
        assert {name: found.get(f"/changed/{name}") for name in names} == {name: ["new"] for name in names}
        assert len([name for name in found if name.endswith(("md", "ipynb"))]) == len(names)
    (folder / "n.ipynb").unlink()
    (folder / "m.md").unlink()


async def test_unexpected_failure_skips_only_that_file(tmp_path: Path) -> None:
    repository = Repository(tmp_path / "work")
    repository.write("a.py", f"# RAISE\n{OLD}")
    repository.write("b.py", NEW)
    async with running(
        repository.folder, client_capabilities("visual-studio-code"), command=list(FAULTY)
    ) as editor:
        answer = await editor.scan_changes()
        await editor.tidy()
    assert listed(answer, repository.folder) == {"/b.py": ["new"]}
    assert answer["errors"] == [f"{repository.folder / 'a.py'}: could not be scored (ValueError)"]
