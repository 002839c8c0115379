"""A history to judge: the commits of a repository, their results, from the state where it has them, and their code."""

import hashlib
import json
from collections import deque
from collections.abc import Callable, Iterator, Sequence
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass, field, replace
from itertools import chain
from pathlib import Path

from codeorigin.analysis.analyzer import Analyzer
from codeorigin.analysis.judged import How
from codeorigin.analysis.worker_pool import results, worker_processes
from codeorigin.check.selection import Selection
from codeorigin.core.budget import Budget
from codeorigin.core.errors import RepositoryError
from codeorigin.git.diff import commit_changes
from codeorigin.git.repository import Repository
from codeorigin.history.judge_commits import ChangedCommit, JudgeCommits
from codeorigin.history.options import HistoryOptions
from codeorigin.history.results import CommitResult
from codeorigin.history.state import HistoryState, default_path
from codeorigin.languages.parse_budget import one_run, run_budget
from codeorigin.model.bundle import Bundle
from codeorigin.past.old_functions import repository_past
from codeorigin.records.reader import FOR_ALL_COMMITS, RecordReader
from codeorigin.report.figures import counted
from codeorigin.settings.project import Project
from codeorigin.shell.days import since_seconds, until_seconds
from codeorigin.shell.options import cores
from codeorigin.shell.terminal import display_path, printable

_LISTED_AT_ONCE = 128
"""Commits whose changes one git process tells."""
_COMMITS_AT_ONCE = 8
_FILES_AT_ONCE = 64
"""What a process judges in one go: a history that is stopped loses no more than some of these."""


@dataclass(slots=True)
class Plan:
    """The commits to judge with their times, newest first, that ``head`` reaches, and how many are not judged and why.

    ``merges`` only combine what other commits wrote. Commits that are ``cut_off``, at the boundary of a shallow clone,
    have no parent to compare with.
    """

    head: str
    commits: list[tuple[str, int]] = field(default_factory=list)
    merges: int = 0
    cut_off: int = 0

    def __len__(self) -> int:
        return len(self.commits)

    @classmethod
    def of(
        cls,
        repository: Repository,
        head: str,
        *,
        since: int | None = None,
        until: int | None = None,
        paths: tuple[str, ...] = (),
    ) -> "Plan":
        """The commits that ``head`` reaches, from ``since`` and before ``until`` (seconds since 1970), if given.

        With ``paths``, only those that change something there.

        Raises:
            RepositoryError: a commit is damaged or not in this clone.
        """
        cut = repository.boundary()
        found = cls(head)
        for commit in repository.log(head, paths=paths):
            if (since is not None and commit.seconds < since) or (
                until is not None and commit.seconds >= until
            ):
                continue
            if len(commit.parents) > 1:
                found.merges += 1
            elif commit.id in cut:
                found.cut_off += 1
            else:
                found.commits.append((commit.id, commit.seconds))
        return found


@dataclass(slots=True)
class History:
    """A history opened by :func:`open_history`.

    ``lacks_past``: there is no past to compare with because the clone is shallow. ``known`` is the number of results so
    far that came from an earlier run, and ``partial`` of those that are not kept for the next.
    """

    options: HistoryOptions
    repository: Repository
    plan: Plan
    job: JudgeCommits
    lacks_past: bool
    _state: HistoryState
    _wanted: Callable[[str], bool]
    _records: RecordReader | None
    _load: Callable[[], Analyzer]
    _jobs: int
    _budget: Budget
    known: int = 0
    partial: int = 0

    @property
    def name(self) -> str:
        """The name of the repository's folder, safe to print."""
        folder = self.repository.root or self.repository.folder
        return printable(display_path(folder.name.removesuffix(".git")))

    @property
    def problems(self) -> list[str]:
        """What to say beside the results, in one line each: records that were skipped, and results that are not kept."""
        problems = [] if self._records is None else self._records.problems[:]
        if self.partial:
            problems.append(
                f"{counted(self.partial, 'commit')} with a file that takes too much time to read for one run; the same "
                "command judges this again"
            )
        return problems

    def results(self) -> Iterator[CommitResult]:
        """Yield the results of the commits, in order. A result is in the state before it is yielded.

        Raises:
            RepositoryError: something is damaged or not in this clone, or git fails.
            CodeOriginError: the state cannot be written, or a worker process has ended.
        """
        entries: deque[CommitResult | None] = deque()
        chunks = self._chunks(entries)
        for chunk in chunks:
            # Without anything new, no model is loaded and no process started.
            yield from self._judged(chain([chunk], chunks), entries) if chunk else self._known(entries)

    def _chunks(self, entries: deque[CommitResult | None]) -> Iterator[list[ChangedCommit]]:
        """What is to be judged, a few commits at a time; ``entries`` gets None for each, and what is known."""
        for start in range(0, len(self.plan), _LISTED_AT_ONCE):
            some = self.plan.commits[start : start + _LISTED_AT_ONCE]
            known = self._state.results(name for name, _ in some)
            new = [name for name, _ in some if name not in known]
            changes = dict(commit_changes(self.repository, new, self._wanted)) if new else {}
            chunk: list[ChangedCommit] = []
            for name, seconds in some:
                entries.append(known.get(name))
                if name not in known:
                    chunk.append(ChangedCommit(name, seconds, changes[name].files, changes[name].tells_moves))
                files = sum(len(commit.files) for commit in chunk)
                if len(chunk) == _COMMITS_AT_ONCE or files >= _FILES_AT_ONCE:
                    yield chunk
                    chunk = []
            yield chunk

    def _known(self, entries: deque[CommitResult | None]) -> Iterator[CommitResult]:
        """Take and yield the results at the beginning of ``entries`` that are known."""
        while entries and (known := entries[0]) is not None:
            entries.popleft()
            self.known += 1
            yield known

    def _judged(
        self, chunks: Iterator[list[ChangedCommit]], entries: deque[CommitResult | None]
    ) -> Iterator[CommitResult]:
        with worker_processes(self._jobs, self._budget) as pool:
            for judged in results(self.job, chunks, pool, self._load):
                made = [self._with_agents(result) for result in judged]
                self._state.keep(result for result in made if not result.is_partial)
                self.partial += sum(result.is_partial for result in made)
                for result in made:
                    yield from self._known(entries)
                    entries.popleft()
                    yield result
                yield from self._known(entries)

    def _with_agents(self, result: CommitResult) -> CommitResult:
        if self._records is None:
            return result
        records = self._records.of_commit(result.commit).by_agents()
        return replace(result, declared=tuple(dict.fromkeys(record.agent for record in records)))


@contextmanager
def open_history(options: HistoryOptions, analyzer: Analyzer | None = None) -> Iterator[History]:
    """Open a history, for use inside the ``with`` block. With an ``analyzer``, this process alone judges, with it.

    Raises:
        RepositoryError: there is no such commit, or none at all, or something is damaged or not in this clone.
        ModelError: the model is missing or broken.
        CodeOriginError: the state cannot be stored.
    """
    since, until = since_seconds(options.since), until_seconds(options.until)
    repository, names = _repository_of(options.path)
    project = Project.open([options.path], options, files=repository.root is not None)
    selection = Selection(project, options.language, options.exclude)
    wanted, below = selection.in_repository(repository, names)
    head = repository.resolve(options.revision)
    paths = tuple(path for path in below if path)
    plan = Plan.of(repository, head, since=since, until=until, paths=paths)
    bundle = Bundle.load(options.model) if analyzer is None else analyzer.bundle
    jobs = 1 if analyzer is not None else options.jobs or cores()
    settings = project.settings
    with ExitStack() as stack:
        budget = run_budget(shared=jobs > 1)
        stack.enter_context(one_run(budget))
        past = None
        if settings.past:
            # Results are kept by commit, and what records declare changes with every new one.
            past = repository_past(repository, bundle, lambda: Analyzer(bundle), declared=False)
        job = JudgeCommits(
            repository.root or repository.folder,
            options.model,
            bundle.model_id,
            How(settings.file_context, past),
            settings.max_file_size,
        )
        key = _settings_key(options, below, project)
        if past is not None:
            key += f" {past.evidence} {past.reference is not None}"
        records = None
        if options.declared:
            records = stack.enter_context(RecordReader(repository, head, share=FOR_ALL_COMMITS))
            # The state of HEAD apart: commits do not change.
            key = f"{key} {records.state.notes} {records.state.traces}"
        path = options.state or default_path(repository.folder, bundle.model_id)
        state = stack.enter_context(HistoryState(path, key, bundle.model_id))
        yield History(
            options,
            repository,
            plan,
            job,
            settings.past and bundle.calibration.past is not None and repository.is_shallow,
            state,
            wanted,
            records,
            lambda: job.analyzer(bundle) if analyzer is None else analyzer,
            jobs,
            budget,
        )


def _repository_of(path: str) -> tuple[Repository, list[str]]:
    """The repository that contains ``path``, and the path itself unless it is the whole repository.

    Raises:
        RepositoryError: there is no such path, or no repository.
    """
    given = Path(path)
    if not given.exists():
        raise RepositoryError("no such file or folder", display_path(path))
    repository = Repository.of(given if given.is_dir() else given.parent)
    inside = repository.root is not None and given.resolve() != repository.root.resolve()
    return repository, [path] if inside else []


def _settings_key(options: HistoryOptions, below: Sequence[str], project: Project) -> str:
    """A hash of all settings that affect the result of a commit."""
    parts = [
        options.language,
        list(options.exclude),
        sorted(below),
        options.declared,
        project.settings.file_context,
        project.settings.max_file_size,
        [sorted(project.settings.languages), list(project.settings.exclude)],
    ]
    return hashlib.sha256(json.dumps(parts).encode()).hexdigest()[:16]
