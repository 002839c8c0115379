"""What a run over a history reads, and how it judges it."""

from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

from codeorigin.git.repository import Repository


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
