"""The commits of a repository, newest first, and what comes of each: from the state where it is known."""

from array import array
from collections import deque
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import Future
from dataclasses import dataclass, field
from pathlib import Path

from codeorigin.analyzer import Analyzer
from codeorigin.errors import RepositoryError
from codeorigin.git.commit_changes import commit_changes
from codeorigin.git.declared import declared_agents
from codeorigin.git.line_changes import ChangedFile
from codeorigin.git.repository import Repository
from codeorigin.history.commit_results import ReadFile, commit_result
from codeorigin.history.functions import BlobFunction, unpacked
from codeorigin.history.reading import Read, Readers, Wanted
from codeorigin.history.results import CommitResult
from codeorigin.history.state import State
from codeorigin.languages import language_for_path
from codeorigin.model.judge import Judge

COMMITS_AT_ONCE = 128
_BATCHES_WAITING = 2
"""So that git reads on while functions are judged."""


@dataclass(slots=True)
class Plan:
    """The commits to judge, newest first, and how many are not: ``merges``, and those at which the history is cut off.

    A merge brings together what other commits wrote. A commit whose parent a shallow clone lacks cannot be compared.
    """

    commits: list[str] = field(default_factory=list)
    seconds: "array[int]" = field(default_factory=lambda: array("q"))
    merges: int = 0
    cut_off: int = 0

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
    """The commits that ``revision`` reaches.

    Args:
        repository: where.
        revision: a commit, branch or tag.
        since: only those committed at this time (seconds since 1970) or later.
        until: only those committed before this time.
        paths: only those that change something there.

    Raises:
        RepositoryError: there is no such commit, or none at all.
    """
    head = repository.head() if revision == "HEAD" else repository.resolve(revision)
    if head is None:
        raise RepositoryError(f"{repository.folder}: the repository has no commits yet")
    cut = _cut_off(repository)
    found = Plan()
    for commit in repository.log(head, paths=paths):
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


def _cut_off(repository: Repository) -> frozenset[str]:
    if not repository.is_shallow:
        return frozenset()
    try:
        return frozenset(repository.path("shallow").read_text("ascii").split())
    except (OSError, ValueError):
        return frozenset()


@dataclass(slots=True)
class _Batch:
    """Commits whose changes are known, while the functions of their files are read."""

    plan: Plan
    known: dict[str, CommitResult]
    changes: dict[str, list[ChangedFile]]
    declared: dict[str, list[str]]
    reading: "list[Future[list[Read]]]"


class Walk:
    """Judges commits, in ``jobs`` processes or with an ``analyzer`` at hand.

    ``model`` is the folder of the model by whose rules ``judge`` speaks; None the one that ships.
    """

    def __init__(
        self,
        repository: Repository,
        judge: Judge,
        state: State,
        *,
        model: Path | None = None,
        wanted: Callable[[str], bool],
        jobs: int = 1,
        declared: bool = True,
        analyzer: Analyzer | None = None,
    ) -> None:
        self._repository, self._judge, self._state = repository, judge, state
        self._model, self._wanted, self._jobs, self._declared = model, wanted, jobs, declared
        self._analyzer = analyzer

    def results(self, commits: Plan) -> Iterator[CommitResult]:
        """What comes of ``commits``, in their order. What was handed out is in the state.

        Raises:
            RepositoryError: git says no.
            CodeOriginError: the state cannot be written, or a process of the work has ended.
        """
        waiting: deque[_Batch] = deque()
        with Readers(self._repository, self._model, self._jobs, self._analyzer) as readers:
            for start in range(0, len(commits), COMMITS_AT_ONCE):
                waiting.append(self._begin(commits.slice(start, start + COMMITS_AT_ONCE), readers))
                if len(waiting) == _BATCHES_WAITING:
                    yield from self._end(waiting.popleft())
            while waiting:
                yield from self._end(waiting.popleft())

    def _begin(self, plan: Plan, readers: Readers) -> _Batch:
        known = {
            name: CommitResult.from_dict(result) for name, result in self._state.results(plan.commits).items()
        }
        new = [commit for commit in plan.commits if commit not in known]
        git = self._repository.git
        changes = dict(commit_changes(git, new, self.is_source)) if new else {}
        declared: dict[str, list[str]] = {}
        if self._declared and new:
            for each in declared_agents(git, new):
                declared.setdefault(each.commit, []).append(each.agent)
        wanted = {each.key: each for files in changes.values() for each in map(_wanted_of, files)}
        read = self._state.known_blobs(wanted)
        reading = readers.start([each for key, each in wanted.items() if key not in read])
        return _Batch(plan, known, changes, declared, reading)

    def _end(self, batch: _Batch) -> Iterator[CommitResult]:
        for key, functions in Readers.finish(batch.reading):
            self._state.put_functions(key, functions or b"")
        for commit, seconds in zip(batch.plan.commits, batch.plan.seconds, strict=True):
            result = batch.known.get(commit)
            if result is None:
                files = self.read_files(batch.changes[commit])
                agents = batch.declared.get(commit, ())
                result = commit_result(self._judge, commit, seconds, files, agents)
                self._state.put_result(commit, result.to_dict())
            batch.known[commit] = result
        self._state.save()
        for commit in batch.plan.commits:
            yield batch.known.pop(commit)

    def read_files(self, files: Sequence[ChangedFile]) -> list[ReadFile]:
        """The functions of changed files, whose blobs are in the state."""
        read = []
        for file in files:
            wanted = _wanted_of(file)
            data = self._state.functions(wanted.key)
            functions: list[BlobFunction] | None = unpacked(data) if data else None
            read.append(ReadFile(file, wanted.language, functions))
        return read

    def is_source(self, path: str) -> bool:
        """Whether a path is looked at."""
        return language_for_path(Path(path)) is not None and self._wanted(path)


def _wanted_of(file: ChangedFile) -> Wanted:
    language = language_for_path(Path(file.path))
    assert language is not None, "other files were left out"
    return Wanted(file.blob, file.path, language.id)
