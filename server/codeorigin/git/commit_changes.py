"""The changes of many commits, each against its parent, read with one ``git diff-tree --stdin``."""

import secrets
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass

from codeorigin.errors import RepositoryError
from codeorigin.git.line_changes import DIFF_OPTIONS, ChangedFile, raw_changes, read_changes
from codeorigin.git.objects import Objects
from codeorigin.git.process import FailedCommandError, Git
from codeorigin.git.temporary import temporary_folder

_PATHS_AT_ONCE = 500
_ZEROS = b"0"


@dataclass(frozen=True, slots=True)
class CommitFiles:
    """The files that a commit changed, as returned by :func:`codeorigin.git.line_changes.changed_files`.

    ``missing`` lists the paths of other changed files whose old or new content is damaged or not in this clone.
    ``readable`` is False if not even the paths can be read.
    """

    files: list[ChangedFile]
    missing: tuple[str, ...] = ()
    readable: bool = True


def commit_changes(
    git: Git, commits: Sequence[str], wanted: Callable[[str], bool]
) -> Iterator[tuple[str, CommitFiles]]:
    """Yield every commit with the files that it changed.

    Args:
        git: the repository to read.
        commits: full names, none of them a merge. A commit without a parent is compared with the empty tree.
        wanted: whether to include the file with this path in the repository.

    Yields:
        (name, files) pairs in the order of ``commits``, including commits that change nothing.

    Raises:
        RepositoryError: git cannot be started, takes too long, or its output is not understood.
    """
    with temporary_folder() as empty:
        # With an index, git reads a file of the working tree in place of the object that its entry names if time and
        # size match. Anyone who can write there could then choose the content that a commit is judged by.
        alone = git.with_environment(GIT_INDEX_FILE=str(empty / "index"))
        with Objects(alone) as objects:
            left = list(commits)
            while left:
                done = 0
                try:
                    for name, files in _compared(alone, left, wanted):
                        # git silently skips a commit that it cannot read.
                        is_there = bool(files) or objects.holds(name)
                        yield name, CommitFiles(files, readable=is_there)
                        done += 1
                    return
                except FailedCommandError:
                    left = left[done:]
                # git failed on one of the remaining commits, most likely the first.
                first = left.pop(0)
                yield first, _single(alone, objects, first, wanted)


def _single(git: Git, objects: Objects, commit: str, wanted: Callable[[str], bool]) -> CommitFiles:
    """The changes of one commit, as far as they can be read."""
    try:
        ((_, files),) = _compared(git, [commit], wanted)
    except FailedCommandError:
        pass
    else:
        return CommitFiles(files, readable=bool(files) or objects.holds(commit))
    arguments = ("diff-tree", "-r", "--root", "--no-commit-id", "--raw", "-z", "--no-renames", commit, "--")
    try:
        # This reads only tree objects.
        with git.stream(*arguments) as output:
            listed = [each for each in raw_changes(output) if each.is_of_file and wanted(each.path)]
    except FailedCommandError:
        return CommitFiles([], readable=False)
    missing: list[str] = []
    sound: list[str] = []
    for each in listed:
        blobs = [blob.decode("ascii") for blob in (each.before, each.after) if blob.strip(_ZEROS)]
        (sound if all(map(objects.holds, blobs)) else missing).append(each.path)
    files = []
    for start in range(0, len(sound), _PATHS_AT_ONCE):
        try:
            ((_, some),) = _compared(git, [commit], wanted, sound[start : start + _PATHS_AT_ONCE])
        except FailedCommandError:
            missing += sound[start : start + _PATHS_AT_ONCE]
        else:
            files += some
    return CommitFiles(sorted(files, key=lambda each: each.path), tuple(sorted(missing)))


def _compared(
    git: Git, commits: Sequence[str], wanted: Callable[[str], bool], paths: Sequence[str] = ()
) -> Iterator[tuple[str, list[ChangedFile]]]:
    """Yield the commits with their changed files, read from one process.

    A commit is yielded only once git has started to print the next one, or has ended successfully.
    """
    # Paths and contents are untrusted, so a random mark that they cannot contain separates the commits.
    mark = secrets.token_hex(16)
    start = mark.encode("ascii")
    names = "".join(f"{commit}\n" for commit in commits).encode("ascii")
    waiting = iter(commits)
    arguments = ("--stdin", "--root", "--encoding=UTF-8", f"--format=tformat:{mark}%H", *DIFF_OPTIONS)
    last: list[tuple[str, list[ChangedFile]]] = []
    with git.stream("diff-tree", *arguments, "--", *paths, stdin=names) as output:
        line = output.readline()
        while line:
            yield from last
            name = line.removeprefix(start).strip(b"\0\n").decode("ascii", "replace")
            files, line = read_changes(output, wanted, start)
            # Commits without differences are missing from the output.
            last = []
            for commit in waiting:
                if commit == name:
                    break
                last.append((commit, []))
            else:
                raise RepositoryError(f"{git.folder}: git diff-tree answers in an unknown form")
            last.append((name, files))
    # git has ended successfully, so its last commit is complete.
    yield from last
    yield from ((commit, []) for commit in waiting)
