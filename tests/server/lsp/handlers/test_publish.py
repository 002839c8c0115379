"""When documents are scored: debounce, newest version only, cancellation. Switches control the analyzer."""

import asyncio
import threading
from collections.abc import AsyncIterator
from dataclasses import dataclass, field
from functools import partial
from typing import Any, cast

import pytest
from lsprotocol import types

from codeorigin.analysis.judged import FileReport
from codeorigin.core.cancellation import CancelToken
from codeorigin.functions.documents import Document
from codeorigin.lsp.connection.client import ClientSupport
from codeorigin.lsp.documents.documents import SourceDocument, SourceWorkspace
from codeorigin.lsp.documents.model import Model
from codeorigin.lsp.documents.scored_document import Result
from codeorigin.lsp.handlers.publish import closed, publish_soon, scored, settled
from codeorigin.lsp.handlers.text_sync import edited, opened
from codeorigin.lsp.session import Session
from codeorigin.model.verdict import PooledReason, PooledVerdict
from support.waiting import PATIENCE

LONG = 10 * PATIENCE
UNPARSED = PooledVerdict.without(PooledReason.UNPARSED)


@dataclass
class Bench:
    """A session with one open document, whose text is its version; stands in for the client and the analyzer."""

    analyzed: list[str] = field(default_factory=list)
    cancelled: list[str] = field(default_factory=list)
    published: list[tuple[str, int | None]] = field(default_factory=list)
    failures: list[str] = field(default_factory=list)
    told: list[Any] = field(default_factory=list)
    hold: threading.Event = field(default_factory=threading.Event)
    running: threading.Event = field(default_factory=threading.Event)
    support: ClientSupport = field(default_factory=ClientSupport)
    is_slow: bool = False
    model_id: str = "model"
    is_hard: bool = False
    """Whether texts take the parser too much."""

    def __post_init__(self) -> None:
        self.hold.set()
        bench: Any = self
        self.documents = SourceWorkspace(None, types.TextDocumentSyncKind.Incremental)
        self.session = Session(bench, lambda: self.documents, None)
        self.documents.closed = partial(closed, self.session)
        self.session.engine.model.loaded = bench
        self.session.configured.set()
        self.documents.put_text_document(types.TextDocumentItem("a", "python", 1, "a 1"))

    @property
    def document(self) -> SourceDocument:
        document = self.documents.find("a")
        assert document is not None
        return document

    def publish_soon(self, delay: float = 0.0) -> None:
        publish_soon(self.session, self.document, delay)

    def edit(self, version: int) -> None:
        text = types.TextDocumentContentChangeWholeDocument(text=f"a {version}")
        self.documents.update_text_document(types.VersionedTextDocumentIdentifier(version, "a"), text)

    def publish(self, uri: str, items: list[types.Diagnostic], version: int | None = None) -> None:
        self.published.append((uri, version))

    def notify(self, method: str, params: Any) -> None:
        self.told.append(params)

    def show_once(self, message: str, kind: types.MessageType) -> None:
        self.failures.append(message)

    def show_problems(self, subject: str, problems: list[str]) -> None:
        assert not problems

    def analyze(
        self, document: Document, *, cancel: CancelToken, known_only: bool = False, **_: Any
    ) -> FileReport:
        if known_only:
            return FileReport(document.named, None, ())
        text = document.text
        self.analyzed.append(text)
        self.running.set()
        while not self.hold.wait(0.001):
            if cancel.cancelled:
                self.cancelled.append(text)
                cancel.raise_if_cancelled()
        return FileReport(document.named, None, (), UNPARSED if self.is_hard else None)

    async def until_running(self) -> None:
        while not self.running.is_set():
            await asyncio.sleep(0.001)
        self.running.clear()

    def ask(self) -> "asyncio.Future[Result | None]":
        return asyncio.ensure_future(asyncio.wait_for(scored(self.session, self.document), PATIENCE))

    async def held_back(self) -> "asyncio.Future[Result | None]":
        """Ask for the result, which has to wait until ``hold`` is set."""
        self.hold.clear()
        asked = self.ask()
        await self.until_running()
        return asked

    async def settled(self) -> None:
        await asyncio.wait_for(settled(self.session, self.document), PATIENCE)


@pytest.fixture
async def bench() -> AsyncIterator[Bench]:
    made = Bench()
    yield made
    made.hold.set()
    made.session.stop()
    assert made.session.engine.scorer.stop(5)


async def test_edits_within_the_debounce_are_scored_once(bench: Bench) -> None:
    for version in range(2, 6):
        bench.edit(version)
        bench.publish_soon(0.02)
        assert bench.session.pending == 1
    await bench.settled()
    assert bench.analyzed == ["a 5"]
    assert bench.published == [("a", 5)]
    assert bench.session.pending == 0


async def test_text_that_takes_the_parser_too_much_is_not_parsed_twice_nor_while_it_is_typed(
    bench: Bench,
) -> None:
    bench.is_hard = True
    for _ in range(2):  # opened, and saved
        opened(bench.session, bench.document)
        await bench.settled()
    assert bench.analyzed == ["a 1"]
    bench.edit(2)
    edited(bench.session, bench.document)
    await bench.settled()
    assert bench.analyzed == ["a 1"]
    opened(bench.session, bench.document)
    await bench.settled()
    assert bench.analyzed == ["a 1", "a 2"]
    assert bench.published == [("a", 1), ("a", 2)]


async def test_edit_cancels_the_work_on_the_old_text(bench: Bench) -> None:
    bench.hold.clear()
    bench.publish_soon()
    await bench.until_running()
    bench.edit(2)
    bench.publish_soon()
    await bench.until_running()
    assert bench.cancelled == ["a 1"]
    bench.hold.set()
    await bench.settled()
    assert bench.published == [("a", 2)]
    assert bench.failures == []


async def test_waiters_are_released_when_the_document_closes(bench: Bench) -> None:
    asked = await bench.held_back()
    bench.documents.remove_text_document("a")
    assert await asked is None
    assert bench.published == []
    assert bench.session.pending == 0


async def test_waiters_woken_by_an_edit_share_its_scoring(bench: Bench) -> None:
    bench.hold.clear()
    asked = [bench.ask() for _ in range(3)]
    await bench.until_running()
    bench.edit(2)
    bench.publish_soon(LONG)
    bench.hold.set()
    first, second, third = await asyncio.gather(*asked)
    assert first is second is third is bench.document.state.result
    assert bench.published == [("a", 2)]


async def test_request_does_not_wait_for_the_debounce(bench: Bench) -> None:
    bench.publish_soon(LONG)
    first, second = await asyncio.gather(bench.ask(), bench.ask())
    assert first is second is bench.document.state.result
    assert bench.analyzed == ["a 1"]
    assert bench.published == [("a", 1)]


@pytest.mark.parametrize("other", ["settings", "model"])
async def test_result_under_other_settings_or_of_another_model_is_dropped(bench: Bench, other: str) -> None:
    asked = await bench.held_back()
    if other == "settings":
        bench.session.configuration.set_editor({"fileContext": False})
        bench.session.configuration.rebuild([])
    else:
        bench.session.engine.model = Model()
        bench.session.engine.model.loaded = cast("Any", bench)
    bench.hold.set()
    result = await asked
    assert result is not None
    assert result.settings.file_context == (other != "settings")
    assert result.job.model is bench.session.engine.model
    assert bench.analyzed == ["a 1", "a 1"]
    assert bench.published == [("a", 1)]


async def test_stopping_the_server_releases_waiters_for_good(bench: Bench) -> None:
    asked = await bench.held_back()
    bench.session.stop()
    assert await asked is None
    assert await bench.ask() is None
    assert bench.failures == []
