"""Reading a repository's past gives way to whatever the user waits for, and to another model."""

import asyncio
import threading
from collections.abc import AsyncIterator, Iterable, Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import pytest

from codeorigin.analysis.analyzer import Analyzer
from codeorigin.analysis.judged import FileReport
from codeorigin.core.cancellation import CancelToken
from codeorigin.functions.documents import Document
from codeorigin.lsp.documents.model import Model
from codeorigin.lsp.scoring.engine import ScoringEngine
from codeorigin.lsp.scoring.pasts import Pasts
from codeorigin.lsp.scoring.worker import Priority
from codeorigin.settings.schema import Settings
from support.repositories import Repository, plain_functions
from support.tiny_model import with_past_rule
from support.waiting import until


@dataclass
class Bench:
    """A repository of four old files, and its reader; stands in for the analyzer."""

    made: Analyzer
    repository: Repository
    analysed: list[str] = field(default_factory=list)
    begun: threading.Event = field(default_factory=threading.Event)
    hold: threading.Event = field(default_factory=threading.Event)
    engine: ScoringEngine = field(default_factory=ScoringEngine)
    changed: list[Path] = field(default_factory=list)

    def __post_init__(self) -> None:
        self.hold.set()
        self.choose_another_model()
        self.pasts = Pasts(self.engine)
        self.pasts.changed = self.changed.append
        self.bundle = self.made.bundle

    def choose_another_model(self) -> None:
        analyzer: Any = self
        self.engine.model = Model()
        self.engine.model.loaded = analyzer

    def analyze_many(
        self, documents: Iterable[Document], *, file_context: bool, cancel: CancelToken
    ) -> Iterator[FileReport | Exception]:
        listed = list(documents)
        self.begun.set()
        assert self.hold.wait(30)
        cancel.raise_if_cancelled()
        self.analysed += [str(each.path) for each in listed]
        return self.made.analyze_many(listed, file_context=file_context, cancel=cancel)

    def typed(self) -> "asyncio.Future[None]":
        """What the user waits for, in the worker."""
        return self.engine.scorer.submit(lambda _: self.analysed.append("typed"), Priority.TYPING)


@pytest.fixture
async def bench(
    tmp_path: Path, tiny_model_dir: Path, monkeypatch: pytest.MonkeyPatch
) -> AsyncIterator[Bench]:
    for name in ("XDG_CACHE_HOME", "LOCALAPPDATA"):
        monkeypatch.setenv(name, str(tmp_path / "caches"))
    repository = Repository(tmp_path / "work")
    repository.commit(
        {f"{name}.py": plain_functions(name, f"{name}s") for name in ("one", "two", "three", "four")},
        date="2021-01-01",
    )
    made = Bench(Analyzer.load(with_past_rule(tmp_path / "model", tiny_model_dir)), repository)
    yield made
    made.hold.set()
    assert made.engine.git.stop(10)
    assert made.engine.scorer.stop(10)


async def test_file_in_work_gives_way_and_is_read_again(bench: Bench) -> None:
    bench.hold.clear()
    reading = bench.pasts.read(bench.repository.folder)
    await until(bench.begun.is_set)
    typed = bench.typed()
    bench.hold.set()
    await typed
    await reading
    assert bench.analysed[0] == "typed"
    assert len(bench.analysed) == 5
    assert bench.pasts.known(bench.repository.folder) is not None


async def test_nothing_is_read_again_while_head_stays(bench: Bench) -> None:
    folder = bench.repository.folder
    first = bench.pasts.read(folder)
    assert bench.pasts.read(folder) is first
    await first
    past = bench.pasts.known(folder)
    await bench.pasts.read(folder)
    assert bench.pasts.known(folder) is past
    assert len(bench.analysed) == 4
    assert bench.changed == [folder]
    assert await bench.pasts.of(folder / "new.py", Settings(), CancelToken()) is past
    assert await bench.pasts.of(folder / "new.py", Settings(past=False), CancelToken()) is None


async def test_past_of_another_model_does_not_count(bench: Bench) -> None:
    folder = bench.repository.folder
    bench.hold.clear()
    first = bench.pasts.read(folder)
    await until(bench.begun.is_set)
    bench.choose_another_model()
    second = bench.pasts.read(folder)
    bench.hold.set()
    await asyncio.gather(first, second)
    past = bench.pasts.known(folder)
    assert past is not None
    bench.choose_another_model()
    assert bench.pasts.known(folder) is None
    # The scores are kept by the model's name, which is the same here.
    await bench.pasts.read(folder)
    assert bench.pasts.known(folder) == past


async def test_server_that_stops_does_not_wait(bench: Bench) -> None:
    bench.hold.clear()
    reading = bench.pasts.read(bench.repository.folder)
    await until(bench.begun.is_set)
    bench.engine.stop()
    bench.hold.set()
    await reading
    assert bench.pasts.known(bench.repository.folder) is None
    assert not bench.pasts.is_reading
