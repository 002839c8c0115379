"""What a run over a history reads, how it judges it, and which commits these are."""

from array import array
from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path

from codeorigin.core.errors import RepositoryError
from codeorigin.git.repository import Repository
from codeorigin.shell.terminal import display_path


@dataclass(frozen=True, slots=True)
class HistoryRequest:
    """The commits and files of a repository to judge.

    Args:
        repository: the repository to read.
        wanted: whether to include the file with this path in the repository.
        settings: a key that identifies everything that changes results: ``wanted``, ``paths``, ``cells``, ``declared``
            and ``file_context``.
        revision: a commit, branch or tag, whose ancestors are judged.
        since: only commits at this time (seconds since 1970) or later.
        until: only commits before this time (seconds since 1970).
        paths: only commits that change something there.
        cells: languages of the notebook cells to include; None for all.
        declared: whether to look for records that name agents.
        file_context: whether the other functions of its file and commit count in a function's verdict.
        past: whether functions are compared with the repository's own from before LLMs.
        state: the file that stores results; None for :func:`codeorigin.history.state.default_path`.
        model: the model's folder; None for the bundled model.
        jobs: number of processes that judge functions.
    """

    repository: Repository
    wanted: Callable[[str], bool]
    settings: str = ""
    revision: str = "HEAD"
    since: int | None = None
    until: int | None = None
    paths: tuple[str, ...] = ()
    cells: frozenset[str] | None = None
    declared: bool = True
    file_context: bool = True
    past: bool = True
    state: Path | None = None
    model: Path | None = None
    jobs: int = 1


def repository_of(path: str) -> tuple[Repository, list[str]]:
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


@dataclass(slots=True)
class Plan:
    """The commits to judge, newest first, and how many are not judged and why.

    ``merges`` only combine what other commits wrote. Commits that are ``cut_off``, at the boundary of a shallow clone,
    have no parent to compare with.
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
    """List the commits reachable from ``revision``.

    Args:
        repository: the repository to read.
        revision: a commit, branch or tag.
        since: only commits at this time (seconds since 1970) or later.
        until: only commits before this time.
        paths: only commits that change something there.

    Raises:
        RepositoryError: there is no such commit, or none at all, or one is damaged or not in this clone.
    """
    head = repository.resolve(revision)
    cut = repository.boundary()
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
