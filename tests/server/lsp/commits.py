"""Shared by the tests of ``codeorigin.scope: commit``: two commits, and which of their functions count."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import Any

from tests.server.lsp.conftest import SETTINGS
from tests.server.lsp.editor import Document, Editor, python_function

from support.repositories import Repository

OLD = python_function("old")
ONE, TWO, THREE = (python_function(name, size) for name, size in (("one", 5), ("two", 7), ("three", 9)))
BY_COMMIT: dict[str, Any] = {**SETTINGS, "scope": "commit"}


def two_commits(repository: Repository, name: str = "a.py") -> Repository:
    """``repository`` with ``old`` in its first commit, and ``one``, ``two`` and ``three`` in its second."""
    repository.commit({name: OLD}, date="2020-01-01")
    repository.commit({name: f"{OLD}\n\n{ONE}", "b.py": f"{TWO}\n\n{THREE}"}, date="2020-01-02")
    return repository


@asynccontextmanager
async def by_commit(server: Editor) -> AsyncIterator[Editor]:
    """``server`` with the commit scope on; afterwards no message may be left unread."""
    await server.configure(**BY_COMMIT)
    yield server
    await server.tidy()
    server.refreshes.clear()


async def verdict_with_neighbours(
    editor: Editor, document: Document, name: str, neighbours: int
) -> dict[str, Any]:
    """The wire form of a function's verdict, in which ``neighbours`` others of its commit must count."""
    await editor.idle()
    answer = await editor.request("codeorigin/attributions", {"textDocument": {"uri": document.uri}})
    (found,) = [each["verdict"] for each in answer["functions"] if each["name"] == name]
    assert found["commitNeighbours"] == neighbours
    return found
