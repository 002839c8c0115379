"""The commits of a repository, newest first, and the result of each, from the state if it is known there."""

from collections import deque
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass

from codeorigin.analysis.analyzer import Analyzer
from codeorigin.git.commit_changes import commit_changes
from codeorigin.git.line_changes import ChangedFile, Comparison
from codeorigin.history.blob_functions import PieceFunctions, unpacked
from codeorigin.history.blob_readers import UNREAD, Read, Readers, Wanted
from codeorigin.history.commit_results import ReadFile, commit_result
from codeorigin.history.request import HistoryRequest, Plan
from codeorigin.history.results import CommitResult
from codeorigin.history.state import HistoryState
from codeorigin.languages.kinds import NOTEBOOK, kind_for_path
from codeorigin.model.calibration.judge import Judge
from codeorigin.records.reader import RecordReader
from codeorigin.records.record import CommitRecords

COMMITS_AT_ONCE = 128
_COMMITS_AT_FIRST = 8
"""Size of the first batch. Batches double in size, so that a run stopped early has saved something."""
_BATCHES_WAITING = 2
"""Number of batches in progress, so that git can read ahead while functions are judged."""


@dataclass(slots=True)
class _Batch:
    """Commits whose changes are known, while the functions in their files are being read."""

    plan: Plan
    known: dict[str, CommitResult]
    changes: dict[str, Comparison]
    reading: Iterator[list[Read]]


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

        The state also keeps the functions that were read.

        Raises:
            RepositoryError: something is damaged or not in this clone, or git fails.
            CodeOriginError: the state cannot be written, or a worker process has ended.
        """
        request = self.request
        waiting: deque[_Batch] = deque()
        with Readers(request.repository, request.model, request.jobs, self._analyzer) as readers:
            for some in _batches(commits):
                waiting.append(self._begin(some, readers))
                if len(waiting) == _BATCHES_WAITING:
                    yield from self._end(waiting.popleft(), readers)
            while waiting:
                yield from self._end(waiting.popleft(), readers)

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
        wanted = {blob.key: blob for blob in blobs}
        read = self._state.known_blobs(wanted)
        reading = readers.start([blob for key, blob in wanted.items() if key not in read])
        return _Batch(plan, known, changes, reading)

    def _end(self, batch: _Batch, readers: Readers) -> Iterator[CommitResult]:
        self._keep(batch.reading)
        before = frozenset(batch.known)
        for commit, seconds in zip(batch.plan.commits, batch.plan.seconds, strict=True):
            if commit not in batch.known:
                result = self._result(commit, seconds, batch, readers)
                self._state.put_result(commit, result.to_dict())
                batch.known[commit] = result
        self._state.save()
        for commit in batch.plan.commits:
            self.known += commit in before
            yield batch.known.pop(commit)

    def _result(self, commit: str, seconds: int, batch: _Batch, readers: Readers) -> CommitResult:
        changes = batch.changes[commit]
        return commit_result(
            self.judge,
            commit,
            seconds,
            self.read_files(changes.files, readers),
            self.records_of(commit),
            file_context=self.request.file_context,
            tells_moves=changes.tells_moves,
        )

    def _keep(self, read: Iterable[list[Read]]) -> None:
        """Put what was read into the state, as it arrives."""
        for some in read:
            for key, functions in some:
                self._state.put_functions(key, functions)
            self._state.save()

    def read_files(self, files: Sequence[ChangedFile], readers: Readers) -> list[ReadFile]:
        """The functions of changed files, from the state. Those that are missing or damaged there are read again."""
        wanted = [Wanted(file.blob, file.path) for file in files]
        found = {blob.key: self._pieces(blob.key) for blob in wanted}
        lost = {blob.key: blob for blob in wanted if found[blob.key] is None}
        if lost:
            self._keep(readers.start(list(lost.values())))
            found |= {key: self._pieces(key) for key in lost}
        cells = self.request.cells
        read: list[ReadFile] = []
        for file, blob in zip(files, wanted, strict=True):
            pieces = found[blob.key]
            if pieces is None or isinstance(pieces, bytes):
                read.append(ReadFile(file, blob.kind.id, None))
                continue
            read += [
                ReadFile(file, piece.language, piece.functions)
                for piece in pieces
                if blob.kind is not NOTEBOOK or cells is None or piece.language in cells
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
