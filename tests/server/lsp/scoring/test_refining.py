"""When the deep part reads which function, and what happens to its answers. A gate can hold it up."""

import asyncio
import threading
from collections.abc import AsyncIterator
from dataclasses import dataclass, field
from typing import Any

import pytest
import pytest_asyncio

from codeorigin.analysis.analyzer import Analyzer
from codeorigin.cancellation import CancelToken
from codeorigin.errors import ModelError
from codeorigin.languages import get_language
from codeorigin.lsp.documents.documents import Positions, Snapshot
from codeorigin.lsp.scoring.refining import Refining
from codeorigin.lsp.scoring.scored_document import Pass, Result
from codeorigin.lsp.scoring.worker import WorkerThread
from codeorigin.model.reading.normalize import Normalized
from codeorigin.model.scoring.features import DeepAnswer
from codeorigin.model.scoring.scorer import Scorer
from codeorigin.model.verdict import Band, Verdict
from codeorigin.text.positions import LineIndex, PositionEncoding
from support.snippets import LEDGER, PARSER
from support.tiny_model import TinyModel
from support.waiting import until

pytestmark = pytest.mark.asyncio

URI = "file:///a.py"
OTHERS = [PARSER.replace("parse_header", name) for name in ("second", "third")]
TEXT = "\n\n".join((LEDGER, PARSER, *OTHERS))
"""One function that the wide part calls human, and three that it does not."""


@dataclass
class Bench:
    """A model loader with its analyzer, one document, and what became of it."""

    loaded: Analyzer
    generation: int = 0
    asked: list[str] = field(default_factory=list)
    shown: list[tuple[Result, Result]] = field(default_factory=list)
    failures: list[Exception] = field(default_factory=list)
    gate: threading.Event = field(default_factory=threading.Event)
    held: threading.Event = field(default_factory=threading.Event)
    error: Exception | None = None
    results: dict[str, Result] = field(default_factory=dict)
    worker: WorkerThread = field(default_factory=WorkerThread)

    def __post_init__(self) -> None:
        self.gate.set()
        loader: Any = self
        self.refining = Refining(
            self.worker,
            loader,
            self.results,
            show=lambda result, before: self.shown.append((result, before)),
            failed=self.failures.append,
        )

    def analyzer(self, generation: int) -> Analyzer:
        return self.loaded

    def answer(self, normalized: Normalized, cancel: CancelToken) -> DeepAnswer:
        """Stands in for the deep part."""
        self.asked.append(normalized.text.split("(", 1)[0].removeprefix("def "))
        self.held.set()
        while not self.gate.wait(0.001):
            cancel.raise_if_cancelled()
        if self.error is not None:
            raise self.error
        return DeepAnswer(2.5, 1)

    def score(self, text: str = TEXT, version: int = 1) -> Result:
        positions = Positions(LineIndex(text), PositionEncoding.UTF16)
        snapshot = Snapshot(URI, version, text, positions, get_language("python"), "a.py")
        report = self.loaded.analyze(text, "python")
        looked_at = self.refining.looked_at.get(URI, frozenset())
        report = self.loaded.refine(text, report, looked_at, ask=False)
        made = self.results[URI] = Result(
            Pass(snapshot, generation=self.generation, looked_at=looked_at), report, "model"
        )
        self.refining.begin(made)
        return made

    def verdicts(self) -> dict[str, Verdict]:
        return {each.span.name: each.verdict for each in self.results[URI].functions}

    def refined(self) -> list[str]:
        return [name for name, verdict in self.verdicts().items() if not verdict.awaits_deep]


@pytest_asyncio.fixture
async def bench(tiny_refining_model: TinyModel, monkeypatch: pytest.MonkeyPatch) -> AsyncIterator[Bench]:
    made = Bench(Analyzer.load(tiny_refining_model.directory))
    monkeypatch.setattr(Scorer, "deep_answer", made.answer)
    yield made
    made.refining.stop()
    made.gate.set()
    await asyncio.to_thread(made.worker.stop, 5)


async def test_functions_not_judged_human_are_refined_in_background(bench: Bench) -> None:
    first = bench.score()
    before = bench.verdicts()
    assert [verdict.band is Band.HUMAN for verdict in before.values()] == [True, False, False, False]
    await until(lambda: bool(bench.shown))
    assert bench.refined() == ["parse_header", "second", "third"]
    assert bench.verdicts()["close_ledger"] == before["close_ledger"]
    assert bench.asked == ["parse_header", "second", "third"]
    assert bench.shown == [(bench.results[URI], first)]
    assert bench.results[URI].moves(first)
    assert bench.results[URI].done is first.done


async def test_known_answers_are_not_asked_for_again(bench: Bench) -> None:
    bench.score()
    await until(lambda: bool(bench.shown))
    again = bench.score(f"import os\n\n\n{TEXT}", version=2)
    assert [each.verdict.deep for each in again.functions] == [None, 2.5, 2.5, 2.5]
    assert len(bench.asked) == 3


async def test_function_looked_at_is_refined_before_the_rest(bench: Bench) -> None:
    bench.gate.clear()
    result = bench.score()
    await until(bench.held.is_set)
    looking = asyncio.ensure_future(bench.refining.look(result, result.functions[3]))
    await asyncio.sleep(0)
    bench.gate.set()
    _, function = await looking
    assert function.span.name == "third"
    assert function.verdict.deep == 2.5
    await until(lambda: len(bench.refined()) == 3)
    assert bench.asked == ["parse_header", "third", "second"]


async def test_human_verdict_is_refined_when_looked_at_and_stays_refined(bench: Bench) -> None:
    result = bench.score(LEDGER)
    assert bench.asked == []
    newest, function = await bench.refining.look(result, result.functions[0])
    assert (function.verdict.deep, function.verdict.band, function.verdict.cleared) == (
        2.5,
        Band.UNSURE,
        True,
    )
    assert newest is bench.results[URI]
    assert bench.shown == [(newest, result)]
    again = bench.score(f"import os\n\n\n{LEDGER}", version=2)
    assert again.functions[0].verdict == function.verdict
    bench.score("x = 1\n", version=3)
    assert bench.refining.looked_at[URI] == frozenset()


async def test_look_without_waiting_is_answered_later(bench: Bench) -> None:
    bench.gate.clear()
    result = bench.score(LEDGER)
    _, function = await bench.refining.look(result, result.functions[0], 0.0)
    assert function.verdict.awaits_deep
    assert bench.shown == []
    bench.gate.set()
    await until(lambda: bool(bench.shown))
    _, function = await bench.refining.look(bench.results[URI], bench.results[URI].functions[0], 0.0)
    assert function.verdict.deep == 2.5
    assert len(bench.asked) == 1


async def test_edit_stops_the_reading_of_the_old_text(bench: Bench) -> None:
    bench.gate.clear()
    result = bench.score()
    await until(bench.held.is_set)
    looking = asyncio.ensure_future(bench.refining.look(result, result.functions[0]))
    await asyncio.sleep(0)
    bench.refining.cancel(URI)
    _, function = await looking
    assert function.verdict.awaits_deep
    await until(lambda: bench.worker.queue_length == 0)
    assert bench.asked == ["parse_header"]
    assert bench.refined() == []
    bench.gate.set()
    bench.score(f"import os\n\n\n{TEXT}", version=2)
    await until(lambda: len(bench.refined()) == 4)
    assert [result.version for result, _ in bench.shown] == [2]


async def test_deep_part_failure_is_reported_once_and_keeps_the_verdicts(bench: Bench) -> None:
    bench.error = ModelError("score.onnx: broken")
    result = bench.score()
    first = bench.verdicts()
    await until(lambda: bool(bench.failures))
    _, function = await bench.refining.look(result, result.functions[0])
    assert function.verdict.awaits_deep
    bench.score(f"import os\n\n\n{TEXT}", version=2)
    await until(lambda: bench.worker.queue_length == 0)
    assert bench.verdicts() == first
    assert (bench.asked, bench.failures, bench.shown) == (["parse_header"], [bench.error], [])
    assert bench.refining.failure(0) == "Without the deep part of the model: score.onnx: broken"
    bench.error, bench.generation = None, 1
    bench.score(TEXT, version=3)
    await until(lambda: len(bench.refined()) == 4)


async def test_unexpected_failure_affects_only_one_function(
    bench: Bench, caplog: pytest.LogCaptureFixture
) -> None:
    bench.error = RuntimeError("odd")
    bench.score(f"{LEDGER}\n\n{PARSER}")
    await until(lambda: bool(bench.failures))
    result, bench.error = bench.score(version=2), None
    await until(lambda: bool(bench.shown))
    assert bench.refined() == ["second", "third"]
    assert bench.asked == ["parse_header", "second", "third"]
    ledger, parser, *_ = result.functions
    assert bench.refining.failure(0) is None
    expected = "Without the deep part of the model (RuntimeError); the log has the details."
    assert bench.refining.failure(0, parser) == expected
    assert not bench.refining.explain_options(result, parser).deep
    assert bench.refining.explain_options(result, ledger).deep


async def test_settled_waits_until_refining_is_done(bench: Bench) -> None:
    bench.gate.clear()
    bench.score()
    settling = asyncio.ensure_future(bench.refining.settled(URI))
    await until(bench.held.is_set)
    assert not settling.done()
    bench.gate.set()
    await settling
    assert len(bench.refined()) == 3


async def test_closed_document_is_forgotten(bench: Bench) -> None:
    bench.gate.clear()
    result = bench.score()
    await bench.refining.look(result, result.functions[0], 0.0)
    bench.refining.forget(URI)
    assert URI not in bench.refining.looked_at
    await until(lambda: bench.worker.queue_length == 0)
    assert bench.shown == []


async def test_model_that_does_not_refine_is_left_alone(bench: Bench, tiny_wide_model: TinyModel) -> None:
    bench.loaded = Analyzer.load(tiny_wide_model.directory)
    assert not bench.refining.is_needed
    result = bench.score()
    assert await bench.refining.look(result, result.functions[0]) == (result, result.functions[0])
    assert (bench.asked, bench.worker.queue_length) == ([], 0)
