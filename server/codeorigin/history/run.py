"""A run over the history of one repository: what is to be judged, the results, and details where they are wanted."""

from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from codeorigin.analyzer import Analyzer
from codeorigin.git.repository import Repository
from codeorigin.history.details import commit_details
from codeorigin.history.results import CommitDetails, CommitResult
from codeorigin.history.state import HistoryState, default_path
from codeorigin.history.walk import Plan, Walk, plan
from codeorigin.model.bundle import Bundle
from codeorigin.model.judge import Judge


@dataclass(frozen=True, slots=True)
class HistoryRun:
    """What :func:`open_history` opens."""

    repository: Repository
    bundle: Bundle
    plan: Plan
    walk: Walk

    def results(self) -> Iterator[CommitResult]:
        """What comes of every commit, newest first: see :meth:`Walk.results`."""
        return self.walk.results(self.plan)

    def details(self, results: Sequence[CommitResult], *, with_lines: bool = True) -> Iterator[CommitDetails]:
        """Commits with their functions and, if wanted, the evidence of their lines."""
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
    state: Path | None = None,
    model: Path | None = None,
    jobs: int = 1,
) -> Iterator[HistoryRun]:
    """A run over the commits that ``revision`` reaches, inside the ``with`` block.

    Args:
        repository: where.
        wanted: tells by its path in the repository whether a file matters.
        settings: a key of everything that changes results: ``wanted``, ``paths``, ``cells``, ``declared`` and
            ``file_context``.
        revision: a commit, branch or tag.
        since: only commits at this time (seconds since 1970) or later; ``until``: only those before this one.
        until: see ``since``.
        paths: only commits that change something there.
        cells: languages of notebooks' cells to look at; None for all.
        declared: look whether commits name an agent.
        file_context: let the other functions of its file and commit count in a function's verdict.
        state: the file that keeps results; None for :func:`codeorigin.history.state.default_path`.
        model: the model's folder; None takes the one that ships.
        jobs: processes that judge functions.

    Raises:
        RepositoryError: there is no such commit, or none at all.
        ModelError: the model is missing or broken.
        CodeOriginError: the state cannot be kept.
    """
    commits = plan(repository, revision, since=since, until=until, paths=paths)
    bundle = Bundle.load(model)
    path = state or default_path(repository.folder, bundle.model_id)
    with HistoryState(path, settings, bundle.model_id) as kept:
        walk = Walk(
            repository,
            Judge(bundle.calibration),
            kept,
            model=model,
            wanted=wanted,
            cells=cells,
            jobs=jobs,
            declared=declared,
            file_context=file_context,
        )
        yield HistoryRun(repository, bundle, commits, walk)
