"""The commits of a repository, newest first, and the result of each, from the state if it is known there."""

from array import array
from collections import deque
from collections.abc import Callable, Iterable, Iterator, Sequence
from contextlib import suppress
from dataclasses import dataclass, field

from codeorigin.analysis.analyzer import Analyzer
from codeorigin.declared.reader import RecordReader
from codeorigin.declared.records import CommitRecords
from codeorigin.errors import CodeOriginError, RepositoryError
from codeorigin.git.commit_changes import CommitFiles, commit_changes
from codeorigin.git.line_changes import ChangedFile
from codeorigin.git.process import FailedCommandError
from codeorigin.git.repository import Commit, Repository
from codeorigin.history.blob_functions import PieceFunctions, unpacked
from codeorigin.history.blob_readers import UNREAD, Read, Readers, Wanted
from codeorigin.history.commit_results import ReadFile, commit_result
from codeorigin.history.request import HistoryRequest
from codeorigin.history.results import CommitResult
from codeorigin.history.state import HistoryState
from codeorigin.languages.kinds import NOTEBOOK, kind_for_path
from codeorigin.model.calibration.judge import Judge

COMMITS_AT_ONCE = 128
_COMMITS_AT_FIRST = 8
"""Size of the first batch. Batches double in size, so that a run stopped early has saved something."""
_BATCHES_WAITING = 2
"""Number of batches in progress, so that git can read ahead while functions are judged."""


@dataclass(slots=True)
class Plan:
    """The commits to judge, newest first, and how many are not judged and why.

    ``merges`` only combine what other commits wrote. Commits that are ``cut_off``, at the boundary of a shallow clone,
    have no parent to compare with. The ancestors of ``unreadable`` commits are unknown too.
    """

    commits: list[str] = field(default_factory=list)
    seconds: "array[int]" = field(default_factory=lambda: array("q"))
    merges: int = 0
    cut_off: int = 0
    unreadable: int = 0

    def __len__(self) -> int:
        return len(self.commits)

    def slice(self, start: int, stop: int) -> "Plan":
        """A part of the commits, without the counts of the others."""
        return Plan(self.commits[start:stop], self.seconds[start:stop])


def plan(
    repository: Repository,
    revision: str = "HEAD",
    *,
    since: int | None = None,
    until: int | None = None,
    paths: tuple[str, ...] = (),
) -> Plan:
    """List the commits reachable from ``revision``.

    Args:
        repository: the repository to read.
        revision: a commit, branch or tag.
        since: only commits at this time (seconds since 1970) or later.
        until: only commits before this time.
        paths: only commits that change something there.

    If a commit in the history is missing or damaged, all others are listed and ``paths`` is ignored.

    Raises:
        RepositoryError: there is no such commit, or none at all.
    """
    head = repository.head() if revision == "HEAD" else repository.resolve(revision)
    if head is None:
        raise RepositoryError("the repository has no commits yet", repository.folder)
    cut = repository.boundary()
    try:
        return _planned(repository.log(head, paths=paths), cut, since, until)
    except FailedCommandError:
        return _planned(repository.reachable(head), cut, since, until)


def _planned(
    commits: Iterable[Commit | None], cut: frozenset[str], since: int | None, until: int | None
) -> Plan:
    found = Plan()
    for commit in commits:
        if commit is None:
            found.unreadable += 1
            continue
        if (since is not None and commit.seconds < since) or (until is not None and commit.seconds >= until):
            continue
        if len(commit.parents) > 1:
            found.merges += 1
        elif commit.id in cut:
            found.cut_off += 1
        else:
            found.commits.append(commit.id)
            found.seconds.append(commit.seconds)
    return found


@dataclass(slots=True)
class _Batch:
    """Commits whose changes are known, while the functions in their files are being read."""

    plan: Plan
    known: dict[str, CommitResult]
    changes: dict[str, CommitFiles]
    reading: Iterator[list[Read]]


ReadAgain = Callable[[Sequence[Wanted]], Iterable[list[Read]]]
"""Reads blobs whose functions are missing from the state or damaged there."""


class Walk:
    """Judges commits, in the processes that are requested, or in this process with an existing ``analyzer``.

    ``judge`` has the rules of the request's model, and ``records`` tell which agents are declared.
    """

    def __init__(
        self,
        request: HistoryRequest,
        judge: Judge,
        state: HistoryState,
        *,
        records: RecordReader | None = None,
        analyzer: Analyzer | None = None,
    ) -> None:
        self.request, self.judge, self._state = request, judge, state
        self._records, self._analyzer = records, analyzer
        self.known = 0
        """How many of the results so far came from an earlier run."""

    @property
    def repaired(self) -> int:
        """How many entries of the state were damaged and had to be computed again."""
        return self._state.damaged

    def results(self, commits: Plan) -> Iterator[CommitResult]:
        """Yield the results of ``commits``, in order. A result is in the state before it is yielded.

        The state also keeps the functions that were read. Other processes read ahead, and what they have finished is
        put into the state even if the run is stopped.

        Results of commits with content missing from this clone are not stored, because the next run may find it.

        Raises:
            RepositoryError: git cannot be started, or takes too long.
            CodeOriginError: the state cannot be written, or a worker process has ended.
        """
        request = self.request
        waiting: deque[_Batch] = deque()
        with Readers(request.repository, request.model, request.jobs, self._analyzer) as readers:
            try:
                for some in _batches(commits):
                    waiting.append(self._begin(some, readers))
                    if len(waiting) == _BATCHES_WAITING:
                        yield from self._end(waiting.popleft(), readers)
                while waiting:
                    yield from self._end(waiting.popleft(), readers)
            except BaseException:
                # If the state itself failed, report the first error.
                with suppress(CodeOriginError):
                    self._keep(readers.finished())
                raise

    def _begin(self, plan: Plan, readers: Readers) -> _Batch:
        known = {}
        for name, values in self._state.results(plan.commits).items():
            try:
                known[name] = CommitResult.from_dict(values)
            except (KeyError, TypeError, ValueError):
                self._state.damaged += 1
        new = [commit for commit in plan.commits if commit not in known]
        changes = dict(commit_changes(self.request.repository, new, self.is_source)) if new else {}
        blobs = (Wanted(file.blob, file.path) for found in changes.values() for file in found.files)
        wanted = {each.key: each for each in blobs}
        read = self._state.known_blobs(wanted)
        reading = readers.start([each for key, each in wanted.items() if key not in read])
        return _Batch(plan, known, changes, reading)

    def _end(self, batch: _Batch, readers: Readers) -> Iterator[CommitResult]:
        gone = self._keep(batch.reading)

        def read_again(wanted: Sequence[Wanted]) -> Iterator[list[Read]]:
            yield [(key, None) for key in gone]
            yield from readers.start([each for each in wanted if each.key not in gone])

        before = frozenset(batch.known)
        for commit, seconds in zip(batch.plan.commits, batch.plan.seconds, strict=True):
            if commit not in batch.known:
                result = self._result(commit, seconds, batch, read_again)
                if result.is_whole:
                    self._state.put_result(commit, result.to_dict())
                batch.known[commit] = result
        self._state.save()
        for commit in batch.plan.commits:
            self.known += commit in before
            yield batch.known.pop(commit)

    def _result(self, commit: str, seconds: int, batch: _Batch, read_again: ReadAgain) -> CommitResult:
        changed = batch.changes[commit]
        if not changed.readable:
            return CommitResult.unreadable(commit, seconds)
        files = self.read_files(changed.files, read_again)
        return commit_result(
            self.judge,
            commit,
            seconds,
            files,
            self.records_of(commit),
            file_context=self.request.file_context,
            missing=len(changed.missing),
        )

    def _keep(self, read: Iterable[list[Read]]) -> set[str]:
        """Put what was read into the state, as it arrives, and return the keys of the missing blobs."""
        gone = set()
        for some in read:
            for key, functions in some:
                if functions is None:
                    gone.add(key)
                else:
                    self._state.put_functions(key, functions)
            self._state.save()
        return gone

    def read_files(self, files: Sequence[ChangedFile], read_again: ReadAgain) -> list[ReadFile]:
        """The functions of changed files, from the state, or with ``read_again`` if missing or damaged there."""
        wanted = [Wanted(file.blob, file.path) for file in files]
        found = {each.key: self._pieces(each.key) for each in wanted}
        lost = {each.key: each for each in wanted if found[each.key] is None}
        gone = self._keep(read_again(list(lost.values()))) if lost else set()
        found |= {key: self._pieces(key) for key in lost if key not in gone}
        cells = self.request.cells
        read: list[ReadFile] = []
        for file, each in zip(files, wanted, strict=True):
            pieces = found[each.key]
            if pieces is None or isinstance(pieces, bytes):
                read.append(ReadFile(file, each.kind.id, None, missing=pieces is None))
                continue
            read += [
                ReadFile(file, piece.language, piece.functions, piece.block)
                for piece in pieces
                if each.kind is not NOTEBOOK or cells is None or piece.language in cells
            ]
        return read

    def _pieces(self, key: str) -> list[PieceFunctions] | bytes | None:
        """The state's entry for a blob, which may be :data:`UNREAD`; None if it is missing or damaged."""
        data = self._state.functions(key)
        if data is None or data == UNREAD:
            return data
        try:
            return unpacked(data)
        except ValueError:
            self._state.damaged += 1
            return None

    def records_of(self, commit: str) -> CommitRecords:
        """The records about a commit; none if nobody looks for them."""
        return CommitRecords() if self._records is None else self._records.of_commit(commit)

    def is_source(self, path: str) -> bool:
        """Whether files at this path are judged."""
        return kind_for_path(path) is not None and self.request.wanted(path)


def _batches(commits: Plan) -> Iterator[Plan]:
    start, size = 0, min(_COMMITS_AT_FIRST, COMMITS_AT_ONCE)
    while start < len(commits):
        yield commits.slice(start, start + size)
        start, size = start + size, min(2 * size, COMMITS_AT_ONCE)
