"""The scheduler: debounce, newest version only, cancellation. Its analyzer is a double with switches."""

import asyncio
import threading
from collections.abc import AsyncIterator
from dataclasses import dataclass, field

import pytest
import pytest_asyncio
from codeorigin.lsp.scoring.scheduler import Scheduler

from codeorigin.cancellation import CancelToken
from codeorigin.lsp.scoring.worker import Worker

pytestmark = pytest.mark.asyncio

LONG = 60.0


@dataclass(frozen=True)
class Version:
    uri: str
    version: int


@dataclass
class Bench:
    """Documents by version, and what the scheduler did with them."""

    versions: dict[str, int] = field(default_factory=dict)
    analyzed: list[Version] = field(default_factory=list)
    cancelled: list[Version] = field(default_factory=list)
    delivered: list[Version] = field(default_factory=list)
    failures: list[Exception] = field(default_factory=list)
    hold: threading.Event = field(default_factory=threading.Event)
    running: threading.Event = field(default_factory=threading.Event)
    error: Exception | None = None
    worker: Worker = field(default_factory=Worker)

    def __post_init__(self) -> None:
        self.hold.set()
        self.scheduler: Scheduler[Version, Version] = Scheduler(
            self.worker,
            snapshot=lambda uri: Version(uri, self.versions[uri]) if uri in self.versions else None,
            analyze=self.analyze,
            deliver=lambda _, __, result: self.delivered.append(result),
            failed=lambda _, error: self.failures.append(error),
        )

    def analyze(self, version: Version, token: CancelToken) -> Version:
        self.analyzed.append(version)
        self.running.set()
        while not self.hold.wait(0.001):
            if token.cancelled:
                self.cancelled.append(version)
                token.raise_if_cancelled()
        if self.error is not None:
            raise self.error
        return version

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


async def test_a_document_is_scored_and_delivered(bench: Bench) -> None:
    bench.versions["a"] = 1
    bench.scheduler.schedule("a", 0)
    assert bench.scheduler.is_busy("a")
    assert bench.scheduler.pending == 1
    await bench.scheduler.settled("a")
    assert bench.delivered == [Version("a", 1)]
    assert not bench.scheduler.is_busy("a")


async def test_edits_within_the_debounce_are_scored_once(bench: Bench) -> None:
    for version in range(1, 6):
        bench.versions["a"] = version
        bench.scheduler.schedule("a", 0.02)
    await bench.scheduler.settled("a")
    assert bench.analyzed == bench.delivered == [Version("a", 5)]


async def test_documents_are_debounced_each_for_itself(bench: Bench) -> None:
    bench.versions.update(a=1, b=1)
    bench.scheduler.schedule("a", LONG)
    bench.scheduler.schedule("b", 0)
    await bench.scheduler.settled("b")
    assert bench.delivered == [Version("b", 1)]
    assert bench.scheduler.is_busy("a")
    bench.scheduler.cancel("a")


async def test_an_edit_cancels_the_work_on_the_old_text(bench: Bench) -> None:
    bench.hold.clear()
    bench.versions["a"] = 1
    bench.scheduler.schedule("a", 0)
    await bench.until_running()
    bench.versions["a"] = 2
    bench.scheduler.schedule("a", 0)
    await bench.until_running()
    assert bench.cancelled == [Version("a", 1)]
    bench.hold.set()
    await bench.scheduler.settled("a")
    assert bench.delivered == [Version("a", 2)]
    assert bench.failures == []


async def test_a_result_of_an_old_version_is_dropped(bench: Bench) -> None:
    bench.hold.clear()
    bench.versions["a"] = 1
    bench.scheduler.schedule("a", 0)
    await bench.until_running()
    bench.versions["a"] = 2  # and nobody schedules, as with `run: onSave`
    bench.hold.set()
    await bench.scheduler.settled("a")
    assert bench.delivered == []


async def test_who_waits_is_let_go_when_the_document_closes(bench: Bench) -> None:
    bench.hold.clear()
    bench.versions["a"] = 1
    bench.scheduler.schedule("a", 0)
    waiting = asyncio.ensure_future(bench.scheduler.settled("a"))
    await bench.until_running()
    del bench.versions["a"]
    bench.scheduler.cancel("a")
    await asyncio.wait_for(waiting, 5)
    assert bench.delivered == []
    assert bench.scheduler.pending == 0


async def test_who_waits_sees_the_newest_result(bench: Bench) -> None:
    bench.hold.clear()
    bench.versions["a"] = 1
    bench.scheduler.schedule("a", 0)
    waiting = asyncio.ensure_future(bench.scheduler.settled("a"))
    await bench.until_running()
    bench.versions["a"] = 2
    bench.scheduler.schedule("a", 0)
    bench.hold.set()
    await asyncio.wait_for(waiting, 5)
    assert bench.delivered == [Version("a", 2)]


async def test_hurry_does_not_wait_out_the_debounce(bench: Bench) -> None:
    bench.versions["a"] = 1
    bench.scheduler.schedule("a", LONG)
    bench.scheduler.hurry("a")
    bench.scheduler.hurry("a")
    bench.scheduler.hurry("nothing")
    await asyncio.wait_for(bench.scheduler.settled("a"), 5)
    assert bench.analyzed == bench.delivered == [Version("a", 1)]


async def test_a_failure_is_told_and_the_next_run_works(bench: Bench) -> None:
    bench.error = ValueError("broken")
    bench.versions["a"] = 1
    bench.scheduler.schedule("a", 0)
    await bench.scheduler.settled("a")
    assert bench.failures == [bench.error]
    bench.error = None
    bench.scheduler.schedule("a", 0)
    await bench.scheduler.settled("a")
    assert bench.delivered == [Version("a", 1)]


async def test_a_document_that_is_gone_before_its_turn(bench: Bench) -> None:
    bench.scheduler.schedule("gone", 0)
    await asyncio.wait_for(bench.scheduler.settled("gone"), 5)
    assert bench.analyzed == []
    assert bench.scheduler.pending == 0
