"""Scores all files of the workspace: lowest priority, progress and cancel, small files in batches."""

import itertools
import logging
from collections.abc import AsyncIterator, Callable, Iterator, Sequence
from dataclasses import dataclass, field
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING

from codeorigin.analysis.report import FileReport
from codeorigin.cancellation import CancelToken, CancelWhen
from codeorigin.errors import Cancelled, CodeOriginError, ModelError, SourceError
from codeorigin.languages.kinds import DocumentKind, kind_for_path
from codeorigin.lsp.documents.eligibility import is_excluded
from codeorigin.lsp.scoring.closed_files import ClosedFile, FileKey, FileRecord, FileRecords, is_chosen
from codeorigin.lsp.scoring.model_loader import ModelLoader
from codeorigin.lsp.scoring.worker import Priority, WorkerThread
from codeorigin.settings.schema import Settings
from codeorigin.text.positions import PositionEncoding
from codeorigin.text.sources import decode_source, read_source
from codeorigin.text.walking import walk_sources

if TYPE_CHECKING:
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

    def takes(self, path: Path) -> bool:
        """Whether the file at ``path``, which must be below it, is to be scored with these settings."""
        chosen = self.settings.enable and is_chosen(path, self.settings) and self.holds(path)
        return chosen and not is_excluded(str(path), self.settings.exclude, self.path)


@dataclass(slots=True)
class ScanSummary:
    """The outcome of a scan. ``errors`` are one line each; ``cut`` means that more files were left out.

    ``done`` of ``total`` files precede the one that is being scored.
    """

    done: int = 0
    total: int = 0
    files: int = 0
    skipped: int = 0
    cancelled: bool = False
    cut: bool = False
    errors: list[str] = field(default_factory=list)


class Scanner:
    """Scores files from disk. A file that has not changed since the last scan is not read again."""

    def __init__(self, worker: WorkerThread, loader: ModelLoader, encoding: PositionEncoding) -> None:
        self._worker = worker
        self._loader = loader
        self._encoding = encoding
        self.records = FileRecords()
        self.ended_at = float("-inf")
        """When a client last had an answer about the whole workspace, by the monotonic clock."""

    async def scan(
        self,
        folders: Sequence[ScanFolder],
        token: CancelToken,
        summary: ScanSummary,
        *,
        skip: Callable[[str], bool] = lambda _: False,
    ) -> AsyncIterator[tuple[FileRecord, Settings]]:
        """Score all source files, notebooks and enabled kinds of documents below ``folders``.

        Yields the record of each file and its settings, and counts in ``summary``. ``skip`` is called with each file's
        URI and returns whether to skip it (open documents have their own results). Raises ModelError.
        """
        try:
            files, summary.cut = await self._list(folders, token)
        except Cancelled:
            summary.cancelled = True
            return
        summary.total = len(files)
        known: dict[Path, FileRecord | Exception] = {}
        for done, (path, settings) in enumerate(files):
            summary.done = done
            if token.cancelled:
                break
            if skip(path.as_uri()):
                continue
            try:
                if path not in known:
                    ahead = files[done : done + WALK_CHUNK]
                    known = await self._scored([file for file in ahead if not skip(file[0].as_uri())], token)
                record = known.pop(path)
                if isinstance(record, Exception):
                    raise record
            except SourceError as error:
                summary.skipped += 1
                summary.errors.append(str(error))
            except CodeOriginError:
                if token.cancelled:
                    break
                raise
            except Exception as error:
                summary.errors.append(log_failure(path, error))
            else:
                summary.files += 1
                yield record, settings
        summary.cancelled = token.cancelled
        if not summary.cancelled:
            await self._forget_others(folders, {path for path, _ in files})

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

    async def _scored(
        self, files: Sequence[tuple[Path, Settings]], token: CancelToken
    ) -> dict[Path, FileRecord | Exception]:
        """The records of the first of ``files``, or the errors; at least that of the very first."""
        until_wanted = CancelWhen(token, partial(self._worker.is_wanted_before, Priority.SCAN))
        for some, cancel in ((files, until_wanted), (files[:1], token)):
            found = await self._worker.submit(
                partial(self._score, some, token, cancel), priority=Priority.SCAN, token=token
            )
            if files[0][0] in found:
                break
        return found

    def _score(
        self, files: Sequence[tuple[Path, Settings]], token: CancelToken, cancel: CancelToken
    ) -> dict[Path, FileRecord | Exception]:
        """Read the first files and score their functions together, as far as it gets before ``cancel``.

        They have the same settings, and together about as many bytes as a batch should have.
        """
        analyzer = self._loader.analyzer()
        settings = files[0][1]
        found: dict[Path, FileRecord | Exception] = {}
        new: list[tuple[ClosedFile, FileKey]] = []
        size = 0
        for path, its_settings in files:
            if its_settings is not settings or size >= SCAN_BATCH_BYTES:
                break
            token.raise_if_cancelled()
            try:
                key = _file_key(path, settings, analyzer.model_id)
                if key.size <= settings.max_file_size and (known := self.records.get(path, key)) is not None:
                    found[path] = known
                else:
                    new.append((ClosedFile(path, _read(path, settings)), key))
                    size += key.size
            except SourceError as error:
                found[path] = error
        reports = analyzer.analyze_many(
            (file.document(settings) for file, _ in new), file_context=settings.file_context, cancel=cancel
        )
        try:
            for (file, key), report in zip(new, reports, strict=True):
                record = found[file.path] = self._record(file, report, analyzer.model_id, settings)
                if isinstance(record, FileRecord):
                    self.records.put(file.path, key, record)
        except Cancelled:
            token.raise_if_cancelled()
        return found

    def _record(
        self, file: ClosedFile, report: FileReport | Exception, model_id: str, settings: Settings
    ) -> FileRecord | Exception:
        if isinstance(report, ModelError) and isinstance(kind_for_path(file.path), DocumentKind):
            # The failing model is the one that guesses languages; source files are scored without it.
            return SourceError(str(report), file.path)
        if isinstance(report, Exception):
            return report
        try:
            return file.record(report, model_id, settings, self._encoding)
        except Exception as error:
            return error

    async def file(self, path: Path, settings: Settings, token: CancelToken) -> FileRecord:
        """The verdicts on a file; scores it only if it has changed since it was scored. Raises like a scan."""
        record = (await self._scored([(path, settings)], token))[path]
        if isinstance(record, Exception):
            raise record
        return record

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
            analyzer = self._loader.analyzer()
            (report,) = analyzer.analyze_many(
                [changed.document(settings)], file_context=settings.file_context, cancel=token
            )
            record = self._record(changed, report, analyzer.model_id, settings)
            if isinstance(record, Exception):
                raise record
            return record

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
