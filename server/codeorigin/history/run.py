"""A run over the history of one repository: the commits to judge, their results and, on request, details."""

from collections.abc import Callable, Iterator, Sequence
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from pathlib import Path

from codeorigin.analysis.analyzer import Analyzer
from codeorigin.cli.terminal import display_path, printable
from codeorigin.declared.reader import RecordReader
from codeorigin.git.repository import Repository
from codeorigin.history.details import commit_details
from codeorigin.history.results import CommitDetails, CommitResult
from codeorigin.history.state import HistoryState, default_path
from codeorigin.history.walk import Plan, Walk, plan
from codeorigin.model.bundle import Bundle
from codeorigin.model.calibration.judge import Judge
from codeorigin.model.past import Past
from codeorigin.past.reading import repository_past


@dataclass(frozen=True, slots=True)
class HistoryRun:
    """A run opened by :func:`open_history`."""

    repository: Repository
    bundle: Bundle
    plan: Plan
    walk: Walk
    past: Past | None
    records: RecordReader | None

    @property
    def model(self) -> str:
        """The identity of the model."""
        return self.bundle.model_id

    @property
    def name(self) -> str:
        """The name of the repository's folder, safe to print."""
        folder = self.repository.root or self.repository.folder
        return printable(display_path(folder.name.removesuffix(".git")))

    def results(self) -> Iterator[CommitResult]:
        """The result of every commit, newest first; see :meth:`Walk.results`."""
        return self.walk.results(self.plan)

    def details(self, results: Sequence[CommitResult], *, with_lines: bool = True) -> Iterator[CommitDetails]:
        """The commits with their functions and, if ``with_lines``, the evidence of their lines."""
        analyzer = Analyzer(self.bundle)
        return commit_details(self.repository, analyzer, self.walk, results, with_lines=with_lines)


@contextmanager
def open_history(
    repository: Repository,
    wanted: Callable[[str], bool],
    *,
    settings: str,
    revision: str = "HEAD",
    since: int | None = None,
    until: int | None = None,
    paths: tuple[str, ...] = (),
    cells: frozenset[str] | None = None,
    declared: bool = True,
    file_context: bool = True,
    past: bool = True,
    state: Path | None = None,
    model: Path | None = None,
    jobs: int = 1,
) -> Iterator[HistoryRun]:
    """Open a run over the commits reachable from ``revision``, for use inside the ``with`` block.

    Args:
        repository: the repository to read.
        wanted: whether to include the file with this path in the repository.
        settings: a key that identifies everything that changes results: ``wanted``, ``paths``, ``cells``, ``declared``
            and ``file_context``.
        revision: a commit, branch or tag.
        since: only commits at this time (seconds since 1970) or later.
        until: only commits before this time (seconds since 1970).
        paths: only commits that change something there.
        cells: languages of the notebook cells to include; None for all.
        declared: whether to look for records of agents.
        file_context: whether the other functions of its file and commit count in a function's verdict.
        past: whether functions are compared with the repository's own from before LLMs.
        state: the file that stores results; None for :func:`codeorigin.history.state.default_path`.
        model: the model's folder; None for the bundled model.
        jobs: number of processes that judge functions.

    Raises:
        RepositoryError: there is no such commit, or none at all.
        ModelError: the model is missing or broken.
        CodeOriginError: the state cannot be stored.
    """
    commits = plan(repository, revision, since=since, until=until, paths=paths)
    bundle = Bundle.load(model)
    known = repository_past(repository, bundle, lambda: Analyzer(bundle)) if past else None
    path = state or default_path(repository.folder, bundle.model_id)
    if known is not None:
        settings = f"{settings} {known.evidence}"
    with ExitStack() as stack:
        records = None
        if declared:
            records = stack.enter_context(RecordReader(repository, repository.resolve(revision)))
            settings = f"{settings} {records.evidence}".rstrip()
        kept = stack.enter_context(HistoryState(path, settings, bundle.model_id))
        walk = Walk(
            repository,
            Judge(bundle.calibration, known),
            kept,
            model=model,
            wanted=wanted,
            cells=cells,
            jobs=jobs,
            records=records,
            file_context=file_context,
        )
        yield HistoryRun(repository, bundle, commits, walk, known, records)
