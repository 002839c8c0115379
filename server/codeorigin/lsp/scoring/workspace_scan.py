"""Scores all files of the workspace: lowest priority, progress and cancel, small files in batches."""

import itertools
import logging
from collections.abc import Callable, Iterator, Sequence
from contextlib import suppress
from dataclasses import dataclass, field
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING

from codeorigin.analysis.batching import batch_end
from codeorigin.cancellation import CancelToken
from codeorigin.errors import Cancelled, CodeOriginError, ModelError, SourceError
from codeorigin.languages import Language
from codeorigin.languages.kinds import kind_for_path
from codeorigin.lsp.scoring.closed_files import ClosedFile, is_chosen
from codeorigin.lsp.scoring.file_records import FileKey, FileRecord, FileRecords
from codeorigin.lsp.scoring.model_loader import ModelLoader
from codeorigin.lsp.scoring.worker import Priority, WorkerThread
from codeorigin.settings.schema import Settings
from codeorigin.text.positions import PositionEncoding
from codeorigin.text.sources import decode_source, read_source
from codeorigin.text.walking import walk_sources

if TYPE_CHECKING:
    from codeorigin.analysis.analyzer import Analyzer
    from codeorigin.git.written import WrittenFile

logger = logging.getLogger(__name__)

WALK_CHUNK = 64
SCAN_BATCH_BYTES = 1 << 16
"""Half of the command line tool's batch, so that scoring while the user types waits for less."""
MAX_FILES = 100_000


@dataclass(frozen=True, slots=True)
class ScanFolder:
    """A folder to scan and its settings, which do not apply to the workspace folders ``inside`` it."""

    path: Path
    settings: Settings
    inside: tuple[Path, ...] = ()

    def holds(self, path: Path) -> bool:
        """Whether this is the innermost workspace folder of the file at ``path``, which must be below it."""
        return not any(path.is_relative_to(inner) for inner in self.inside)


@dataclass(slots=True)
class ScanSummary:
    """The outcome of a scan. ``errors`` are one line each; ``cut`` means that more files were left out."""

    files: int = 0
    functions: int = 0
    skipped: int = 0
    cancelled: bool = False
    cut: bool = False
    errors: list[str] = field(default_factory=list)


@dataclass(frozen=True, slots=True)
class _Batch:
    """Files whose functions were scored together, and the texts of those that still need verdicts."""

    paths: frozenset[Path] = frozenset()
    texts: dict[Path, tuple[FileKey, str]] = field(default_factory=dict)


class _UntilWanted(CancelToken):
    """Cancelled when ``token`` is, or when the worker has something more urgent to do than a scan."""

    def __init__(self, worker: WorkerThread, token: CancelToken) -> None:
        super().__init__()
        self._worker = worker
        self._scan = token

    @property
    def cancelled(self) -> bool:
        return self._scan.cancelled or self._worker.is_wanted_before(Priority.SCAN)

    def raise_if_cancelled(self) -> None:
        if self.cancelled:
            raise Cancelled("cancelled")


class Scanner:
    """Scores files from disk. A file that has not changed since the last scan is not read again."""

    def __init__(self, worker: WorkerThread, loader: ModelLoader, encoding: PositionEncoding) -> None:
        self._worker = worker
        self._loader = loader
        self._encoding = encoding
        self.records = FileRecords()

    async def scan(
        self,
        folders: Sequence[ScanFolder],
        token: CancelToken,
        *,
        skip: Callable[[str], bool],
        scored: Callable[[FileRecord, Settings], None],
        progress: Callable[[int, int], None],
    ) -> ScanSummary:
        """Score all source files, notebooks and enabled kinds of documents below ``folders``.

        ``skip`` is called with each file's URI and returns whether to skip it (open documents have their own results).
        ``scored`` is called with each file's record, and ``progress`` with the number of files done and of files
        found. Raises ModelError.
        """
        summary = ScanSummary()
        try:
            files, summary.cut = await self._list(folders, token)
        except Cancelled:
            return ScanSummary(cancelled=True)
        batch = _Batch()
        for done, (path, settings) in enumerate(files):
            if token.cancelled:
                break
            progress(done, len(files))
            if skip(path.as_uri()):
                continue
            try:
                if path not in batch.paths:
                    ahead = [each for each in files[done : done + WALK_CHUNK] if not skip(each[0].as_uri())]
                    batch = await self._worker.submit(
                        partial(self._prepare, ahead, token), priority=Priority.SCAN, token=token
                    )
                record = await self._worker.submit(
                    partial(self._score, path, settings, batch, token), priority=Priority.SCAN, token=token
                )
            except SourceError as error:
                summary.skipped += 1
                summary.errors.append(str(error))
                continue
            except CodeOriginError:
                if token.cancelled:
                    break
                raise
            except Exception as error:
                summary.errors.append(log_failure(path, error))
                continue
            summary.files += 1
            summary.functions += len(record.functions)
            scored(record, settings)
        summary.cancelled = token.cancelled
        if not summary.cancelled:
            await self._forget_others(folders, {path for path, _ in files})
        return summary

    async def _forget_others(self, folders: Sequence[ScanFolder], found: set[Path]) -> None:
        """Drop the records of files in ``folders`` that are gone or are excluded now."""
        roots = {folder.path for folder in folders}

        def wanted(path: Path) -> bool:
            return path in found or roots.isdisjoint(path.parents)

        # In the worker, like every other access to the records.
        await self._worker.submit(lambda: self.records.keep(wanted), priority=Priority.SCAN)

    async def _list(
        self, folders: Sequence[ScanFolder], token: CancelToken
    ) -> tuple[list[tuple[Path, Settings]], bool]:
        """The files to score, and whether the list was cut at :data:`MAX_FILES`."""
        files: list[tuple[Path, Settings]] = []
        for folder in folders:
            if not folder.settings.enable:
                continue
            walk = walk_sources([folder.path], _has_code, exclude=folder.settings.exclude)
            while not token.cancelled:
                chunk = await self._worker.submit(
                    partial(_next_files, walk), priority=Priority.SCAN, token=token
                )
                files += [
                    (path, folder.settings)
                    for path in chunk
                    if is_chosen(path, folder.settings) and folder.holds(path)
                ]
                if len(files) > MAX_FILES:
                    logger.warning(
                        "the workspace has more than %d files; the others are not scored", MAX_FILES
                    )
                    return files[:MAX_FILES], True
                if len(chunk) < WALK_CHUNK:
                    break
        return files, False

    def _prepare(self, files: Sequence[tuple[Path, Settings]], token: CancelToken) -> _Batch:
        """Read the first files and score their functions together, unless something more urgent is waiting."""
        analyzer = self._loader.analyzer()
        keys: list[FileKey | None] = []
        for path, settings in files:
            new = None
            with suppress(SourceError):
                found = _file_key(path, settings, analyzer.model_id)
                is_source = isinstance(kind_for_path(path), Language) and found.size <= settings.max_file_size
                new = found if is_source and not self.records.has(path, found) else None
            keys.append(new)
        end = batch_end([0 if key is None else key.size for key in keys], 0, SCAN_BATCH_BYTES)
        batch = _Batch(frozenset(path for path, _ in files[:end]))
        for (path, settings), key in zip(files[:end], keys, strict=False):
            if key is not None:
                token.raise_if_cancelled()
                with suppress(SourceError):
                    batch.texts[path] = key, _read(path, settings)
        if len(batch.texts) > 1:
            documents = [(text, _kind_id(path), str(path)) for path, (_, text) in batch.texts.items()]
            with suppress(Cancelled):
                analyzer.prepare(documents, cancel=_UntilWanted(self._worker, token))
        token.raise_if_cancelled()
        return batch

    def _score(self, path: Path, settings: Settings, batch: _Batch, token: CancelToken) -> FileRecord:
        analyzer = self._loader.analyzer()
        key = _file_key(path, settings, analyzer.model_id)
        prepared = batch.texts.pop(path, None)
        if key.size <= settings.max_file_size and (known := self.records.get(path, key)) is not None:
            return known
        # The file may have changed since.
        text = prepared[1] if prepared is not None and prepared[0] == key else _read(path, settings)
        record = self._record(ClosedFile(path, text), analyzer, settings, token)
        self.records.put(path, key, record)
        return record

    def _record(
        self, file: ClosedFile, analyzer: "Analyzer", settings: Settings, token: CancelToken
    ) -> FileRecord:
        try:
            return file.record(analyzer, settings, self._encoding, token)
        except ModelError as error:
            if isinstance(kind_for_path(file.path), Language):
                raise
            # The failing model is the one that guesses languages; source files are scored without it.
            raise SourceError(str(error), file.path) from error

    async def changed_file(
        self, path: Path, file: "WrittenFile", settings: Settings, token: CancelToken
    ) -> FileRecord:
        """The functions that contain changed lines of ``file``; each is judged within its whole file.

        Raises:
            SourceError: the file is not source text.
            ModelError: the model is missing or broken.
            Cancelled: ``token`` was cancelled.
        """

        def work() -> FileRecord:
            text = decode_source(file.content, str(path), settings.max_file_size, _kind_id(path))
            changed = ClosedFile(path, text, file.lines)
            return self._record(changed, self._loader.analyzer(), settings, token)

        return await self._worker.submit(work, priority=Priority.SCAN, token=token)


def log_failure(path: Path, error: Exception) -> str:
    """Log the error and return one line about the file that could not be scored."""
    logger.error("a file could not be scored", exc_info=error)
    return f"{path}: could not be scored ({type(error).__name__})"


def _file_key(path: Path, settings: Settings, model_id: str) -> FileKey:
    try:
        found = path.stat()
    except OSError as error:
        raise SourceError(f"cannot be read: {error.strerror}", path) from error
    return FileKey(
        found.st_mtime_ns,
        found.st_size,
        settings.file_context,
        model_id,
        settings.languages,
    )


def _read(path: Path, settings: Settings) -> str:
    return read_source(path, max_bytes=settings.max_file_size, language=_kind_id(path))


def _kind_id(path: Path) -> str:
    kind = kind_for_path(path)
    assert kind is not None, "other files are not chosen"
    return kind.id


def _has_code(name: str) -> bool:
    return kind_for_path(name) is not None


def _next_files(walk: Iterator[Path]) -> list[Path]:
    return list(itertools.islice(walk, WALK_CHUNK))
