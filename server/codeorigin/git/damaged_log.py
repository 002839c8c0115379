"""The commits that can be reached where git gives up, because one of them is not there or is damaged."""

import heapq
from collections.abc import Iterator

from codeorigin.errors import RepositoryError
from codeorigin.git.objects import Objects
from codeorigin.git.repository import Commit, Repository, read_commit


def reachable_commits(
    repository: Repository, start: str, cut: frozenset[str] = frozenset()
) -> Iterator[Commit | None]:
    """The commits that ``start`` reaches, newest first as git lists them; None for each that cannot be read.

    Args:
        repository: where.
        start: the full name of a commit.
        cut: commits without parents here, as in a shallow clone.

    Raises:
        RepositoryError: git cannot be started, or takes too long.
    """
    with Objects(repository.git) as objects:
        met = {start}
        # Of commits of one time, git lists those first that it met first.
        waiting: list[tuple[int, int, Commit]] = []

        def meet(name: str) -> Iterator[None]:
            commit = _commit(objects, name)
            if commit is None:
                yield None
            else:
                heapq.heappush(waiting, (-commit.seconds, len(met), commit))

        yield from meet(start)
        while waiting:
            _, _, commit = heapq.heappop(waiting)
            yield commit
            for parent in commit.parents if commit.id not in cut else ():
                if parent not in met:
                    met.add(parent)
                    yield from meet(parent)


def _commit(objects: Objects, name: str) -> Commit | None:
    if not objects.holds(name):
        return None
    try:
        commit = read_commit(objects, name)
    except (RepositoryError, ValueError):
        return None
    return commit if commit.tree else None
