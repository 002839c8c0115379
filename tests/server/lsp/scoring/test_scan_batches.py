"""Scans score small files together, like the command and with its verdicts, and give way to urgent work."""

import asyncio
import threading
from collections.abc import AsyncIterator, Iterable, Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import pytest

from codeorigin.analysis.analyzer import Analyzer
from codeorigin.analysis.report import FileReport
from codeorigin.check.options import CheckOptions
from codeorigin.check.run import check
from codeorigin.core.cancellation import CancelToken
from codeorigin.core.errors import Cancelled
from codeorigin.functions.documents import Document
from codeorigin.lsp.scoring import workspace_scan
from codeorigin.lsp.scoring.engine import ScoringEngine
from codeorigin.lsp.scoring.file_records import FileRecord, FileRecords
from codeorigin.lsp.scoring.pasts import Pasts
from codeorigin.lsp.scoring.worker import Priority
from codeorigin.lsp.scoring.workspace_scan import ScanFolder, Scanner, ScanSummary
from codeorigin.settings.schema import Settings
from codeorigin.text.positions import PositionEncoding
from support.notebooks import notebook
from support.snippets import ALL

EXTENSIONS = {"python": "py", "javascript": "js", "typescript": "ts", "java": "java", "go": "go"}


class _Noting:
    """An analyzer that records what it is to analyse together."""

    def __init__(self, analyzer: Analyzer) -> None:
        self._analyzer = analyzer
        self.batches: list[list[str]] = []
        self.given_up = 0
        self.begun = threading.Event()
        self.go_on: threading.Event | None = None

    def __getattr__(self, name: str) -> Any:
        return getattr(self._analyzer, name)

    def analyze_many(self, documents: Iterable[Document], **options: Any) -> Iterator[FileReport | Exception]:
        listed = list(documents)
        self.batches.append([Path(each.path or "").name for each in listed])
        self.begun.set()
        if self.go_on is not None:
            self.go_on.wait(30)
        try:
            yield from self._analyzer.analyze_many(listed, **options)
        except Cancelled:
            self.given_up += 1
            raise


@dataclass
class Bench:
    """A scanner of one folder with twenty files in several languages."""

    root: Path
    noting: _Noting
    engine: ScoringEngine = field(default_factory=ScoringEngine)
    records: list[FileRecord] = field(default_factory=list)

    def __post_init__(self) -> None:
        analyzer: Any = self.noting
        self.engine.model.loaded = analyzer
        self.scanner = Scanner(self.engine, Pasts(self.engine), PositionEncoding.UTF16)
        for number in range(20):
            code, language = ALL[number % len(ALL)]
            name = f"f{number:02}.{EXTENSIONS.get(language, 'py')}"
            (self.root / name).write_text(code * 3, encoding="utf-8")

    async def scan(self, token: CancelToken | None = None, skip: str = "none") -> ScanSummary:
        self.records.clear()
        self.noting.batches.clear()
        folders, summary = [ScanFolder(self.root, Settings())], ScanSummary()
        async for record, _ in self.scanner.scan(
            folders, token or CancelToken(), summary, skip=lambda uri: uri.endswith(skip)
        ):
            self.records.append(record)
        return summary


@pytest.fixture
async def bench(tmp_path: Path, tiny_model_dir: Path) -> AsyncIterator[Bench]:
    root = tmp_path / "code"
    root.mkdir()
    made = Bench(root, _Noting(Analyzer.load(tiny_model_dir)))
    yield made
    assert made.engine.scorer.stop(10)


def names(bench: Bench) -> list[str]:
    return sorted(path.name for path in bench.root.iterdir())


async def test_verdicts_match_those_of_the_command(bench: Bench, tiny_model_dir: Path) -> None:
    (bench.root / "n.ipynb").write_text(notebook(ALL[0][0]), encoding="utf-8")
    (bench.root / "odd.py").write_bytes(b"\0\1")
    summary = await bench.scan()
    assert (summary.files, summary.skipped) == (21, 1)
    scanned = {
        (record.uri.rpartition("/")[2], function.function_id): function.verdict
        for record in bench.records
        for function in record.functions
    }
    result = check(CheckOptions([str(bench.root)], model=tiny_model_dir))
    assert scanned == {
        (Path(file.path).name.partition("#")[0], function.function_id): function.verdict
        for file in result.files
        for function in file.report.functions
    }
    assert len(scanned) > 20


async def test_small_files_are_scored_together(bench: Bench, monkeypatch: pytest.MonkeyPatch) -> None:
    await bench.scan()
    assert bench.noting.batches == [names(bench)]
    # Known files are not read again.
    (bench.root / "f03.py").unlink(missing_ok=True)
    (bench.root / "new.py").write_text(ALL[0][0], encoding="utf-8")
    await bench.scan()
    assert bench.noting.batches == [["new.py"]]
    monkeypatch.setattr(workspace_scan, "SCAN_BATCH_BYTES", 1500)
    bench.scanner.records = FileRecords()
    skipped = names(bench)[1]
    await bench.scan(skip=skipped)
    assert len(bench.noting.batches) > 3
    together = [name for batch in bench.noting.batches for name in batch]
    assert together == [name for name in names(bench) if name in together]
    assert skipped not in together
    for batch in bench.noting.batches:
        assert sum((bench.root / name).stat().st_size for name in batch[:-1]) < 1500


async def test_batch_is_abandoned_when_more_urgent_work_waits(bench: Bench) -> None:
    go_on = bench.noting.go_on = threading.Event()
    scored: list[int] = []

    scan = asyncio.ensure_future(bench.scan())
    assert await asyncio.to_thread(bench.noting.begun.wait, 30)
    urgent = bench.engine.scorer.submit(lambda _: scored.append(len(bench.records)), Priority.TYPING)
    go_on.set()
    await urgent
    summary = await scan
    assert scored == [0]
    assert bench.noting.given_up == 1
    assert summary.files == len(names(bench)) == len(bench.records)


async def test_batch_ends_when_its_scan_is_cancelled(bench: Bench) -> None:
    go_on = bench.noting.go_on = threading.Event()
    token = CancelToken()
    scan = asyncio.ensure_future(bench.scan(token))
    assert await asyncio.to_thread(bench.noting.begun.wait, 30)
    token.cancel()
    go_on.set()
    summary = await scan
    assert (summary.cancelled, summary.files, bench.noting.given_up) == (True, 0, 1)


async def test_file_that_changes_during_its_batch_is_scored_again(bench: Bench) -> None:
    path = bench.root / names(bench)[0]
    go_on = bench.noting.go_on = threading.Event()
    scan = asyncio.ensure_future(bench.scan())
    assert await asyncio.to_thread(bench.noting.begun.wait, 30)
    path.write_text("def another(a):\n    return a\n", encoding="utf-8")
    go_on.set()
    await scan
    await bench.scan()
    assert bench.noting.batches == [[path.name]]
    assert [each.name for each in bench.records[0].functions] == ["another"]
