"""How often the server starts git: a repository is looked at once for each save, not for each hover."""

import subprocess
from collections.abc import Awaitable
from pathlib import Path
from typing import Any

import pytest
from tests.server.lsp.conftest import running

from codeorigin.git import process
from support.repositories import Repository, plain_functions


class Started(list[str]):
    """The git commands that were started since they were last taken."""

    def taken(self) -> list[str]:
        found = self[:]
        self.clear()
        return found


@pytest.fixture
def started(monkeypatch: pytest.MonkeyPatch) -> Started:
    found = Started()
    start = process.Git._start

    def counting(self: process.Git, arguments: Any, *more: Any, **options: Any) -> subprocess.Popen[bytes]:
        found.append(" ".join(map(str, arguments)))
        return start(self, arguments, *more, **options)

    monkeypatch.setattr(process.Git, "_start", counting)
    return found


async def test_git_is_started_for_saves_and_not_for_hovers(
    tmp_path: Path, started: Started, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path / "cache"))
    repository = Repository(tmp_path / "work")
    text = plain_functions("one", "two")
    repository.commit({"a.py": text}, date="2020-01-01")
    repository.commit({"b.py": plain_functions("three")}, date="2024-01-02")
    async with running(repository.folder) as editor:

        async def commands(asked: Awaitable[Any] | None = None) -> list[str]:
            """The commands that were started since the last call, once the server has nothing to do."""
            if asked is not None:
                await asked
            await editor.idle()
            return started.taken()

        document = editor.open(text, name="a.py")
        assert len(await commands()) <= 8
        assert await commands(editor.hover(document, 0)) == []
        editor.save(document)
        assert len(await commands()) <= 1
        editor.fill(document, f"{text}\nx = 1\n")
        assert await commands() == []
        edited = await commands(editor.hover(document, 0))
        assert 0 < len(edited) <= 5
        assert await commands(editor.hover(document, 0)) == []
        repository.commit({"b.py": plain_functions("four")}, date="2024-01-03")
        editor.save(document)
        assert len(edited) < len(await commands()) <= 8
        repository.write("a.py", text.replace("[]", "list()"))
        scanned = await commands(editor.scan_changes())
        assert "diff-tree" in " ".join(scanned)
        assert not [each for each in scanned if "--show-cdup" in each], "the repository is open already"
