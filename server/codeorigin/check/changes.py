"""The check of a change: the files that it touched, its functions, and the verdict on it."""

import os
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import replace
from functools import partial
from pathlib import Path

from codeorigin.analysis.report import ChangeReport, FileReport
from codeorigin.check.inputs import MAX_BYTES, Source
from codeorigin.check.options import CheckOptions
from codeorigin.check.result import CheckedFile
from codeorigin.check.result import counted_lines as count_changed
from codeorigin.check.selection import Selection
from codeorigin.core.errors import CodeOriginError, NoSuchRevisionError, RepositoryError
from codeorigin.functions.function_lines import function_lines
from codeorigin.functions.spans import Piece
from codeorigin.git.changes import Change, ChangeKind, ChangeRequest, open_change, relative_to_folder
from codeorigin.git.line_changes import ChangedFile, LineRange
from codeorigin.git.moved_lines import MovedLines
from codeorigin.git.repository import Repository
from codeorigin.languages import get_language
from codeorigin.languages.kinds import NOTEBOOK, kind_for_path
from codeorigin.model.calibration.judge import Judge
from codeorigin.model.calibration.pooled_rule import counted_lines
from codeorigin.model.verdict import ChangedFunctions, PooledReason, PooledVerdict, Reason, Verdict
from codeorigin.shell.terminal import display_path
from codeorigin.text.positions import LineIndex
from codeorigin.text.sources import decode_source


def _change_request(options: CheckOptions) -> ChangeRequest:
    """The change that ``options`` ask for; raises CodeOriginError unless it is exactly one."""
    asked = []
    if options.changed is not None:
        kind = ChangeKind.RANGE if options.changed else ChangeKind.WORKING_TREE
        asked.append(ChangeRequest(kind, options.changed))
    if options.staged:
        asked.append(ChangeRequest(ChangeKind.INDEX))
    if options.commit is not None:
        asked.append(ChangeRequest(ChangeKind.COMMIT, options.commit))
    if len(asked) != 1:
        raise CodeOriginError("--changed, --staged and --commit ask for one change each; name one of them")
    return asked[0]


@contextmanager
def changed_sources(
    options: CheckOptions, selection: Selection
) -> Iterator[tuple[list[Source], ChangeReport]]:
    """The selected files that a change touches below the paths of ``options``, or anywhere, and the change itself.

    They are readable inside the block.

    Raises:
        CodeOriginError: ``options`` ask for more than one change.
        RepositoryError: there is no such change, or a name is outside the repository.
    """
    request = _change_request(options)
    repository = Repository.of(Path.cwd())
    wanted, _ = selection.in_repository(repository, options.paths)
    try:
        with open_change(repository, request, wanted, max_bytes=MAX_BYTES) as change:
            sources = []
            for file in change.files:
                kind = kind_for_path(file.path)
                if kind is not None:
                    shown = display_path(relative_to_folder(repository, file.path))
                    sources.append(
                        Source(
                            shown,
                            kind.id,
                            partial(_read, change, file, shown, kind.id),
                            named=False,
                            changed=file.lines,
                            moved=file.moved,
                            cells=selection.cells if kind is NOTEBOOK else None,
                            inside=file.path,
                        )
                    )
            report = ChangeReport(
                kind=request.kind.value,
                revision=request.revision or None,
                old=change.old,
                new=change.new,
                parents=change.parents,
                tells_moves=change.tells_moves,
            )
            yield sources, report
    except NoSuchRevisionError as error:
        if request.kind is ChangeKind.RANGE and os.path.lexists(request.revision):
            raise RepositoryError(
                f"is a path and no revision; write --changed -- {request.revision}", request.revision
            ) from error
        raise


def _read(change: Change, file: ChangedFile, shown: str, language: str) -> str:
    return decode_source(change.read(file, MAX_BYTES), shown, MAX_BYTES, language)


def changed_file(
    report: FileReport,
    piece: Piece,
    changed: Sequence[LineRange],
    moved: MovedLines | None,
    *,
    in_context: bool,
) -> CheckedFile:
    """The file or cell with only those outermost functions that contain one of the ``changed`` lines.

    It has no verdict on the file, which would include functions that the change did not touch, and none on functions
    that the change only moved. In ``changed``, which are lines of the ``piece``, only ``\\n`` ends a line, as in git.
    """
    text = piece.text
    lines = function_lines(text, [function.span for function in report.functions])
    touched = tuple(number for number, function in enumerate(lines) if function.is_touched(changed))
    places = [function.in_file(piece) for function in lines]
    only_moved = {
        number for number in touched if moved and moved.holds(places[number].first, places[number].last)
    }
    around = ChangedFunctions(
        language=get_language(report.language).model_language,
        verdicts=[function.verdict for function in report.functions],
        lines=[
            counted_lines(text[function.span.code.start : function.span.code.end])
            for function in report.functions
        ],
        written=[
            function.is_written(changed) and number not in only_moved for number, function in enumerate(lines)
        ],
        in_context=in_context,
    )
    functions = (
        replace(report.functions[number], verdict=Verdict.without(Reason.MOVED))
        if number in only_moved
        else report.functions[number]
        for number in touched
    )
    shortened = replace(report, functions=tuple(functions), verdict=None)
    shown = _as_shown(text, changed)
    counted = count_changed(shortened, text, shown)
    return CheckedFile(report.path or "", shortened, None, counted, shown, around, touched)


def judged_together(
    files: Sequence[CheckedFile], change: ChangeReport, judge: Judge
) -> tuple[list[CheckedFile], ChangeReport]:
    """The files, with verdicts that take the whole change into account, and the change with its own verdict.

    A merge combines what many commits wrote, so it has no verdict and does not affect those of its functions.
    """
    whole, verdicts = judge.change([file.around for file in files if file.around is not None])
    if whole is not None and change.parents > 1:
        return list(files), replace(
            change, verdict=PooledVerdict.without(PooledReason.MERGE, whole.functions)
        )
    judged = []
    for file, found in zip(files, verdicts, strict=True):
        functions = tuple(
            function if function.verdict.reason is Reason.MOVED else replace(function, verdict=found[number])
            for function, number in zip(file.report.functions, file.touched, strict=True)
        )
        judged.append(replace(file, report=replace(file.report, functions=functions)))
    return judged, replace(change, verdict=whole)


def _as_shown(text: str, changed: Sequence[LineRange]) -> tuple[LineRange, ...]:
    """``changed`` in lines as editors and reports count them, where a lone ``\\r`` also ends a line."""
    if "\r" not in text.replace("\r\n", ""):
        return tuple(changed)
    index = LineIndex(text)
    starts = [0, *(place + 1 for place, character in enumerate(text) if character == "\n"), len(text) + 1]

    def place(line: int, *, end: bool) -> int:
        offset = starts[min(line, len(starts) - 1)] - 1 if end else starts[min(line - 1, len(starts) - 1)]
        return index.offset_to_position(offset)[0] + 1

    return tuple((place(first, end=False), place(last, end=True)) for first, last in changed)
