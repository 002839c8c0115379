"""Scans of files on disk: unchanged files are not read again, however many there are, and no text is kept."""

import os
from collections.abc import AsyncIterator, Iterable, Iterator
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any

import pytest
from lsprotocol import types
from tests.server.lsp.editor import python_function

from codeorigin.analysis.report import FileReport, FunctionReport
from codeorigin.core.cancellation import CancelToken
from codeorigin.core.errors import ModelError
from codeorigin.functions.documents import Document
from codeorigin.functions.finding import find_functions
from codeorigin.languages import get_language
from codeorigin.lsp.scoring import workspace_scan
from codeorigin.lsp.scoring.engine import ScoringEngine
from codeorigin.lsp.scoring.file_records import FileKey, FileRecord, FileRecords
from codeorigin.lsp.scoring.pasts import Pasts
from codeorigin.lsp.scoring.requests import FunctionRecord
from codeorigin.lsp.scoring.workspace_scan import WALK_CHUNK, ScanFolder, Scanner, ScanSummary
from codeorigin.model.verdict import Band, Verdict
from codeorigin.settings.schema import Settings
from codeorigin.text.positions import PositionEncoding

MANY = 1_200
VERDICT = Verdict(probability=0.75, logit=1.25, band=Band.LLM, human_share=0.01, llm_threshold=0.7, wide=1.25)


@dataclass
class Bench:
    """A scanner with an analyzer that counts."""

    root: Path
    model_id: str = "model"
    texts: list[str] = field(default_factory=list)
    records: list[FileRecord] = field(default_factory=list)
    engine: ScoringEngine = field(default_factory=ScoringEngine)

    def __post_init__(self) -> None:
        analyzer: Any = self
        self.engine.model.loaded = analyzer
        self.scanner = Scanner(self.engine, Pasts(self.engine), PositionEncoding.UTF16)

    def analyze_many(
        self, documents: Iterable[Document], *, file_context: bool, past: None, cancel: CancelToken
    ) -> Iterator[FileReport | Exception]:
        for document in documents:
            cancel.raise_if_cancelled()
            assert document.languages is not None
            if document.kind == "markdown":
                yield ModelError("the language model is broken")
                continue
            self.texts.append(document.text)
            spans = find_functions(document.text, get_language(document.kind), path=document.path)
            reports = tuple(FunctionReport(span, VERDICT, f"id of {span.name}") for span in spans)
            yield FileReport(document.kind, document.path, reports)

    async def scan(self, settings: Settings | None = None) -> ScanSummary:
        self.texts.clear()
        self.records.clear()
        token, summary = CancelToken(), ScanSummary()
        folders = [ScanFolder(self.root, settings or Settings())]
        async for record, _ in self.scanner.scan(folders, token, summary):
            self.records.append(record)
        return summary


@pytest.fixture
async def bench(tmp_path: Path) -> AsyncIterator[Bench]:
    made = Bench(tmp_path)
    yield made
    assert made.engine.scorer.stop(10)


async def test_no_file_is_read_twice_however_many_there_are(bench: Bench) -> None:
    for number in range(MANY):
        (bench.root / f"file_{number}.py").write_text(f"x = {number}\n", encoding="utf-8")
    assert (await bench.scan()).files == len(bench.texts) == MANY
    assert (await bench.scan()).files == MANY
    assert bench.texts == []


async def test_changed_files_are_scored_again(bench: Bench) -> None:
    one, two = bench.root / "one.py", bench.root / "two.py"
    one.write_text(python_function("one"), encoding="utf-8")
    two.write_text(python_function("two"), encoding="utf-8")
    await bench.scan()
    first = list(bench.records)
    assert [each.name for record in first for each in record.functions] == ["one", "two"]
    two.write_text(python_function("changed"), encoding="utf-8")
    os.utime(two, ns=(1, 1))
    await bench.scan()
    assert len(bench.texts) == 1
    assert bench.records[0] == first[0]
    assert bench.records[1].functions[0].name == "changed"
    # The same length and time count as the same text; another model or setting does not.
    await bench.scan(Settings(file_context=False))
    assert len(bench.texts) == 2
    bench.model_id = "another"
    await bench.scan(Settings(file_context=False))
    assert len(bench.texts) == 2
    assert {record.model_id for record in bench.records} == {"another"}


async def test_file_that_is_now_too_large_is_skipped(bench: Bench) -> None:
    (bench.root / "one.py").write_text(python_function("one") * 20, encoding="utf-8")
    assert (await bench.scan()).files == 1
    summary = await bench.scan(Settings(max_file_size=1_000))
    assert (summary.files, summary.skipped) == (0, 1)


async def test_truncated_list_of_files_is_reported(bench: Bench, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(workspace_scan, "MAX_FILES", 70)
    for number in range(WALK_CHUNK + 6):
        (bench.root / f"f{number}.py").write_text("x = 1\n", encoding="utf-8")
    summary = await bench.scan()
    assert (summary.files, summary.cut) == (70, False)
    (bench.root / "one_more.py").write_text("x = 1\n", encoding="utf-8")
    summary = await bench.scan()
    assert (summary.files, summary.cut) == (70, True)


async def test_broken_language_model_affects_only_documents(bench: Bench) -> None:
    (bench.root / "a.md").write_text("# A\n\n```\nint f(void) { return 1; }\n```\n", encoding="utf-8")
    (bench.root / "b.py").write_text(python_function("b"), encoding="utf-8")
    summary = await bench.scan()
    assert (summary.files, summary.skipped) == (1, 1)
    assert summary.errors == [f"{bench.root / 'a.md'}: the language model is broken"]


def record_of(name: str, functions: int) -> FileRecord:
    place = types.Range(types.Position(1_000, 0), types.Position(1_040, 12))
    function = FunctionRecord("0123456789abcdef", "", VERDICT, place, place, 1, is_test=False)
    named = tuple(replace(function, name=f"Class.{name}_{number}") for number in range(functions))
    return FileRecord(f"file:///{name}", "model", None, named)


KEY = FileKey(1, 2, file_context=True, model_id="model")


def test_record_survives_a_round_trip() -> None:
    records = FileRecords()
    kept = record_of("a", 20)
    records.put(Path("a"), KEY, kept)
    assert records.get(Path("a"), KEY) == kept
    assert records.get(Path("a"), KEY._replace(size=3)) is None
    assert records.get(Path("b"), KEY) is None


def test_records_are_small() -> None:
    records = FileRecords()
    for number in range(50):
        records.put(Path(f"folder/file_{number}.py"), KEY, record_of(f"file_{number}", 20))
    assert records.size / (50 * 20) < 200


def test_full_records_keep_existing_entries() -> None:
    records = FileRecords(max_bytes=20_000)
    paths = [Path(str(number)) for number in range(100)]
    for path in paths:
        records.put(path, KEY, record_of(path.name, 5))
    kept = [path for path in paths if records.get(path, KEY) is not None]
    assert kept == paths[: len(kept)]
    assert 0 < len(kept) < 100
    assert records.size <= 20_000
    records.put(paths[0], KEY._replace(size=3), record_of("0", 5))
    assert records.get(paths[0], KEY._replace(size=3)) is not None
