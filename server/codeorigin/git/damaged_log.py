"""Walking a history that ``git log`` gives up on because a commit is missing or damaged."""

import heapq
from collections.abc import Iterator

from codeorigin.errors import RepositoryError
from codeorigin.git.objects import Objects
from codeorigin.git.repository import Commit, Repository, read_commit


def reachable_commits(
    repository: Repository, start: str, cut: frozenset[str] = frozenset()
) -> Iterator[Commit | None]:
    """Yield the commits reachable from ``start``, newest first as in git; None for each that cannot be read.

    Args:
        repository: the repository to read.
        start: the full name of a commit.
        cut: commits whose parents are not followed, as at the boundary of a shallow clone.

    Raises:
        RepositoryError: git cannot be started, or takes too long.
    """
    with Objects(repository.git) as objects:
        met = {start}
        # Among commits with the same time, git lists those first that it met first.
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
