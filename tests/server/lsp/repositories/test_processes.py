"""How often the server starts git: a repository is looked at once for each save, not for each hover."""

import asyncio
import json
import subprocess
from pathlib import Path
from typing import Any

import pytest

from codeorigin.git import process
from codeorigin.lsp.handlers import register_all
from codeorigin.lsp.server import CodeOriginServer
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


class NoWriter:
    """Drops what the server writes."""

    def write(self, data: bytes) -> None:
        """Nobody reads it."""

    def close(self) -> None:
        """Nothing to close."""


async def test_git_is_started_for_saves_and_not_for_hovers(
    tmp_path: Path, started: Started, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path / "cache"))
    repository = Repository(tmp_path / "work")
    text = plain_functions("one", "two")
    repository.commit({"a.py": text}, date="2020-01-01")
    repository.commit({"b.py": plain_functions("three")}, date="2024-01-02")
    server = CodeOriginServer()
    register_all(server)
    server.attach()
    server.protocol.set_writer(NoWriter())
    session, uri = server.session, (repository.folder / "a.py").as_uri()
    identities = iter(range(100))

    async def sent(method: str, **params: Any) -> list[str]:
        """The commands that a message led to, once the server has nothing to do."""
        message = {"jsonrpc": "2.0", "method": method, "params": params}
        if method in {"initialize", "textDocument/hover", "workspace/executeCommand"}:
            message["id"] = next(identities)
        server.protocol.receive(json.dumps(message).encode())
        idle = 0
        while idle < 5:
            await asyncio.sleep(0.01)
            engine = session.engine
            queued = (worker.queue_length for worker in (engine.scorer, engine.git, engine.pasts))
            idle = 0 if session.pending or any(queued) else idle + 1
        return started.taken()

    folder = {"uri": repository.folder.as_uri(), "name": "work"}
    await sent("initialize", processId=None, rootUri=None, capabilities={}, workspaceFolders=[folder])
    await sent("initialized")
    document = {"uri": uri, "languageId": "python", "version": 0, "text": text}
    place = {"textDocument": {"uri": uri}, "position": {"line": 0, "character": 5}}
    change = {"textDocument": {"uri": uri, "version": 1}, "contentChanges": [{"text": f"{text}\nx = 1\n"}]}
    opened = await sent("textDocument/didOpen", textDocument=document)
    assert len(opened) <= 8
    assert await sent("textDocument/hover", **place) == []
    assert len(await sent("textDocument/didSave", textDocument={"uri": uri})) <= 1
    assert await sent("textDocument/didChange", **change) == []
    edited = await sent("textDocument/hover", **place)
    assert 0 < len(edited) <= 5
    assert await sent("textDocument/hover", **place) == []
    repository.commit({"b.py": plain_functions("four")}, date="2024-01-03")
    moved = await sent("textDocument/didSave", textDocument={"uri": uri})
    assert len(edited) < len(moved) <= 8
    repository.write("a.py", text.replace("[]", "list()"))
    scanned = await sent("workspace/executeCommand", command="codeorigin.scanChanges", arguments=[])
    assert "diff-tree" in " ".join(scanned)
    assert not [command for command in scanned if "--show-cdup" in command], "the repository is open already"
    session.stop()
