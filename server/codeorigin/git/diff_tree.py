"""The changes of many commits, each against its parent, and of one tree against another."""

import os
from collections.abc import Callable, Iterator, Sequence
from contextlib import AbstractContextManager
from io import BufferedReader
from itertools import groupby

from codeorigin.core.errors import RepositoryError
from codeorigin.git.diff import (
    ALL_LINES,
    DIFF_OPTIONS,
    MAX_CHANGES,
    TOO_MANY,
    ChangedFile,
    Diff,
    raw_change,
    raw_changes,
    read_changes,
    records,
)
from codeorigin.git.objects import Objects
from codeorigin.git.process import Git, lacking
from codeorigin.git.repository import Repository
from codeorigin.git.scratch_objects import ScratchObjects

_LIST_OPTIONS = ("-r", "--raw", "-z", "--no-renames")
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
        plain = _plain_commits(scratch.git, objects, commits)
        for is_plain, some in groupby(commits, plain.__contains__):
            if is_plain:
                yield from _compared(scratch.git, list(some), wanted)
                continue
            for name in some:
                yield name, compared_trees(scratch.git, objects, (name,), wanted)


def compared_trees(
    git: Git, objects: Objects, names: tuple[str] | tuple[str, str], wanted: Callable[[str], bool]
) -> Diff:
    """The changes of one commit, or from one tree or commit to another, as in :func:`commit_changes`.

    Raises:
        RepositoryError: as there.
    """
    with _differences(git, names, _LIST_OPTIONS) as output:
        listed = list(raw_changes(output))
    unfit = objects.unfit({blob for change in listed for blob in change.blobs})
    if not unfit:
        return _changed(git, names, wanted)
    files: list[ChangedFile] = []
    fit: list[str] = []
    tells_moves = True
    for change in listed:
        if not change.is_of_file or not wanted(change.path):
            continue
        if unfit.isdisjoint(change.blobs):
            fit.append(change.path)
        elif change.is_file:  # nothing is written in a file that was deleted
            files.append(ChangedFile(change.path, change.after.decode("ascii"), (ALL_LINES,)))
    for start in range(0, len(fit), _PATHS_AT_ONCE):
        found = _changed(git, names, wanted, fit[start : start + _PATHS_AT_ONCE])
        files += found.files
        tells_moves &= found.tells_moves
    return Diff(sorted(files, key=lambda file: file.path), tells_moves)


def _plain_commits(git: Git, objects: Objects, commits: Sequence[str]) -> set[str]:
    """The commits that change no objects that cannot be compared."""
    blobs = dict(_listed(git, commits))
    if lost := [name for name in commits if name not in blobs]:
        # git silently skips a commit that it cannot read.
        raise RepositoryError(lacking(lost[0]))
    unfit = objects.unfit(set().union(*blobs.values()))
    return {name for name in commits if unfit.isdisjoint(blobs[name])}


def _listed(git: Git, commits: Sequence[str]) -> Iterator[tuple[str, set[str]]]:
    """Yield the commits with the blobs that they changed, old and new."""
    name, blobs = "", set[str]()
    with git.stream(
        "diff-tree", "--stdin", "--root", "--always", *_LIST_OPTIONS, stdin=_lines(commits), ponders=False
    ) as output:
        listed = records(output)
        for record in listed:
            if record.startswith(b":"):
                change = raw_change(record, listed)
                blobs.update(() if change is None else change.blobs)
                if len(blobs) > 2 * MAX_CHANGES:
                    raise RepositoryError(TOO_MANY)
                continue
            if name:
                yield name, blobs
            name, blobs = record.decode("ascii"), set()
    if name:
        yield name, blobs


def _compared(git: Git, commits: Sequence[str], wanted: Callable[[str], bool]) -> Iterator[tuple[str, Diff]]:
    """Yield the commits with their changed files, read from one process."""
    # Paths and contents are untrusted, so a random mark that they cannot contain separates the commits.
    mark = os.urandom(16).hex()
    start = mark.encode("ascii")
    waiting = iter(commits)
    arguments = ("--stdin", "--root", "--encoding=UTF-8", f"--format=tformat:{mark}%H", *DIFF_OPTIONS)
    last: list[tuple[str, Diff]] = []
    with git.stream("diff-tree", *arguments, "--", stdin=_lines(commits), ponders=False) as output:
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


def _changed(
    git: Git, names: Sequence[str], wanted: Callable[[str], bool], paths: Sequence[str] = ()
) -> Diff:
    with _differences(git, names, DIFF_OPTIONS, paths) as output:
        return read_changes(output, wanted)[0]


def _differences(
    git: Git, names: Sequence[str], options: Sequence[str], paths: Sequence[str] = ()
) -> AbstractContextManager[BufferedReader]:
    """What ``diff-tree`` prints about one commit, or about two trees or commits."""
    single = ("--root", "--no-commit-id") if len(names) == 1 else ()
    return git.stream("diff-tree", *single, *options, *names, "--", *paths, ponders=False)


def _lines(commits: Sequence[str]) -> bytes:
    return "".join(f"{commit}\n" for commit in commits).encode("ascii")
