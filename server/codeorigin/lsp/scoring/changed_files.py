"""The functions that the working tree changed since HEAD: which files, and the verdicts on them."""

import logging
from collections.abc import Sequence
from dataclasses import dataclass, replace
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING

from lsprotocol import types

from codeorigin.analysis.judged import How, JudgedFile, JudgedFunction, Source
from codeorigin.core.budget import Budget
from codeorigin.core.cancellation import CancelToken
from codeorigin.core.errors import CodeOriginError, ModelError, NoRepositoryError, SourceError
from codeorigin.languages.kinds import is_in, kind_for_path
from codeorigin.lsp.documents.scored_document import FunctionRecord
from codeorigin.lsp.documents.snapshot import Positions
from codeorigin.lsp.scoring.engine import ScoringEngine
from codeorigin.lsp.scoring.pasts import Pasts
from codeorigin.lsp.scoring.repository_facts import RepositoryFacts
from codeorigin.model.verdict import Reason, Verdict
from codeorigin.past.place import repository_folder
from codeorigin.settings.schema import Settings
from codeorigin.text.exclusions import exclusions
from codeorigin.text.positions import LineIndex, PositionEncoding
from codeorigin.text.sources import decode_source

if TYPE_CHECKING:
    from codeorigin.analysis.analyzer import Analyzer
    from codeorigin.git.change import WrittenFile

    _Changed = tuple[Sequence[tuple[Path, WrittenFile]], bool]

logger = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True)
class ScanFolder:
    """A folder to scan and its settings, which do not apply to the workspace folders ``inside`` it."""

    path: Path
    settings: Settings
    inside: tuple[Path, ...] = ()

    def takes(self, path: Path) -> bool:
        """Whether the file at ``path``, which must be below it, is to be scored with these settings."""
        kind = kind_for_path(path)
        if kind is None or not is_in(kind, self.settings.languages):
            return False
        is_inner = any(path.is_relative_to(inner) for inner in self.inside)
        return not is_inner and not exclusions(self.settings.exclude, self.path).file(path)


@dataclass(frozen=True, slots=True)
class ScannedFile:
    """The verdicts on the functions of one file that have changed lines."""

    uri: str
    functions: tuple[FunctionRecord, ...]


class ChangeScan:
    """Lists and scores what the working tree changed."""

    def __init__(
        self, engine: ScoringEngine, pasts: Pasts, facts: RepositoryFacts, encoding: PositionEncoding
    ) -> None:
        self._engine = engine
        self._pasts = pasts
        self._facts = facts
        self._encoding = encoding
        self._budget: Budget | None = None
        """The parser's time for all files together, known once the first is parsed."""

    async def files(self, folder: ScanFolder, token: CancelToken) -> "_Changed":
        """The files below ``folder`` that differ from HEAD, and whether moves can be told. Raises RepositoryError."""
        return await self._engine.git.submit(partial(_changed_files, self._facts, folder), token=token)

    async def judge(
        self, path: Path, file: "WrittenFile", settings: Settings, token: CancelToken
    ) -> ScannedFile:
        """The functions that contain changed lines of ``file``; each is judged within its whole file.

        Raises:
            SourceError: the file is not source text.
            ModelError: the model is missing or broken.
        """
        past = await self._pasts.of(path, settings, token)

        def work(analyzer: "Analyzer", cancel: CancelToken) -> ScannedFile:
            # Imported here, because `initialize` does not need it.
            from codeorigin.analysis.judged_files import judged_files  # noqa: PLC0415

            kind = kind_for_path(path)
            assert kind is not None, "only files with code are listed"
            text = decode_source(file.content, str(path), settings.max_file_size, kind.id)
            source = Source(str(path), kind.id, lambda: text, changed=file.lines, moved=file.moved)
            from codeorigin.languages.parse_budget import one_run, run_budget  # noqa: PLC0415 - not in `initialize`

            self._budget = self._budget or run_budget()
            positions = Positions(LineIndex(text), self._encoding)
            found: list[FunctionRecord] = []
            with one_run(self._budget):
                files = list(judged_files([source], analyzer, How(settings.file_context, past), cancel))
            for judged in files:
                error = judged.error
                if isinstance(error, CodeOriginError) and not isinstance(error, ModelError):
                    raise SourceError(error.reason, path)
                if error is not None:
                    raise error
                found += [_record(each, judged, positions) for each in judged.functions if each.touched]
            return ScannedFile(path.as_uri(), tuple(found))

        return await self._engine.score(work, token=token)


def failure(path: Path, error: Exception) -> str:
    """One line about a file that could not be scored; raises ``error`` if it concerns more than that file."""
    if isinstance(error, SourceError):
        return str(error)
    if isinstance(error, CodeOriginError):
        raise error
    logger.error("a file could not be scored", exc_info=error)
    return f"{path}: could not be scored ({type(error).__name__})"


def _changed_files(facts: RepositoryFacts, folder: ScanFolder, token: CancelToken) -> "_Changed":
    # Imported in the thread that runs git, because `initialize` does not need it.
    from codeorigin.git.change import working_files  # noqa: PLC0415

    top = repository_folder(folder.path)
    if top is None:
        raise NoRepositoryError("is not in a git repository", folder.path)
    facts.forget(top)  # HEAD may have moved since the last save
    known = facts.of(top, token)
    limit = folder.settings.max_file_size
    return working_files(known.repository, folder.path, folder.takes, head=known.state.head, max_bytes=limit)


def _record(function: JudgedFunction, file: JudgedFile, positions: Positions) -> FunctionRecord:
    """The record of a function that a change touched, without a verdict if it was only moved.

    Of a notebook, in whole lines of its JSON, where columns mean nothing.
    """
    record = FunctionRecord.of(function, positions)
    if function.moved:
        record = replace(record, verdict=Verdict.without(Reason.MOVED))
    if file.cell is None or function.lines is None:
        return record

    def lines(first: int, last: int) -> types.Range:
        text = positions.index.line_text(first - 1)
        return types.Range(
            start=positions.position(first - 1, len(text) - len(text.lstrip())),
            end=positions.position(last - 1, len(positions.index.line_text(last - 1).rstrip())),
        )

    header = file.cell.line(function.span.header.start_line + 1)
    return replace(
        record, range=lines(function.lines.first, function.lines.last), header=lines(header, header)
    )
