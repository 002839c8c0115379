"""Scores all files of the workspace: lowest priority, progress and cancel, small files in batches."""

import itertools
import logging
from collections.abc import AsyncIterator, Callable, Iterator, Sequence
from dataclasses import dataclass, field
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, NamedTuple

from codeorigin.analysis.report import FileReport
from codeorigin.cancellation import CancelToken, CancelWhen
from codeorigin.errors import Cancelled, CodeOriginError, ModelError, SourceError
from codeorigin.git.walking import source_files
from codeorigin.languages.kinds import DocumentKind, kind_for_path
from codeorigin.lsp.scoring.closed_files import (
    ClosedFile,
    FileKey,
    FileRecord,
    FileRecords,
    is_chosen,
    kind_of,
)
from codeorigin.lsp.scoring.model_loader import ModelLoader
from codeorigin.lsp.scoring.pasts import Pasts
from codeorigin.lsp.scoring.worker import Priority, WorkerThread
from codeorigin.model.past import Past
from codeorigin.past.place import repository_folder
from codeorigin.settings.schema import Settings
from codeorigin.text.exclusions import Exclusions, exclusions
from codeorigin.text.positions import PositionEncoding
from codeorigin.text.sources import decode_source

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
        return chosen and not self.excluded.file(path)

    @property
    def excluded(self) -> Exclusions:
        """What the settings exclude."""
        return exclusions(self.settings.exclude, self.path)


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


class _File(NamedTuple):
    """A file to score, with its settings and the past of its repository."""

    path: Path
    settings: Settings
    past: Past | None


class Scanner:
    """Scores files from disk. A file that has not changed since the last scan is not read again."""

    def __init__(
        self,
        worker: WorkerThread,
        git: WorkerThread,
        loader: ModelLoader,
        pasts: Pasts,
        encoding: PositionEncoding,
    ) -> None:
        self._worker = worker
        self._git = git
        self._loader = loader
        self._pasts = pasts
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
        for done, (path, settings, _) in enumerate(files):
            summary.done = done
            if token.cancelled:
                break
            if skip(path.as_uri()):
                continue
            try:
                if path not in known:
                    ahead = files[done : done + WALK_CHUNK]
                    known = await self._scored(
                        [file for file in ahead if not skip(file.path.as_uri())], token
                    )
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
            await self._forget_others(folders, {file.path for file in files})

    async def _forget_others(self, folders: Sequence[ScanFolder], found: set[Path]) -> None:
        """Drop the records of files in ``folders`` that are gone or are excluded now."""
        roots = {folder.path for folder in folders}

        def wanted(path: Path) -> bool:
            return path in found or roots.isdisjoint(path.parents)

        # In the worker, like every other access to the records.
        await self._worker.submit(lambda: self.records.keep(wanted), priority=Priority.SCAN)

    async def _list(self, folders: Sequence[ScanFolder], token: CancelToken) -> tuple[list[_File], bool]:
        """The files to score, and whether the list was cut at :data:`MAX_FILES`."""
        files: list[_File] = []
        repositories: dict[Path, Path | None] = {}
        pasts: dict[Path | None, Past | None] = {None: None}
        for folder in folders:
            if not folder.settings.enable:
                continue
            walk = source_files(folder.path, _has_code, folder.excluded, token)
            while not token.cancelled:
                chunk = await self._git.submit(
                    partial(_next_files, walk, repositories), priority=Priority.SCAN, token=token
                )
                for path in chunk:
                    if is_chosen(path, folder.settings) and folder.holds(path):
                        repository = repositories[path.parent] if folder.settings.past else None
                        if repository not in pasts:
                            pasts[repository] = await self._pasts.newest(repository, token)
                        files.append(_File(path, folder.settings, pasts[repository]))
                if len(files) > MAX_FILES:
                    logger.warning(
                        "the workspace has more than %d files; the others are not scored", MAX_FILES
                    )
                    return files[:MAX_FILES], True
                if len(chunk) < WALK_CHUNK:
                    break
        return files, False

    async def _scored(self, files: Sequence[_File], token: CancelToken) -> dict[Path, FileRecord | Exception]:
        """The records of the first of ``files``, or the errors; at least that of the very first."""
        until_wanted = CancelWhen(token, partial(self._worker.is_wanted_before, Priority.SCAN))
        for some, cancel in ((files, until_wanted), (files[:1], token)):
            found = await self._worker.submit(
                partial(self._score, some, token, cancel), priority=Priority.SCAN, token=token
            )
            if files[0].path in found:
                break
        return found

    def _score(
        self, files: Sequence[_File], token: CancelToken, cancel: CancelToken
    ) -> dict[Path, FileRecord | Exception]:
        """Read the first files and score their functions together, as far as it gets before ``cancel``.

        They have the same settings and past, and together about as many bytes as a batch should have.
        """
        analyzer = self._loader.analyzer()
        _, settings, past = files[0]
        found: dict[Path, FileRecord | Exception] = {}
        new: list[tuple[ClosedFile, FileKey]] = []
        size = 0
        for path, its_settings, its_past in files:
            if its_settings is not settings or its_past is not past or size >= SCAN_BATCH_BYTES:
                break
            token.raise_if_cancelled()
            try:
                key = FileKey.of(path, settings, past, analyzer.model_id)
                if key.size <= settings.max_file_size and (known := self.records.get(path, key)) is not None:
                    found[path] = known
                else:
                    new.append((ClosedFile.read(path, settings), key))
                    size += key.size
            except SourceError as error:
                found[path] = error
        reports = analyzer.analyze_many(
            (file.document(settings) for file, _ in new),
            file_context=settings.file_context,
            past=past,
            cancel=cancel,
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
        past = await self._pasts.of(path, settings, token)
        record = (await self._scored([_File(path, settings, past)], token))[path]
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
        """

        past = await self._pasts.of(path, settings, token)

        def work() -> FileRecord:
            text = decode_source(file.content, str(path), settings.max_file_size, kind_of(path).id)
            changed = ClosedFile(path, text, file.lines)
            analyzer = self._loader.analyzer()
            (report,) = analyzer.analyze_many(
                [changed.document(settings)], file_context=settings.file_context, past=past, cancel=token
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


def _has_code(name: str) -> bool:
    return kind_for_path(name) is not None


def _next_files(walk: Iterator[Path], repositories: dict[Path, Path | None]) -> list[Path]:
    """The next files; ``repositories`` gets the repository of each folder that they are in."""
    files = list(itertools.islice(walk, WALK_CHUNK))
    for path in files:
        if path.parent not in repositories:
            repositories[path.parent] = repository_folder(path.parent)
    return files
