"""What agents and tools recorded about the checked functions, read from their repositories after the check."""

import time
from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from itertools import islice
from pathlib import Path

from codeorigin.analysis.judged import JudgedFile, Source
from codeorigin.analysis.report import ChangeReport, DeclaredAgent
from codeorigin.check.inputs import places_in_repositories
from codeorigin.check.options import CheckOptions
from codeorigin.core.cancellation import NEVER, CancelToken, CancelWhen
from codeorigin.core.errors import Cancelled, RepositoryError, SourceError
from codeorigin.git.repository import Repository
from codeorigin.records.file_lines import records_of_files
from codeorigin.records.function_records import FunctionRecords
from codeorigin.records.reader import RecordReader
from codeorigin.records.record import Record
from codeorigin.report.figures import counted
from codeorigin.shell.options import cores
from codeorigin.shell.terminal import to_stderr

MOST_SECONDS = 300.0
"""Files whose records are not read by then have none: a repository may make git work for hours."""
_LATEST_COMMITS = 100


def with_records(
    options: CheckOptions,
    sources: Sequence[Source],
    files: Sequence[JudgedFile],
    change: ChangeReport | None,
) -> tuple[list[JudgedFile], ChangeReport | None]:
    """``files`` and ``change`` with what is recorded about them.

    They stay as they are where nothing can be recorded (of what is no commit yet), and where the project keeps no
    records: unless they are asked for, the lines of files are not followed through its history in vain.

    Raises:
        RepositoryError: git fails on the commits of a change.
    """
    ends = time.monotonic() + MOST_SECONDS
    reading = _Reading(
        {source.path: source for source in sources},
        list(files),
        CancelWhen(NEVER, lambda: time.monotonic() > ends),
    )
    try:
        if change is None:
            reading.of_working_trees(options)
        elif change.new is not None:
            repository = Repository.of(Path.cwd(), reading.cancel)
            change, keeps_records = reading.of_commits(repository, change, change.new)
            if keeps_records or options.declared:
                places = {source.path: source.inside for source in sources if source.inside is not None}
                reading.of_files(repository, change.new or "", places, options.jobs, is_committed=True)
    except Cancelled:
        reading.problems.append(
            f"the other records are not read: it took longer than {MOST_SECONDS:g} seconds"
        )
    for problem in dict.fromkeys(reading.problems):
        to_stderr(problem)
    return reading.files, change


@dataclass(frozen=True, slots=True)
class _Reading:
    sources: Mapping[str, Source]
    files: list[JudgedFile]
    cancel: CancelToken
    problems: list[str] = field(default_factory=list)

    def of_commits(self, repository: Repository, change: ChangeReport, new: str) -> tuple[ChangeReport, bool]:
        """The change with the agents that its commits name, and whether the project keeps records at all."""
        with RecordReader(repository, new) as records:
            declared = tuple(_named_agents(repository, records, change, new))
            keeps_records = bool(declared) or _keeps_records(repository, records, new)
            self.problems.extend(records.problems)
        return replace(change, declared=declared), keeps_records

    def of_working_trees(self, options: CheckOptions) -> None:
        """Read the records about the functions of all files on disk that are in a repository.

        Unless they are asked for, records are not missed where git cannot read a repository.
        """
        for top, places in places_in_repositories(self.sources.values()).items():
            try:
                repository = Repository.of(top, self.cancel)
                head = repository.head()
                if head is None:
                    continue
                with RecordReader(repository, head) as records:
                    is_wanted = options.declared or records.has_lines
            except RepositoryError as error:
                if options.declared:
                    self.problems.append(f"records are not read: {error}")
                continue
            if is_wanted:
                self.of_files(repository, head, places, options.jobs, is_committed=False)

    def of_files(
        self,
        repository: Repository,
        head: str,
        places: Mapping[str, str],
        jobs: int | None,
        *,
        is_committed: bool,
    ) -> None:
        """Read the records about the functions of the files with a place in the repository, by displayed path."""
        numbers: dict[str, list[int]] = defaultdict(list)
        for number, file in enumerate(self.files):
            if file.functions and file.path in places:
                numbers[file.path].append(number)
        read: list[list[int]] = []

        def given() -> Iterator[tuple[str, bytes | None]]:
            for path, file_numbers in numbers.items():
                content = None
                if not is_committed:
                    try:
                        content = self.files[file_numbers[0]].source.read().encode("utf-8", "surrogatepass")
                    except SourceError:
                        continue
                read.append(file_numbers)
                yield places[path], content

        unread = 0
        try:
            with RecordReader(repository, head) as records:
                found = records_of_files(repository, head, given(), records, jobs or cores())
                for place, lines in enumerate(found):
                    if lines is None:
                        unread += 1
                        continue
                    for number in read[place]:
                        self.files[number] = _with_records(self.files[number], lines)
                self.problems.extend(records.problems)
        except RepositoryError as error:
            self.problems.append(f"records are not read: {error}")
        if unread:
            self.problems.append(
                f"records of {counted(unread, 'file')} are not read: git cannot follow the lines"
            )


def _with_records(file: JudgedFile, records: Sequence[Record | None]) -> JudgedFile:
    """``file`` with what is recorded about its functions, by the ``records`` about all lines of the source."""
    return file.with_functions(
        [
            replace(function, records=FunctionRecords.of_lines(function.lines.telling(), records))
            for function in file.functions
            if function.lines is not None
        ]
    )


def _named_agents(
    repository: Repository, records: RecordReader, change: ChangeReport, new: str
) -> Iterator[DeclaredAgent]:
    """The agents that records about the commits of the change name."""
    commits: Iterable[str] = [new]
    if change.kind == "range":
        commits = (commit.id for commit in repository.log(new, without=change.old))
    for commit in commits:
        for record in records.of_commit(commit).by_agents():
            yield DeclaredAgent(commit, record.agent, record.source.value, record.model)


def _keeps_records(repository: Repository, records: RecordReader, new: str) -> bool:
    """Whether there are records of lines, or one of the latest commits names an agent."""
    if records.has_lines:
        return True
    latest = islice(repository.log(new), _LATEST_COMMITS)
    return any(records.of_commit(commit.id).by_agents() for commit in latest)
