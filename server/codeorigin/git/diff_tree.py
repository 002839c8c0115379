"""The changes of commits, each against its parent."""

import os
from collections.abc import Callable, Iterator, Sequence
from itertools import groupby

from codeorigin.core.errors import RepositoryError
from codeorigin.git.diff import (
    ALL_LINES,
    DIFF_OPTIONS,
    MAX_CHANGES,
    TOO_MANY,
    ChangedFile,
    Diff,
    RawChange,
    nul_terminated,
    raw_change,
    read_changes,
)
from codeorigin.git.objects import Objects
from codeorigin.git.process import Git, lacking
from codeorigin.git.repository import Repository
from codeorigin.git.scratch_objects import ScratchObjects

_PATHS_AT_ONCE = 500
"""Paths that are given to one command; a system allows only so many."""


def commit_changes(
    repository: Repository, commits: Sequence[str], wanted: Callable[[str], bool]
) -> Iterator[tuple[str, Diff]]:
    """Yield every commit compared with its parent: the files in which it has new or rewritten lines, sorted by path.

    A renamed file is compared with its old version. Links, submodules, and files where only lines were removed or only
    the mode changed are left out. A file that is too large to be compared has :data:`ALL_LINES`, and what was moved is
    then told by some of the others.

    Args:
        repository: the repository to read.
        commits: full names, none of them a merge. A commit without a parent is compared with the empty tree.
        wanted: whether to include the file with this path in the repository.

    Yields:
        (name, comparison) pairs in the order of ``commits``, including commits that change nothing.

    Raises:
        RepositoryError: something is damaged or not in this clone, or git takes too long or cannot be started.
    """
    with ScratchObjects(repository) as scratch, Objects(scratch.git) as objects:
        yield from compared(scratch.git, objects, commits, wanted)


def compared(
    git: Git, objects: Objects, commits: Sequence[str], wanted: Callable[[str], bool]
) -> Iterator[tuple[str, Diff]]:
    """:func:`commit_changes` in a repository without configuration, whose ``objects`` are read already."""
    blobs = {
        name: {blob for change in changes for blob in change.blobs} for name, changes in _listed(git, commits)
    }
    if lost := [name for name in commits if name not in blobs]:
        # git silently skips a commit that it cannot read.
        raise RepositoryError(lacking(lost[0]))
    unfit = objects.unfit(set().union(*blobs.values()))
    for is_fit, some in groupby(commits, lambda name: unfit.isdisjoint(blobs[name])):
        if is_fit:
            yield from _patched(git, list(some), wanted)
        else:
            yield from ((name, _fit_part(git, name, unfit, wanted)) for name in some)


def _listed(git: Git, commits: Sequence[str]) -> Iterator[tuple[str, list[RawChange]]]:
    """Yield the commits with all that they changed."""
    name, changes = "", list[RawChange]()
    options = ("--stdin", "--root", "--always", "-r", "--raw", "-z", "--no-renames")
    with git.stream("diff-tree", *options, stdin=_lines(commits), ponders=False) as output:
        listed = nul_terminated(output)
        for record in listed:
            if not record.startswith(b":"):
                if name:
                    yield name, changes
                name, changes = record.decode("ascii"), []
            elif (change := raw_change(record, listed)) is not None:
                changes.append(change)
                if len(changes) > MAX_CHANGES:
                    raise RepositoryError(TOO_MANY)
    if name:
        yield name, changes


def _fit_part(git: Git, name: str, unfit: set[str], wanted: Callable[[str], bool]) -> Diff:
    """The changes of a commit of whose blobs some are ``unfit`` to be compared."""
    files: list[ChangedFile] = []
    fit: list[str] = []
    ((_, changes),) = _listed(git, [name])
    for change in changes:
        if not change.is_of_file or not wanted(change.path):
            continue
        if unfit.isdisjoint(change.blobs):
            fit.append(change.path)
        elif change.is_file:  # nothing is written in a file that was deleted
            files.append(ChangedFile(change.path, change.after.decode("ascii"), (ALL_LINES,)))
    tells_moves = True
    for start in range(0, len(fit), _PATHS_AT_ONCE):
        ((_, found),) = _patched(git, [name], wanted, fit[start : start + _PATHS_AT_ONCE])
        files += found.files
        tells_moves &= found.tells_moves
    return Diff(sorted(files, key=lambda file: file.path), tells_moves)


def _patched(
    git: Git, commits: Sequence[str], wanted: Callable[[str], bool], paths: Sequence[str] = ()
) -> Iterator[tuple[str, Diff]]:
    """Yield the commits with their changed files, or only those at ``paths``, read from one process."""
    # Paths and contents are untrusted, so a random mark that they cannot contain separates the commits.
    mark = os.urandom(16).hex()
    start = mark.encode("ascii")
    waiting = iter(commits)
    arguments = ("--stdin", "--root", "--encoding=UTF-8", f"--format=tformat:{mark}%H", *DIFF_OPTIONS)
    last: list[tuple[str, Diff]] = []
    with git.stream("diff-tree", *arguments, "--", *paths, stdin=_lines(commits), ponders=False) as output:
        line = output.readline()
        while line:
            yield from last
            name = line.removeprefix(start).strip(b"\0\n").decode("ascii", "replace")
            found, line = read_changes(output, wanted, start)
            # Commits without differences are missing from the output.
            last = []
            for commit in waiting:
                if commit == name:
                    break
                last.append((commit, Diff([])))
            else:
                raise RepositoryError(f"{git.folder}: git diff-tree answers in an unknown form")
            last.append((name, found))
    # git has ended successfully, so its last commit is complete.
    yield from last
    yield from ((commit, Diff([])) for commit in waiting)


def _lines(commits: Sequence[str]) -> bytes:
    return "".join(f"{commit}\n" for commit in commits).encode("ascii")
