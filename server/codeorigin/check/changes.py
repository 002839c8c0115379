"""The check of a change: the files that it touched, and what agents and tools recorded about its functions."""

import os
import time
from collections import defaultdict
from collections.abc import Iterable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import replace
from itertools import islice
from pathlib import Path

from codeorigin.analysis.git_sources import blob_source
from codeorigin.analysis.judged import How, JudgedFile, Source
from codeorigin.analysis.judged_files import judged_change
from codeorigin.check.options import CheckOptions
from codeorigin.check.selection import Selection
from codeorigin.core.cancellation import NEVER, CancelWhen
from codeorigin.core.errors import (
    Cancelled,
    CodeOriginError,
    NoSuchRevisionError,
    RepositoryError,
    SourceError,
)
from codeorigin.git.change import ChangeKind, ChangeRequest, open_change, relative_to_folder
from codeorigin.git.repository import Repository
from codeorigin.model.calibration.calibration import Calibration
from codeorigin.model.calibration.judge import Judge
from codeorigin.records.file_lines import file_records
from codeorigin.records.function_records import FunctionRecords
from codeorigin.records.reader import RecordReader
from codeorigin.records.record import Record
from codeorigin.report.changes import ChangeReport, DeclaredAgent
from codeorigin.report.figures import counted
from codeorigin.shell.terminal import display_path, to_stderr

MOST_SECONDS = 300.0
"""Files whose records are not read by then have none: a repository may make git work for hours."""
_LATEST_COMMITS = 100


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
    max_bytes = selection.max_bytes
    try:
        with open_change(repository, request, wanted, max_bytes=max_bytes) as change:
            sources = [
                blob_source(
                    change.objects,
                    file.path,
                    file.blob,
                    max_bytes,
                    changed=file,
                    shown=display_path(relative_to_folder(repository, file.path)),
                )
                for file in change.files
            ]
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


def judged(
    files: Sequence[JudgedFile], change: ChangeReport, calibration: Calibration, how: How
) -> tuple[list[JudgedFile], ChangeReport]:
    """The functions that ``change`` touched, judged together, and the change with its verdict."""
    whole, found = judged_change(
        files, Judge(calibration, how.past), file_context=how.file_context, is_merge=change.parents > 1
    )
    return found, replace(change, verdict=whole)


def with_records(
    files: Sequence[JudgedFile], change: ChangeReport, jobs: int
) -> tuple[list[JudgedFile], ChangeReport]:
    """``files`` and ``change`` with what is recorded about them, which is nothing of what is no commit yet.

    Where a project keeps no records, the lines of files are not followed through its history in vain.

    Raises:
        RepositoryError: git fails on the commits of a change.
    """
    found = list(files)
    if change.new is None:
        return found, change
    problems: list[str] = []
    ends = time.monotonic() + MOST_SECONDS
    try:
        repository = Repository.of(Path.cwd(), CancelWhen(NEVER, lambda: time.monotonic() > ends))
        with RecordReader(repository, change.new) as reader:
            change = replace(change, declared=tuple(_named_agents(repository, reader, change)))
            keeps_records = bool(change.declared) or _keeps_records(repository, reader)
            problems += _read_records(repository, reader, found, jobs, keeps_records=keeps_records)
            problems += reader.problems
    except Cancelled:
        problems.append(f"the other records are not read: it took longer than {MOST_SECONDS:g} seconds")
    for problem in dict.fromkeys(problems):
        to_stderr(problem)
    return found, change


def _read_records(
    repository: Repository, reader: RecordReader, files: list[JudgedFile], jobs: int, *, keeps_records: bool
) -> Iterator[str]:
    """Put the records about the functions of ``files`` into them, and yield what cannot be read.

    Unless the project ``keeps_records``, only files with a header have any.
    """
    numbers: dict[str, list[int]] = defaultdict(list)  # the cells of a notebook have one source
    for number, file in enumerate(files):
        if file.functions and file.source.inside is not None:
            numbers[file.source.inside].append(number)
    read: list[list[int]] = []

    def given() -> Iterator[tuple[str, bytes]]:
        for path, places in numbers.items():
            try:
                content = files[places[0]].source.read().encode("utf-8", "surrogatepass")
            except SourceError:
                continue
            if keeps_records or reader.header(content) is not None:
                read.append(places)
                yield path, content

    unread = 0
    for place, lines in enumerate(file_records(repository, reader, given(), jobs)):
        unread += lines is None
        for number in read[place] if lines is not None else ():
            files[number] = _with_records(files[number], lines or ())
    if unread:
        yield f"records of {counted(unread, 'file')} are not read: git cannot follow the lines"


def _with_records(file: JudgedFile, records: Sequence[Record | None]) -> JudgedFile:
    """``file`` with what is recorded about its functions, by the ``records`` about all lines of the source."""
    return file.with_functions(
        [
            replace(function, records=FunctionRecords.of_lines(function.lines.lines_with_text(), records))
            for function in file.functions
            if function.lines is not None
        ]
    )


def _named_agents(
    repository: Repository, reader: RecordReader, change: ChangeReport
) -> Iterator[DeclaredAgent]:
    """The agents that records about the commits of the change name."""
    commits: Iterable[str] = [reader.head]
    if change.kind == "range":
        commits = (commit.id for commit in repository.log(reader.head, without=change.old))
    for commit in commits:
        for record in reader.of_commit(commit).by_agents():
            yield DeclaredAgent(commit, record.agent, record.source, record.model)


def _keeps_records(repository: Repository, reader: RecordReader) -> bool:
    """Whether there are records of lines, or one of the latest commits names an agent."""
    if reader.has_lines:
        return True
    latest = islice(repository.log(reader.head), _LATEST_COMMITS)
    return any(reader.of_commit(commit.id).by_agents() for commit in latest)
