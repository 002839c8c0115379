"""The one way from sources to judged functions: read, parsed, scored together, judged each in its file or cell."""

import re
from collections import deque
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import replace
from functools import partial
from typing import Protocol

from codeorigin.analysis.judged import (
    FileReport,
    How,
    JudgedFile,
    JudgedFunction,
    LineRanges,
    Source,
    line_range,
)
from codeorigin.analysis.outlines import tried
from codeorigin.core.cancellation import NEVER, CancelToken
from codeorigin.functions.documents import Document
from codeorigin.functions.function_lines import FunctionLines, function_lines
from codeorigin.functions.notebooks import read_notebook
from codeorigin.functions.spans import Cell, code_text
from codeorigin.languages import get_language
from codeorigin.languages.kinds import NOTEBOOK
from codeorigin.model.calibration.calibration import counted_lines
from codeorigin.model.calibration.judge import Judge
from codeorigin.model.past import Past
from codeorigin.model.verdict import ChangedFunction, PooledReason, PooledVerdict, Reason, Verdict
from codeorigin.text.positions import LineIndex

_LINE_END = re.compile(r"\r\n|\r|\n")


class Analyzes(Protocol):
    """What scores documents: an :class:`~codeorigin.analysis.analyzer.Analyzer`, or one in another thread."""

    def analyze_many(
        self,
        documents: Iterable[Document],
        *,
        file_context: bool = True,
        past: Past | None = None,
        cancel: CancelToken = NEVER,
    ) -> Iterator[FileReport | Exception]:
        """The report on each document, or its error."""
        ...


def judged_files(
    sources: Iterable[Source], analyzer: Analyzes, how: How, cancel: CancelToken = NEVER
) -> Iterator[JudgedFile]:
    """Yield the files of ``sources`` in order; of a notebook its cells with functions, or one file without any.

    Sources are read a batch at a time, and the functions of a batch are scored together. What cannot be read, parsed or
    scored has an ``error``.

    Raises:
        Cancelled: ``cancel`` was triggered.
    """
    waiting: deque[tuple[Source, list[_Part], Exception | None]] = deque()
    reports: deque[FileReport | Exception] = deque()

    def documents() -> Iterator[Document]:
        for source in sources:
            parts = tried(partial(_parts, source))
            if isinstance(parts, Exception):
                waiting.append((source, [], parts))
            else:
                waiting.append((source, parts, None))
                yield from (document for document, _ in parts)

    def judged() -> Iterator[JudgedFile]:
        while waiting and len(waiting[0][1]) <= len(reports):
            source, parts, error = waiting.popleft()
            of_parts = [reports.popleft() for _ in parts]
            made = tried(partial(_judged, source, parts, of_parts, how)) if error is None else error
            if isinstance(made, Exception):
                made = [JudgedFile(source, source.language, error=made)]
            yield from made

    for report in analyzer.analyze_many(
        documents(), file_context=how.file_context, past=how.past, cancel=cancel
    ):
        reports.append(report)
        yield from judged()
    yield from judged()


_Part = tuple[Document, Cell | None]
"""What is judged by itself: a whole file, or a cell of a notebook."""


def _parts(source: Source) -> list[_Part]:
    text = source.read()
    if source.language != NOTEBOOK.id:
        return [(Document(text, source.language, source.path, inside=source.inside), None)]
    return [
        (Document(cell.text, cell.language, source.path, is_cell=True, inside=source.inside), cell)
        for cell in read_notebook(text, source.path)
    ]


def _judged(
    source: Source, parts: Sequence[_Part], reports: Sequence[FileReport | Exception], how: How
) -> list[JudgedFile]:
    files = []
    for (document, cell), report in zip(parts, reports, strict=True):
        if isinstance(report, Exception):
            raise report
        report.require_parsed()
        files.append(_file(source, document.text, report, how, cell))
    if source.language != NOTEBOOK.id:
        return files
    nothing = JudgedFile(source, source.language, changed=None if source.changed is None else ())
    return [file for file in files if any(function.touched for function in file.functions)] or [nothing]


def _file(source: Source, text: str, report: FileReport, how: How, cell: Cell | None) -> JudgedFile:
    changed = source.changed
    if changed is not None and cell is not None:
        changed = _in_cell(changed, cell.lines)
    shown = None if changed is None else _as_shown(text, changed)
    rows = _LINE_END.split(text) if "\r" in text else text.split("\n")
    functions = [replace(function, counted=_counted(rows, function, shown)) for function in report.functions]
    if changed is not None:
        places = function_lines(text, [function.span for function in functions])
        functions = [
            _with_lines(function, lines if cell is None else lines.in_file(cell), text, source)
            for function, lines in zip(functions, places, strict=True)
        ]
    return JudgedFile(
        source,
        report.language,
        tuple(functions),
        report.verdict if changed is None else None,
        shown,
        None if cell is None else replace(cell, text=""),
        text if how.keep_text else None,
    )


def _with_lines(function: JudgedFunction, lines: FunctionLines, text: str, source: Source) -> JudgedFunction:
    """``function`` with its ``lines`` of the source's file, and what a change did to them."""
    changed = source.changed or ()
    touched = lines.is_touched(changed)
    moved = touched and source.moved is not None and source.moved.holds(lines.first, lines.last)
    return replace(
        function,
        lines=lines,
        touched=touched,
        moved=moved,
        written=not moved and lines.is_written(changed),
        weight=counted_lines(code_text(text, function.span)),
    )


def judged_change(
    files: Sequence[JudgedFile], judge: Judge, *, file_context: bool, is_merge: bool = False
) -> tuple[PooledVerdict | None, list[JudgedFile]]:
    """The verdict on a change, and its files with only the functions that it touched, judged with the others.

    What it only moved is not judged. A merge combines what many commits wrote, so it has no verdict and does not affect
    those of its functions.

    Args:
        files: all files of the change, as :func:`judged_files` yields them.
        file_context: as in :class:`How`.

    Returns:
        The verdict, None if the model has no rule for commits, and the files.
    """
    whole, verdicts = judge.change(
        [
            [
                ChangedFunction(
                    get_language(file.language).model_language,
                    function.verdict,
                    function.weight,
                    function.written,
                )
                for function in file.functions
            ]
            for file in files
        ],
        in_context=file_context,
    )
    if is_merge and whole is not None:
        whole = PooledVerdict.without(PooledReason.MERGE, whole.functions)
        verdicts = [[function.verdict for function in file.functions] for file in files]
    return whole, [
        file.with_functions(
            [
                replace(function, verdict=Verdict.without(Reason.MOVED) if function.moved else verdict)
                for function, verdict in zip(file.functions, found, strict=True)
                if function.touched
            ]
        )
        for file, found in zip(files, verdicts, strict=True)
    ]


def _in_cell(changed: LineRanges, lines: Sequence[int]) -> LineRanges:
    """The lines of a cell that are on a changed line of the notebook's file, each as a separate range."""
    return tuple(
        (number, number)
        for number, line in enumerate(lines, 1)
        if any(low <= line <= high for low, high in changed)
    )


def _as_shown(text: str, changed: LineRanges) -> LineRanges:
    """``changed`` in lines as editors and reports count them, where a lone ``\\r`` also ends a line."""
    if "\r" not in text.replace("\r\n", ""):
        return changed
    index = LineIndex(text)
    starts = [0, *(place + 1 for place, character in enumerate(text) if character == "\n"), len(text) + 1]

    def place(line: int, *, end: bool) -> int:
        offset = starts[min(line, len(starts) - 1)] - 1 if end else starts[min(line - 1, len(starts) - 1)]
        return index.offset_to_position(offset)[0] + 1

    return tuple((place(first, end=False), place(last, end=True)) for first, last in changed)


def _counted(rows: Sequence[str], function: JudgedFunction, changed: LineRanges | None) -> int:
    """The number of nonblank lines of a function, only of ``changed`` ones if they are given."""
    first, last = line_range(function)
    ranges = ((first, last),) if changed is None else changed
    return sum(
        sum(map(bool, map(str.strip, rows[max(first, low) - 1 : min(last, high)]))) for low, high in ranges
    )
