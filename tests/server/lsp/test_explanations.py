"""Explanations in progress: made once, and cancelled when nobody waits or the document changes."""

import asyncio
import threading
from collections.abc import AsyncIterator, Callable
from typing import Any

import pytest
from tests.server.lsp.editor import python_function

from codeorigin.analysis.report import FileReport, FunctionReport
from codeorigin.cancellation import CancelToken
from codeorigin.errors import Cancelled
from codeorigin.explain.explanation import Baseline, ExplainOptions, Explanation, Method
from codeorigin.functions.finding import find_functions
from codeorigin.functions.spans import FunctionSpan
from codeorigin.languages import get_language
from codeorigin.lsp.documents.documents import Positions, Snapshot
from codeorigin.lsp.scoring.engine import Engine
from codeorigin.lsp.scoring.explanation_jobs import ExplanationJobs
from codeorigin.lsp.scoring.requests import Request, Result
from codeorigin.model.verdict import Verdict
from codeorigin.text.positions import LineIndex, PositionEncoding
from support.waiting import PATIENCE

ANSWER = Explanation(
    logit=1.0, baseline_logit=0.0, completeness_gap=0.0, approximate=False, nodes=8,
    method=Method.INTEGRATED_GRADIENTS, baseline=Baseline.MASK, lines=(), top_tokens=(),
)  # fmt: skip


class SlowAnalyzer:
    """Explains when it is told to."""

    def __init__(self) -> None:
        self.release = threading.Event()
        self.begun = threading.Event()
        self.calls = 0
        self.cancelled = 0
        self.known: set[str] = set()
        self.failure: Exception | None = None

    def explain(
        self, text: str, span: FunctionSpan, options: ExplainOptions, *, function_id: str, cancel: CancelToken
    ) -> Explanation:
        assert function_id == "id"
        if span.name in self.known:
            return ANSWER
        self.calls += 1
        self.begun.set()
        while not self.release.wait(0.001):
            if cancel.cancelled:
                self.cancelled += 1
                cancel.raise_if_cancelled()
        if self.failure is not None:
            raise self.failure
        self.known.add(span.name)
        return ANSWER

    def cached_explanation(
        self, text: str, span: FunctionSpan, options: ExplainOptions, *, function_id: str
    ) -> Explanation | None:
        return ANSWER if span.name in self.known else None


class Bar:
    """A progress bar that remembers how it ended."""

    def __init__(self, cancel: Callable[[], None]) -> None:
        self.cancel = cancel
        self.ended: list[str | None] = []

    def end(self, message: str | None = None) -> None:
        self.ended.append(message)


class Bench:
    """One document with one function."""

    def __init__(self) -> None:
        self.analyzer = SlowAnalyzer()
        analyzer: Any = self.analyzer
        self.engine = Engine()
        self.engine.model.loaded = analyzer
        self.bars: list[Bar] = []
        self.explanations = ExplanationJobs(self.engine, self.bar)
        text = python_function("explained")
        snapshot = Snapshot(
            uri="file:///a.py", version=1, text=text, language=get_language("python"), path=None,
            positions=Positions(LineIndex(text), PositionEncoding.UTF16),
        )  # fmt: skip
        (span,) = find_functions(text, get_language("python"))
        verdict = Verdict(probability=0.5, logit=0.0, band=None)
        self.function = FunctionReport(span, verdict, "id")
        self.result = Result(
            Request(snapshot, model=self.engine.model), FileReport("python", None, (self.function,)), "model"
        )

    def bar(self, _: str, cancel: Callable[[], None]) -> Any:
        self.bars.append(Bar(cancel))
        return self.bars[-1]

    def get(self) -> "asyncio.Task[Explanation]":
        return asyncio.ensure_future(self.explanations.get(self.result, self.function))

    async def within(self, seconds: float) -> Explanation | None:
        return await self.explanations.get_within(self.result, self.function, seconds)

    async def begun(self) -> None:
        while not self.analyzer.begun.is_set():
            await asyncio.sleep(0.001)

    async def until(self, holds: Callable[[], bool]) -> None:
        async def wait() -> None:
            while not holds():
                await asyncio.sleep(0.001)

        await asyncio.wait_for(wait(), PATIENCE)


@pytest.fixture
async def bench() -> AsyncIterator[Bench]:
    made = Bench()
    yield made
    made.analyzer.release.set()
    assert made.engine.scorer.stop(PATIENCE)


async def test_identical_requests_share_the_work(bench: Bench) -> None:
    asked = [bench.get() for _ in range(3)]
    await bench.begun()
    bench.analyzer.release.set()
    assert await asyncio.wait_for(asyncio.gather(*asked), PATIENCE) == [ANSWER] * 3
    assert bench.analyzer.calls == 1
    assert bench.explanations.cached(bench.result, bench.function) is ANSWER
    assert await bench.get() is ANSWER
    assert bench.analyzer.calls == 1


async def test_cancelled_request_stops_its_work_and_no_other(bench: Bench) -> None:
    first, second = bench.get(), bench.get()
    await bench.begun()
    first.cancel()
    await bench.until(lambda: bench.analyzer.cancelled == 1)
    bench.analyzer.release.set()
    assert await asyncio.wait_for(second, PATIENCE) is ANSWER


async def test_edit_stops_the_work(bench: Bench) -> None:
    asked = bench.get()
    await bench.begun()
    bench.explanations.cancel("file:///other.py")
    bench.explanations.cancel("file:///a.py")
    with pytest.raises(Cancelled):
        await asyncio.wait_for(asked, PATIENCE)


async def test_late_explanation_continues_with_a_progress_bar(bench: Bench) -> None:
    assert await bench.within(0) is None
    assert await bench.within(0) is None
    await bench.begun()
    assert len(bench.bars) == 1
    bench.analyzer.release.set()
    await bench.until(lambda: bool(bench.bars[0].ended))
    assert bench.bars[0].ended == ["The explanation is ready: hover again"]
    assert await bench.within(0) is ANSWER


async def test_edit_removes_the_progress_bar(bench: Bench) -> None:
    assert await bench.within(0) is None
    await bench.begun()
    bench.explanations.cancel("file:///a.py")
    await bench.until(lambda: bool(bench.bars[0].ended))
    assert bench.bars[0].ended == [None]
    assert bench.analyzer.cancelled == 1


async def test_user_can_cancel_with_the_progress_bar(bench: Bench) -> None:
    assert await bench.within(0) is None
    await bench.begun()
    bench.bars[0].cancel()
    await bench.until(lambda: bench.bars[0].ended == [None])
    assert bench.analyzer.cancelled == 1


async def test_cancelling_the_progress_bar_keeps_other_requests_running(bench: Bench) -> None:
    assert await bench.within(0) is None
    others = bench.get()
    await bench.begun()
    bench.bars[0].cancel()
    await bench.until(lambda: bench.bars[0].ended == [None])
    bench.analyzer.release.set()
    assert await asyncio.wait_for(others, PATIENCE) is ANSWER


async def test_late_failure_is_logged_and_raised_for_the_next_request(
    bench: Bench, caplog: pytest.LogCaptureFixture
) -> None:
    bench.analyzer.failure = ValueError("broken")
    assert await bench.within(0) is None
    bench.analyzer.release.set()
    await bench.until(lambda: bool(bench.bars[0].ended))
    assert bench.bars[0].ended == ["The explanation failed: hover again to see why"]
    (logged,) = [each for each in caplog.records if each.exc_info is not None]
    assert logged.exc_info[1] is bench.analyzer.failure
    with pytest.raises(ValueError, match="broken"):
        await bench.within(PATIENCE)
    bench.analyzer.failure = None
    assert await bench.within(PATIENCE) is ANSWER


async def test_failure_is_logged_and_raised_for_a_waiting_request(
    bench: Bench, caplog: pytest.LogCaptureFixture
) -> None:
    bench.analyzer.failure = ValueError("broken")
    bench.analyzer.release.set()
    with pytest.raises(ValueError, match="broken"):
        await bench.within(PATIENCE)
    assert [each.message for each in caplog.records if each.exc_info is not None] == ["an explanation failed"]
    bench.analyzer.failure = None
    assert await bench.within(PATIENCE) is ANSWER


async def test_failure_is_forgotten_when_its_text_changes(bench: Bench) -> None:
    bench.analyzer.failure = ValueError("broken")
    assert await bench.within(0) is None
    bench.analyzer.release.set()
    await bench.until(lambda: bool(bench.bars[0].ended))
    bench.explanations.cancel("file:///a.py")
    bench.analyzer.failure = None
    assert await bench.within(PATIENCE) is ANSWER


async def test_fast_explanation_has_no_progress_bar(bench: Bench) -> None:
    bench.analyzer.release.set()
    assert await bench.within(PATIENCE) is ANSWER
    assert bench.bars == []
