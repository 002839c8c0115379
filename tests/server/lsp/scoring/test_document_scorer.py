"""When documents are scored: debounce, newest version only, cancellation. Switches control the analyzer."""

import asyncio
import threading
from collections.abc import AsyncIterator
from dataclasses import dataclass, field
from typing import Any

import pytest
import pytest_asyncio

from codeorigin.cancellation import CancelToken
from codeorigin.errors import Cancelled
from codeorigin.functions.documents import Document
from codeorigin.languages import get_language
from codeorigin.lsp.documents.documents import Positions, Snapshot
from codeorigin.lsp.scoring.document_scorer import DocumentScorer
from codeorigin.lsp.scoring.scored_document import Key, Pass, Result
from codeorigin.lsp.scoring.worker import WorkerThread
from codeorigin.settings.schema import Settings
from codeorigin.text.positions import LineIndex, PositionEncoding
from support.waiting import PATIENCE

pytestmark = pytest.mark.asyncio

LONG = 10 * PATIENCE
SETTINGS = Settings()


@dataclass(frozen=True)
class Version:
    uri: str
    version: int


@dataclass
class Bench:
    """Documents by version, and what became of them. Also stands in for the model loader and its analyzer."""

    versions: dict[str, int] = field(default_factory=dict)
    analyzed: list[Version] = field(default_factory=list)
    cancelled: list[Version] = field(default_factory=list)
    delivered: list[Version] = field(default_factory=list)
    failures: list[Exception] = field(default_factory=list)
    hold: threading.Event = field(default_factory=threading.Event)
    running: threading.Event = field(default_factory=threading.Event)
    error: Exception | None = None
    generation: int = 0
    settings: Settings = SETTINGS
    model_id: str = "model"
    worker: WorkerThread = field(default_factory=WorkerThread)

    def __post_init__(self) -> None:
        self.hold.set()
        loader: Any = self
        self.scorer = DocumentScorer(
            self.worker,
            loader,
            begin=self.begin,
            key=self.key,
            deliver=self.deliver,
            failed=self.failures.append,
        )

    def begin(self, uri: str) -> Pass | None:
        if uri not in self.versions:
            return None
        snapshot = Snapshot(
            uri=uri, version=self.versions[uri], text="", language=get_language("python"),
            path=f"{uri}:{self.versions[uri]}", positions=Positions(LineIndex(""), PositionEncoding.UTF16),
        )  # fmt: skip
        return Pass(snapshot, self.settings, None, self.generation)

    def key(self, uri: str) -> Key | None:
        return (self.versions[uri], self.settings, self.generation, 0) if uri in self.versions else None

    def deliver(self, result: Result, before: Result | None) -> None:
        assert self.scorer.results[result.snapshot.uri] is result
        self.delivered.append(Version(result.snapshot.uri, result.version))

    def analyzer(self, generation: int) -> "Bench":
        if generation != self.generation:
            raise Cancelled("another model")
        return self

    def analyze(self, document: Document, *, cancel: CancelToken, **_: Any) -> Any:
        assert document.path is not None
        uri, version = document.path.split(":")
        done = Version(uri, int(version))
        self.analyzed.append(done)
        self.running.set()
        while not self.hold.wait(0.001):
            if cancel.cancelled:
                self.cancelled.append(done)
                cancel.raise_if_cancelled()
        if self.error is not None:
            raise self.error

    async def until_running(self) -> None:
        while not self.running.is_set():
            await asyncio.sleep(0.001)
        self.running.clear()


@pytest_asyncio.fixture
async def bench() -> AsyncIterator[Bench]:
    made = Bench()
    yield made
    made.hold.set()
    assert made.worker.stop(5)


async def test_document_is_scored_and_delivered(bench: Bench) -> None:
    bench.versions["a"] = 1
    bench.scorer.schedule("a", 0)
    assert bench.scorer.is_busy("a")
    assert bench.scorer.pending == 1
    await bench.scorer.settled("a")
    assert bench.delivered == [Version("a", 1)]
    assert not bench.scorer.is_busy("a")


async def test_edits_within_the_debounce_are_scored_once(bench: Bench) -> None:
    for version in range(1, 6):
        bench.versions["a"] = version
        bench.scorer.schedule("a", 0.02)
    await bench.scorer.settled("a")
    assert bench.analyzed == bench.delivered == [Version("a", 5)]


async def test_documents_are_debounced_independently(bench: Bench) -> None:
    bench.versions.update(a=1, b=1)
    bench.scorer.schedule("a", LONG)
    bench.scorer.schedule("b", 0)
    await bench.scorer.settled("b")
    assert bench.delivered == [Version("b", 1)]
    assert bench.scorer.is_busy("a")
    bench.scorer.cancel("a")


async def test_edit_cancels_the_work_on_the_old_text(bench: Bench) -> None:
    bench.hold.clear()
    bench.versions["a"] = 1
    bench.scorer.schedule("a", 0)
    await bench.until_running()
    bench.versions["a"] = 2
    bench.scorer.schedule("a", 0)
    await bench.until_running()
    assert bench.cancelled == [Version("a", 1)]
    bench.hold.set()
    await bench.scorer.settled("a")
    assert bench.delivered == [Version("a", 2)]
    assert bench.failures == []


async def test_result_of_an_old_version_is_dropped(bench: Bench) -> None:
    bench.hold.clear()
    bench.versions["a"] = 1
    bench.scorer.schedule("a", 0)
    await bench.until_running()
    bench.versions["a"] = 2  # and nothing is scheduled, as with `run: onSave`
    bench.hold.set()
    await bench.scorer.settled("a")
    assert bench.delivered == []


async def test_waiters_are_released_when_the_document_closes(bench: Bench) -> None:
    bench.hold.clear()
    bench.versions["a"] = 1
    bench.scorer.schedule("a", 0)
    waiting = asyncio.ensure_future(bench.scorer.settled("a"))
    await bench.until_running()
    del bench.versions["a"]
    bench.scorer.cancel("a")
    await asyncio.wait_for(waiting, PATIENCE)
    assert bench.delivered == []
    assert bench.scorer.pending == 0


async def test_waiters_get_the_newest_result(bench: Bench) -> None:
    bench.hold.clear()
    bench.versions["a"] = 1
    bench.scorer.schedule("a", 0)
    waiting = asyncio.ensure_future(bench.scorer.settled("a"))
    await bench.until_running()
    bench.versions["a"] = 2
    bench.scorer.schedule("a", 0)
    bench.hold.set()
    await asyncio.wait_for(waiting, PATIENCE)
    assert bench.delivered == [Version("a", 2)]


async def test_score_now_does_not_wait_for_the_debounce(bench: Bench) -> None:
    bench.versions["a"] = 1
    bench.scorer.schedule("a", LONG)
    asked = [asyncio.ensure_future(bench.scorer.score_now("a")) for _ in range(2)]
    assert await asyncio.wait_for(asyncio.gather(*asked), PATIENCE) == [True, True]
    assert bench.analyzed == bench.delivered == [Version("a", 1)]


@pytest.mark.parametrize(("name", "value"), [("settings", Settings(file_context=False)), ("generation", 1)])
async def test_result_under_other_settings_or_another_model_is_dropped(
    bench: Bench, name: str, value: object
) -> None:
    bench.hold.clear()
    bench.versions["a"] = 1
    asked = asyncio.ensure_future(bench.scorer.score_now("a"))
    await bench.until_running()
    setattr(bench, name, value)
    bench.hold.set()
    assert await asyncio.wait_for(asked, PATIENCE)  # it has not failed: the caller should ask again
    assert bench.delivered == []
    assert await asyncio.wait_for(bench.scorer.score_now("a"), PATIENCE)
    assert bench.delivered == [Version("a", 1)]


async def test_stopping_the_server_releases_waiters_for_good(bench: Bench) -> None:
    bench.hold.clear()
    bench.versions["a"] = 1
    asked = asyncio.ensure_future(bench.scorer.score_now("a"))
    await bench.until_running()
    bench.scorer.cancel_all()
    bench.worker.stop(0)
    assert not await asyncio.wait_for(asked, PATIENCE)
    assert not await asyncio.wait_for(bench.scorer.score_now("a"), PATIENCE)
    assert bench.failures == []


async def test_failure_is_reported_and_the_next_run_works(bench: Bench) -> None:
    bench.error = ValueError("broken")
    bench.versions["a"] = 1
    assert not await bench.scorer.score_now("a")
    assert bench.failures == [bench.error]
    bench.error = None
    bench.scorer.schedule("a", 0)
    await bench.scorer.settled("a")
    assert bench.delivered == [Version("a", 1)]


async def test_document_that_is_gone_before_its_turn_is_not_scored(bench: Bench) -> None:
    bench.scorer.schedule("gone", 0)
    await asyncio.wait_for(bench.scorer.settled("gone"), PATIENCE)
    assert bench.analyzed == []
    assert bench.scorer.pending == 0
