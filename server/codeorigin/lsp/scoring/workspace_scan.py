"""Scores all files of the workspace: lowest priority, progress and cancel, small files in batches."""

import itertools
import logging
from collections.abc import AsyncIterator, Callable, Iterator, Sequence
from dataclasses import dataclass, field
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, NamedTuple

from codeorigin.analysis.report import FileReport
from codeorigin.core.cancellation import CancelToken
from codeorigin.core.errors import Cancelled, CodeOriginError, ModelError, SourceError
from codeorigin.functions.documents import Document
from codeorigin.functions.function_lines import LineRanges
from codeorigin.git.walking import source_files
from codeorigin.languages.kinds import DocumentKind, get_kind, kind_for_path
from codeorigin.lsp.scoring.engine import ScoringEngine
from codeorigin.lsp.scoring.file_records import (
    FileKey,
    FileRecord,
    FileRecords,
    closed_document,
    file_record,
    is_chosen,
)
from codeorigin.lsp.scoring.pasts import Pasts
from codeorigin.model.past import Past
from codeorigin.past.place import repository_folder
from codeorigin.settings.schema import Settings
from codeorigin.text.exclusions import Exclusions, exclusions
from codeorigin.text.positions import PositionEncoding

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

    def __init__(self, engine: ScoringEngine, pasts: Pasts, encoding: PositionEncoding) -> None:
        self._engine = engine
        self._pasts = pasts
        self._encoding = encoding
        self.records = FileRecords()
        """Used in the scoring thread only."""
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
            files = [file for file in await self._list(folders, token) if not skip(file.path.as_uri())]
            summary.cut = len(files) > MAX_FILES
            files = files[:MAX_FILES]
            summary.total = len(files)
            while summary.done < len(files):
                ahead = files[summary.done : summary.done + WALK_CHUNK]
                for path, record in await self._engine.score(partial(self._score, ahead), token=token):
                    token.raise_if_cancelled()
                    if isinstance(record, Exception):
                        summary.skipped += isinstance(record, SourceError)
                        summary.errors.append(failure(path, record))
                    elif not skip(path.as_uri()):  # it may have been opened meanwhile
                        summary.files += 1
                        yield record, ahead[0].settings
                    summary.done += 1
        except Cancelled:
            pass
        summary.cancelled = token.cancelled

    async def _list(self, folders: Sequence[ScanFolder], token: CancelToken) -> list[_File]:
        """The files to score; if there are too many, the first of them."""
        files: list[_File] = []
        pasts: dict[Path | None, Past | None] = {None: None}
        for folder in folders:
            if not folder.settings.enable:
                continue
            walk = _walk(folder, token)
            while chunk := await self._engine.git.submit(partial(_next_files, walk), token=token):
                for path, repository in chunk:
                    if repository not in pasts:
                        pasts[repository] = await self._pasts.newest(repository, token)
                    files.append(_File(path, folder.settings, pasts[repository]))
                if len(files) > MAX_FILES:
                    logger.warning(
                        "the workspace has more than %d files; the others are not scored", MAX_FILES
                    )
                    return files
        return files

    def _score(
        self, files: Sequence[_File], analyzer: "Analyzer", cancel: CancelToken
    ) -> list[tuple[Path, FileRecord | Exception]]:
        """Read the first of ``files`` and score their functions together. Runs in the scoring thread.

        They have the same settings and past, and together about as many bytes as a batch should have.
        """
        _, settings, past = files[0]
        found: dict[Path, FileRecord | Exception | None] = {}
        new: list[tuple[Path, FileKey, Document]] = []
        for path, its_settings, its_past in files:
            size = sum(key.size for _, key, _ in new)
            if its_settings is not settings or its_past is not past or size >= SCAN_BATCH_BYTES:
                break
            cancel.raise_if_cancelled()
            try:
                key = FileKey.of(path, settings, past, analyzer.model_id)
                known = self.records.get(path, key) if key.size <= settings.max_file_size else None
                found[path] = known
                if known is None:
                    new.append((path, key, closed_document(path, settings)))
            except SourceError as error:
                found[path] = error
        reports = analyzer.analyze_many(
            (document for _, _, document in new),
            file_context=settings.file_context,
            past=past,
            cancel=cancel,
        )
        for (path, key, document), report in zip(new, reports, strict=True):
            record = found[path] = self._record(document, report, analyzer.model_id)
            if isinstance(record, FileRecord):
                self.records.put(path, key, record)
        return [(path, record) for path, record in found.items() if record is not None]

    def _record(
        self,
        document: Document,
        report: FileReport | Exception,
        model_id: str,
        changed: LineRanges | None = None,
    ) -> FileRecord | Exception:
        if isinstance(report, ModelError) and isinstance(get_kind(document.kind), DocumentKind):
            # The failing model is the one that guesses languages; source files are scored without it.
            return SourceError(str(report), document.path)
        if isinstance(report, Exception):
            return report
        try:
            return file_record(document, report, model_id, self._encoding, changed)
        except Exception as error:
            return error

    async def file(self, path: Path, settings: Settings, token: CancelToken) -> FileRecord:
        """The verdicts on a file; scores it only if it has changed since it was scored. Raises like a scan."""
        past = await self._pasts.of(path, settings, token)
        files = [_File(path, settings, past)]
        ((_, record),) = await self._engine.score(partial(self._score, files), token=token)
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

        def work(analyzer: "Analyzer", cancel: CancelToken) -> FileRecord:
            document = closed_document(path, settings, file.content)
            (report,) = analyzer.analyze_many(
                [document], file_context=settings.file_context, past=past, cancel=cancel
            )
            record = self._record(document, report, analyzer.model_id, file.lines)
            if isinstance(record, Exception):
                raise record
            return record

        return await self._engine.score(work, token=token)


def failure(path: Path, error: Exception) -> str:
    """One line about a file that could not be scored; raises ``error`` if it concerns more than that file."""
    if isinstance(error, SourceError):
        return str(error)
    if isinstance(error, CodeOriginError):
        raise error
    logger.error("a file could not be scored", exc_info=error)
    return f"{path}: could not be scored ({type(error).__name__})"


def _walk(folder: ScanFolder, token: CancelToken) -> Iterator[tuple[Path, Path | None]]:
    """The files in ``folder``, each with the repository whose past counts. Runs in the git thread."""
    repositories: dict[Path, Path | None] = {}
    for path in source_files(folder.path, _has_code, folder.excluded, token):
        if is_chosen(path, folder.settings) and folder.holds(path):
            if path.parent not in repositories:
                wanted = folder.settings.past
                repositories[path.parent] = repository_folder(path.parent) if wanted else None
            yield path, repositories[path.parent]


def _next_files(walk: Iterator[tuple[Path, Path | None]], _: CancelToken) -> list[tuple[Path, Path | None]]:
    return list(itertools.islice(walk, WALK_CHUNK))


def _has_code(name: str) -> bool:
    return kind_for_path(name) is not None
