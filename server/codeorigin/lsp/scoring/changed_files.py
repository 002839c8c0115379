"""The functions that the working tree changed since HEAD: which files, and the verdicts on them."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import TYPE_CHECKING

from codeorigin.analysis.judged import How, JudgedFile, JudgedFunction, Source
from codeorigin.core.budget import Budget
from codeorigin.core.cancellation import CancelToken
from codeorigin.core.errors import CodeOriginError, ModelError, NoRepositoryError, SourceError
from codeorigin.functions.spans import TextRange
from codeorigin.languages.kinds import is_in, kind_for_path
from codeorigin.lsp.documents.snapshot import Positions
from codeorigin.lsp.scoring.repository_facts import RepositoryFacts
from codeorigin.model.past import Past
from codeorigin.model.verdict import Reason, Verdict
from codeorigin.past.place import repository_folder
from codeorigin.settings.schema import Settings
from codeorigin.text.exclusions import exclusions
from codeorigin.text.positions import LineIndex, PositionEncoding
from codeorigin.text.sources import decode_source

if TYPE_CHECKING:
    from codeorigin.analysis.analyzer import Analyzer
    from codeorigin.git.diff import ChangedFile


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


def changed_files(
    facts: RepositoryFacts, folder: ScanFolder, token: CancelToken
) -> "tuple[Sequence[tuple[Path, ChangedFile, bytes]], bool]":
    """The files below ``folder`` that differ from HEAD with their contents, and whether moves can be told.

    Runs in the git thread. Raises RepositoryError if there is no repository, or git fails.
    """
    # Imported in the thread that runs git, because `initialize` does not need it.
    from codeorigin.git.change import working_files  # noqa: PLC0415

    top = repository_folder(folder.path)
    if top is None:
        raise NoRepositoryError("is not in a git repository", folder.path)
    facts.forget(top)  # HEAD may have moved since the last save
    known = facts.of(top, token)
    limit = folder.settings.max_file_size
    return working_files(known.repository, folder.path, folder.takes, head=known.state.head, max_bytes=limit)


@dataclass(frozen=True, slots=True)
class FileToScan:
    """A file that the working tree changed, and what it is judged with; ``budget`` is the parser's for all files."""

    path: Path
    file: "ChangedFile"
    content: bytes
    settings: Settings
    past: Past | None
    encoding: PositionEncoding
    budget: Budget

    def functions(self, analyzer: "Analyzer", cancel: CancelToken) -> tuple[list[JudgedFunction], Positions]:
        """The functions that contain changed lines, each judged within its whole file. Runs in the scoring thread.

        Raises SourceError if the file is not source text, and ModelError if the model is missing or broken.
        """
        # Imported here, because `initialize` does not need it.
        from codeorigin.analysis.judged_files import judged_files  # noqa: PLC0415
        from codeorigin.languages.parse_budget import one_run  # noqa: PLC0415

        kind, settings = kind_for_path(self.path), self.settings
        assert kind is not None, "only files with code are listed"
        text = decode_source(self.content, str(self.path), settings.max_file_size, kind.id)
        source = Source(str(self.path), kind.id, lambda: text, changed=self.file.lines, moved=self.file.moved)
        positions = Positions(LineIndex(text), self.encoding)
        found: list[JudgedFunction] = []
        with one_run(self.budget):
            files = list(judged_files([source], analyzer, How(settings.file_context, self.past), cancel))
        for judged in files:
            error = judged.error
            if isinstance(error, CodeOriginError) and not isinstance(error, ModelError):
                raise SourceError(error.reason, self.path)
            if error is not None:
                raise error
            found += [
                _as_shown(function, judged, positions) for function in judged.functions if function.touched
            ]
        return found, positions


def _as_shown(function: JudgedFunction, file: JudgedFile, positions: Positions) -> JudgedFunction:
    """A function that a change touched, without a verdict if it was only moved.

    Of a notebook, in whole lines of its JSON, where columns mean nothing.
    """
    if function.moved:
        function = replace(function, verdict=Verdict.without(Reason.MOVED))
    if file.cell is None or function.lines is None:
        return function

    def lines(first: int, last: int, span: TextRange) -> TextRange:
        begin, end = (positions.index.line_text(line - 1) for line in (first, last))
        return span._replace(
            start_line=first - 1,
            start_column=len(begin) - len(begin.lstrip()),
            end_line=last - 1,
            end_column=len(end.rstrip()),
        )

    span = function.span
    header = file.cell.line(span.header.start_line + 1)
    whole = lines(function.lines.first, function.lines.last, span.range)
    return replace(function, span=replace(span, range=whole, header=lines(header, header, span.header)))
