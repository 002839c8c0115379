"""Units of work that any machine can do, each with a key made from everything that its result depends on."""

import hashlib
import json
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path

from codeorigin.errors import RepositoryError
from codeorigin.fleet.options import UnitKind
from codeorigin.git.repository import Repository
from codeorigin.history.walk import plan

_FORMAT = 3
COMMITS_IN_A_UNIT = 512


@dataclass(frozen=True, slots=True)
class Unit:
    """A unit of work. ``commits`` (with their times, ``seconds``) are to be judged, or are the one commit of the tree.

    ``repository`` is its folder, which must be the same on every machine. ``model`` is the identity of the model. With
    ``documents``, documents with code blocks are included.
    """

    repository: str
    kind: UnitKind
    commits: tuple[str, ...]
    seconds: tuple[int, ...]
    declared: bool
    model: str
    documents: bool = False

    @property
    def key(self) -> str:
        """A hash of the unit that is the same in every run and on every machine."""
        parts = [_FORMAT, self.repository, self.kind.value, self.commits, self.declared, self.model]
        parts.append(self.documents)
        return hashlib.sha256(json.dumps(parts).encode()).hexdigest()[:24]


def units_of(
    folder: Path,
    kind: UnitKind,
    *,
    model: str,
    declared: bool = True,
    documents: bool = False,
    since: int | None = None,
    until: int | None = None,
    size: int = COMMITS_IN_A_UNIT,
    lacking: Callable[[int], None] = lambda commits: None,
) -> Iterator[Unit]:
    """Yield the units of one repository.

    Commits are grouped starting from the oldest, so that new commits do not change the full units of old ones.
    ``lacking`` is called with the number of commits that are in no unit because they are damaged or not in this clone.

    Raises:
        RepositoryError: there is no repository, or it has no commits.
    """
    if not folder.is_dir():
        raise RepositoryError("no such folder")
    repository = Repository.of(folder)
    name = str(folder)
    if kind is UnitKind.TREE:
        head = repository.resolve("HEAD")
        yield Unit(name, kind, (head,), (repository.commit(head).seconds,), declared, model, documents)
        return
    found = plan(repository, since=since, until=until)
    if found.unreadable:
        lacking(found.unreadable)
    commits, seconds = found.commits[::-1], found.seconds[::-1]
    for start in range(0, len(commits), size):
        stop = start + size
        yield Unit(
            name, kind, tuple(commits[start:stop]), tuple(seconds[start:stop]), declared, model, documents
        )
