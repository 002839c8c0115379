"""Units of work that any machine can do, each with a key made from everything that its result depends on."""

import hashlib
import json
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from codeorigin.core.errors import RepositoryError
from codeorigin.fleet.options import UnitKind
from codeorigin.git.repository import Repository
from codeorigin.history.request import plan

_FORMAT = 3
COMMITS_IN_A_UNIT = 512


@dataclass(frozen=True, slots=True)
class ScanRequest:
    """What to scan: the folders of the repositories, the kind of scan, the model's identity and the options."""

    repositories: Sequence[Path]
    kind: UnitKind
    model: str
    declared: bool = True
    since: int | None = None
    until: int | None = None
    size: int = COMMITS_IN_A_UNIT

    @property
    def settings(self) -> dict[str, object]:
        """What all results depend on, for :class:`~codeorigin.fleet.store.Store`."""
        names = ("model", "declared", "since", "until", "size")
        return {name: getattr(self, name) for name in names}


@dataclass(frozen=True, slots=True)
class Unit:
    """A unit of work. ``commits`` (with their times, ``seconds``) are to be judged, or are the one commit of the tree.

    ``repository`` is its folder, which must be the same on every machine. ``model`` is the identity of the model.
    """

    repository: str
    kind: UnitKind
    commits: tuple[str, ...]
    seconds: tuple[int, ...]
    declared: bool
    model: str

    @property
    def key(self) -> str:
        """A hash of the unit that is the same in every run and on every machine."""
        parts = [_FORMAT, self.repository, self.kind.value, self.commits, self.declared, self.model]
        return hashlib.sha256(json.dumps(parts).encode()).hexdigest()[:24]


def units_of(folder: Path, request: ScanRequest) -> tuple[list[Unit], int]:
    """The units of one repository, and how many commits are in none because they are damaged or not in this clone.

    Commits are grouped starting from the oldest, so that new commits do not change the full units of old ones.

    Raises:
        RepositoryError: there is no repository, or it has no commits.
    """
    if not folder.is_dir():
        raise RepositoryError("no such folder")
    repository = Repository.of(folder)

    def unit(commits: Sequence[str], seconds: Sequence[int]) -> Unit:
        return Unit(
            repository=str(folder),
            kind=request.kind,
            commits=tuple(commits),
            seconds=tuple(seconds),
            declared=request.declared,
            model=request.model,
        )

    if request.kind is UnitKind.TREE:
        head = repository.resolve("HEAD")
        return [unit([head], [repository.commit(head).seconds])], 0
    found = plan(repository, since=request.since, until=request.until)
    commits, seconds, size = found.commits[::-1], found.seconds[::-1], request.size
    return [
        unit(commits[start : start + size], seconds[start : start + size])
        for start in range(0, len(commits), size)
    ], found.unreadable
