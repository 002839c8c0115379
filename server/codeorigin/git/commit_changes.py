"""What many commits changed, each against its first parent, by one ``git diff-tree --stdin``."""

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
    """The files that a commit changed, as :func:`codeorigin.git.line_changes.changed_files` gives them.

    ``missing`` are the paths of further ones whose content, before or after, is not in this clone or is damaged. A
    commit of which not even its paths can be told is not ``readable``.
    """

    files: list[ChangedFile]
    missing: tuple[str, ...] = ()
    readable: bool = True


def commit_changes(
    git: Git, commits: Sequence[str], wanted: Callable[[str], bool]
) -> Iterator[tuple[str, CommitFiles]]:
    """Every commit with the files that it changed.

    Args:
        git: the repository to read.
        commits: full names, none of them a merge. A commit without a parent is compared with nothing.
        wanted: whether to include a file, by its path in the repository.

    Yields:
        In the order of ``commits``; those that change nothing at all too.

    Raises:
        RepositoryError: git cannot be started, takes too long, or answers in another form.
    """
    with temporary_folder() as empty:
        # With an index, git takes a file of the working tree for the object that its entry names, if their times and
        # sizes agree: whoever writes there would choose what a commit is judged by.
        alone = git.with_environment(GIT_INDEX_FILE=str(empty / "index"))
        with Objects(alone) as objects:
            left = list(commits)
            while left:
                done = 0
                try:
                    for name, files in _compared(alone, left, wanted):
                        # git passes over a commit that it cannot read.
                        is_there = bool(files) or objects.holds(name)
                        yield name, CommitFiles(files, readable=is_there)
                        done += 1
                    return
                except FailedCommandError:
                    left = left[done:]
                # git ended over one of those, most likely the first.
                first = left.pop(0)
                yield first, _single(alone, objects, first, wanted)


def _single(git: Git, objects: Objects, commit: str, wanted: Callable[[str], bool]) -> CommitFiles:
    """What one commit changed, as far as it can be told."""
    try:
        ((_, files),) = _compared(git, [commit], wanted)
    except FailedCommandError:
        pass
    else:
        return CommitFiles(files, readable=bool(files) or objects.holds(commit))
    arguments = ("diff-tree", "-r", "--root", "--no-commit-id", "--raw", "-z", "--no-renames", commit, "--")
    try:
        # Only folders are read for this.
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
    """The commits with their changed files, by one process; each comes when git has begun with the next one."""
    # Paths and contents cannot be trusted, so commits are separated by a random mark that they cannot contain.
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
            # Commits without a difference are missing from the output.
            last = []
            for commit in waiting:
                if commit == name:
                    break
                last.append((commit, []))
            else:
                raise RepositoryError(f"{git.folder}: git diff-tree answers in an unknown form")
            last.append((name, files))
    # Now git has ended well, and its last commit is whole.
    yield from last
    yield from ((commit, []) for commit in waiting)
