"""The changes of many commits, each against its parent, and of one tree against another."""

import os
from collections.abc import Callable, Iterator, Sequence
from contextlib import AbstractContextManager
from dataclasses import dataclass
from io import BufferedReader
from itertools import groupby

from codeorigin.core.errors import RepositoryError
from codeorigin.git.line_changes import (
    ALL_LINES,
    DIFF_OPTIONS,
    MAX_CHANGES,
    TOO_MANY,
    ChangedFile,
    Comparison,
    raw_change,
    raw_changes,
    read_changes,
    records,
)
from codeorigin.git.objects import Objects
from codeorigin.git.process import FailedCommandError, Git
from codeorigin.git.repository import Repository
from codeorigin.git.scratch_objects import ScratchObjects

_LIST_OPTIONS = ("-r", "--raw", "-z", "--no-renames")
_PATHS_AT_ONCE = 500


@dataclass(frozen=True, slots=True)
class CommitFiles:
    """The changed files that have new or rewritten lines, sorted by path.

    A renamed file is compared with its old version. Links, submodules, and files where only lines were removed or only
    the mode changed are left out. A file that is too large to be compared has :data:`ALL_LINES`.

    ``missing`` are other changed files, whose old or new content is damaged or not in this clone. ``readable`` is
    False if not even the paths can be read. ``tells_moves`` is as in a :class:`Comparison`; where files cannot be
    compared, what was moved is told by some of the others.
    """

    files: list[ChangedFile]
    missing: tuple[ChangedFile, ...] = ()
    readable: bool = True
    tells_moves: bool = True

    @classmethod
    def of(cls, found: Comparison, *, readable: bool = True) -> "CommitFiles":
        """The files of a comparison that git could make as a whole."""
        return cls(found.files, readable=readable, tells_moves=found.tells_moves)


def commit_changes(
    repository: Repository, commits: Sequence[str], wanted: Callable[[str], bool]
) -> Iterator[tuple[str, CommitFiles]]:
    """Yield every commit with the files that it changed.

    Args:
        repository: the repository to read.
        commits: full names, none of them a merge. A commit without a parent is compared with the empty tree.
        wanted: whether to include the file with this path in the repository.

    Yields:
        (name, files) pairs in the order of ``commits``, including commits that change nothing.

    Raises:
        RepositoryError: git cannot be started, takes too long, or its output is not understood.
    """
    with ScratchObjects(repository) as scratch, Objects(scratch.git) as objects:
        plain = _plain_commits(scratch.git, objects, commits)
        for is_plain, some in groupby(commits, plain.__contains__):
            left = list(some)
            while left:
                done = 0
                try:
                    for name, found in _compared(scratch.git, left, wanted) if is_plain else ():
                        # git silently skips a commit that it cannot read.
                        readable = bool(found.files) or objects.holds(name)
                        yield name, CommitFiles.of(found, readable=readable)
                        done += 1
                except FailedCommandError:
                    pass
                # If any are left, git failed on one of them, most likely the first.
                left = left[done:]
                for name in left[:1]:
                    yield name, compared_trees(scratch.git, objects, (name,), wanted)
                left = left[1:]


def compared_trees(
    git: Git, objects: Objects, names: tuple[str] | tuple[str, str], wanted: Callable[[str], bool]
) -> CommitFiles:
    """The changes of one commit, or from one tree or commit to another, as far as they can be read.

    Raises:
        RepositoryError: git cannot be started, or takes too long.
    """
    try:
        with _differences(git, names, _LIST_OPTIONS) as output:
            listed = list(raw_changes(output))
    except FailedCommandError:
        return CommitFiles([], readable=False)
    unfit = objects.unfit({blob for change in listed for blob in change.blobs})
    if not unfit:
        try:
            readable = bool(listed) or objects.holds(names[-1])
            return CommitFiles.of(_changed(git, names, wanted), readable=readable)
        except FailedCommandError:
            pass
    files: list[ChangedFile] = []
    missing: list[ChangedFile] = []
    sound: list[ChangedFile] = []
    for change in listed:
        if not change.is_of_file or not wanted(change.path):
            continue
        file = ChangedFile(change.path, change.after.decode("ascii"), (ALL_LINES,))
        if not unfit.isdisjoint(change.blobs):
            # Nothing is written in a file that was deleted.
            files += [file] if change.is_file else []
        else:
            (sound if all(map(objects.holds, change.blobs)) else missing).append(file)
    tells_moves = True
    waiting = [sound[start : start + _PATHS_AT_ONCE] for start in range(0, len(sound), _PATHS_AT_ONCE)]
    while waiting:
        some = waiting.pop()
        half = len(some) // 2
        try:
            found = _changed(git, names, wanted, [file.path for file in some])
        except FailedCommandError:
            # One of them is damaged in a way that only the comparison shows.
            if half:
                waiting += [some[:half], some[half:]]
            else:
                missing += some
        else:
            files += found.files
            tells_moves &= found.tells_moves
    by_path = {file.path: file for file in (*files, *missing)}
    return CommitFiles(
        [by_path[path] for path in sorted(file.path for file in files)],
        tuple(by_path[path] for path in sorted(file.path for file in missing)),
        tells_moves=tells_moves,
    )


def _plain_commits(git: Git, objects: Objects, commits: Sequence[str]) -> set[str]:
    """The commits whose trees can be read and that change no objects that cannot be compared."""
    blobs: dict[str, set[str]] = {}
    left = list(commits)
    while left:
        listed = 0
        try:
            for name, some in _listed(git, left):
                blobs[name] = some
                listed = left.index(name) + 1
            break
        except FailedCommandError:
            # git failed on a commit that was not listed, most likely the first of them.
            left = left[listed + 1 :]
    unfit = objects.unfit(set().union(*blobs.values()))
    return {name for name in commits if name in blobs and unfit.isdisjoint(blobs[name])}


def _listed(git: Git, commits: Sequence[str]) -> Iterator[tuple[str, set[str]]]:
    """Yield the commits with the blobs that they changed, old and new; git skips commits that it cannot read."""
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
                    raise FailedCommandError(TOO_MANY)
                continue
            if name:
                yield name, blobs
            name, blobs = record.decode("ascii"), set()
    if name:
        yield name, blobs


def _compared(
    git: Git, commits: Sequence[str], wanted: Callable[[str], bool]
) -> Iterator[tuple[str, Comparison]]:
    """Yield the commits with their changed files, read from one process.

    A commit is yielded only once git has started to print the next one, or has ended successfully.
    """
    # Paths and contents are untrusted, so a random mark that they cannot contain separates the commits.
    mark = os.urandom(16).hex()
    start = mark.encode("ascii")
    waiting = iter(commits)
    arguments = ("--stdin", "--root", "--encoding=UTF-8", f"--format=tformat:{mark}%H", *DIFF_OPTIONS)
    last: list[tuple[str, Comparison]] = []
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
                last.append((commit, Comparison([])))
            else:
                raise RepositoryError(f"{git.folder}: git diff-tree answers in an unknown form")
            last.append((name, found))
    # git has ended successfully, so its last commit is complete.
    yield from last
    yield from ((commit, Comparison([])) for commit in waiting)


def _changed(
    git: Git, names: Sequence[str], wanted: Callable[[str], bool], paths: Sequence[str] = ()
) -> Comparison:
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
