"""Requesting settings from a client that answers late, out of order, or not at all."""

import asyncio
from typing import Any, cast

import pytest

from codeorigin.lsp.connection.client import ClientSupport
from codeorigin.lsp.documents.configuration import Configuration
from codeorigin.lsp.handlers import settings
from codeorigin.lsp.session import Session
from support.waiting import PATIENCE


class _Client:
    """A session without folders, whose client's answers are futures in ``asked``."""

    def __init__(self) -> None:
        self.client = self.documents = self
        self.support = ClientSupport(configuration=True)
        self.configuration = Configuration()
        self.asked_settings: asyncio.Future[Any] | None = None
        self.asked: list[asyncio.Future[Any]] = []
        self.changes: list[bool] = []
        self.changed = asyncio.Event()

    def ask(self, _method: str, _params: object) -> asyncio.Future[Any]:
        self.asked.append(asyncio.get_running_loop().create_future())
        return self.asked[-1]

    def folder_uris(self) -> list[str]:
        return []

    def reconfigure(self) -> None:
        self.configuration.rebuild([])
        self.changes.append(self.configuration.everywhere.enable)
        self.changed.set()

    async def fetch(self) -> None:
        await settings.fetch_settings(cast(Session, self))


@pytest.fixture
def client(monkeypatch: pytest.MonkeyPatch) -> _Client:
    monkeypatch.setattr(settings, "ANSWER_SECONDS", 0)
    monkeypatch.setattr(settings, "reconfigure", _Client.reconfigure)
    return _Client()


async def test_late_answer_applies_when_it_arrives(client: _Client) -> None:
    await client.fetch()
    assert client.configuration.everywhere.enable is True
    client.asked[0].set_result([{"enable": False}])
    await asyncio.wait_for(client.changed.wait(), PATIENCE)
    assert client.changes == [False]


async def test_late_answer_does_not_override_a_newer_one(client: _Client) -> None:
    await client.fetch()
    await client.fetch()
    first, second = client.asked
    second.set_result([{"enable": False}])
    await asyncio.wait_for(client.changed.wait(), PATIENCE)
    assert first.cancelled()
    assert client.changes == [False]


@pytest.mark.parametrize("answer", [ValueError("no"), None, [], "x", [{}, {}]])
async def test_invalid_answers_change_nothing(client: _Client, answer: object) -> None:
    await client.fetch()
    if isinstance(answer, Exception):
        client.asked[0].set_exception(answer)
    else:
        client.asked[0].set_result(answer)
    await asyncio.wait({client.asked[0]})
    await asyncio.sleep(0)
    assert client.changes == []
