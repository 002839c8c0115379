"""What commits change, each against its parent: changed files and their added or rewritten lines."""

import os
import re
from collections import defaultdict, deque
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from io import BufferedReader
from itertools import groupby, islice

from codeorigin.core.errors import RepositoryError
from codeorigin.git.moved_lines import NOTHING_MOVED, LinesOfChange, MovedLines
from codeorigin.git.objects import FILE_MODES, Objects
from codeorigin.git.process import Git, lacking, nul_terminated
from codeorigin.git.repository import MAX_CHANGES, Repository
from codeorigin.git.scratch_objects import ScratchObjects

_LINK_MODE = b"120000"
_HUNK = re.compile(rb"@@ -\d+(?:,(\d+))? \+(\d+)(?:,(\d+))? @@")
_INDEX = re.compile(rb"index ([0-9a-f]+)\.\.([0-9a-f]+)(?: \d+)?\n")
_PIECE = 1 << 16
_LISTED = ("-r", "--raw", "-z", "--no-renames", "--always")
_PATCHED = (
    "-r", "-M", "-l1000", "--raw", "-p", "-z", "-U0", "--inter-hunk-context=0", "--text", "--full-index", "--no-color",
    "--no-ext-diff", "--no-textconv", "--ignore-submodules=all", "--submodule=short", "--no-relative",
    "--encoding=UTF-8",
)  # fmt: skip
_PATHS_AT_ONCE = 500
"""Paths that are given to one command; a system allows only so many."""

LineRange = tuple[int, int]
"""First and last line, 1-based and inclusive. Only ``\\n`` ends a line, as in git."""
ALL_LINES: LineRange = (1, 2**31 - 1)
"""The lines of a file that cannot be compared with its old version."""


@dataclass(frozen=True, slots=True)
class ChangedFile:
    """A file with lines that a change added or rewrote.

    ``path`` is relative to the top of the repository, with ``/``; bytes that are not UTF-8 become surrogates, as in
    :func:`os.fsdecode`. ``blob`` is the object name of the new content. Of its ``lines``, the change only ``moved``
    some from elsewhere.
    """

    path: str
    blob: str
    lines: tuple[LineRange, ...]
    moved: MovedLines = NOTHING_MOVED


@dataclass(frozen=True, slots=True)
class Diff:
    """The files of one comparison, sorted by path. ``tells_moves`` is False if it is too large to tell what moved."""

    files: list[ChangedFile]
    tells_moves: bool = True


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
    blobs: dict[str, set[str]] = {}
    for found in _listed(git, commits):
        if isinstance(found, str):
            of_commit = blobs.setdefault(found, set())
        else:
            of_commit.update(found.blobs)
    if lost := [name for name in commits if name not in blobs]:
        # git silently skips a commit that it cannot read.
        raise RepositoryError(lacking(lost[0]))
    unfit = objects.unfit(set().union(*blobs.values()))
    for is_fit, some in groupby(commits, lambda name: unfit.isdisjoint(blobs[name])):
        if is_fit:
            yield from _patched(git, list(some), wanted)
        else:
            yield from ((name, _fit_part(git, name, unfit, wanted)) for name in some)


def _fit_part(git: Git, name: str, unfit: set[str], wanted: Callable[[str], bool]) -> Diff:
    """The changes of a commit of whose blobs some are ``unfit`` to be compared."""
    files: list[ChangedFile] = []
    fit: list[str] = []
    for change in _listed(git, [name]):
        if isinstance(change, str) or not change.is_of_file or not wanted(change.path):
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


@dataclass(frozen=True, slots=True)
class RawChange:
    """A changed path with its old and new mode and blob, as listed by git; all zeros for a missing side."""

    path: str
    old_mode: bytes
    mode: bytes
    before: bytes
    after: bytes

    @property
    def is_file(self) -> bool:
        """Whether it is a regular file with new content."""
        return self.before != self.after and self.mode in FILE_MODES

    @property
    def compared(self) -> tuple[bytes, bytes]:
        """The blobs that the patch of a file compares: one that was a link is new."""
        return (b"0" * len(self.before) if self.old_mode == _LINK_MODE else self.before), self.after

    @property
    def is_of_file(self) -> bool:
        """Whether a regular file was added or deleted, or its content changed."""
        return self.before != self.after and not FILE_MODES.isdisjoint({self.old_mode, self.mode})

    @property
    def blobs(self) -> list[str]:
        """The old and the new blob, without the side that is missing."""
        return [blob.decode("ascii") for blob in (self.before, self.after) if blob.strip(b"0")]


def _listed(git: Git, commits: Sequence[str]) -> Iterator[str | RawChange]:
    """Yield the name of each commit, and after it all that the commit changed."""
    with git.stream(
        "diff-tree", "--stdin", "--root", *_LISTED, stdin=_lines(commits), ponders=False
    ) as output:
        yield from _raw_changes(output)


def _raw_changes(output: BufferedReader) -> Iterator[str | RawChange]:
    """Yield what git lists before the empty record that precedes a patch, or before the end.

    Raises:
        RepositoryError: a commit has more than :data:`~codeorigin.git.repository.MAX_CHANGES`.
    """
    listed, number = nul_terminated(output), 0
    for head in listed:
        if not head:
            return
        if not head.startswith(b":"):
            number = 0
            yield head.decode("ascii")
            continue
        number += 1
        if number > MAX_CHANGES:
            # A few kilobytes can stand for millions of paths.
            raise RepositoryError(f"more than {MAX_CHANGES:,} files were changed at once, which is not read")
        old_mode, mode, before, after, status = head[1:].split(b" ")
        count = 2 if status[:1] in {b"R", b"C"} else 1
        paths = list(islice(listed, count))
        if len(paths) < count:
            return  # git ended early, of which the caller of its process tells the reason
        yield RawChange(os.fsdecode(paths[-1]), old_mode, mode, before, after)


def _patched(
    git: Git, commits: Sequence[str], wanted: Callable[[str], bool], paths: Sequence[str] = ()
) -> Iterator[tuple[str, Diff]]:
    """Yield the commits with their changed files, or only those at ``paths``, read from one process."""
    # Paths and contents are untrusted, so a random mark that they cannot contain separates the commits.
    mark = os.urandom(16).hex()
    start = mark.encode("ascii")
    waiting = iter(commits)
    arguments = ("--stdin", "--root", f"--format=tformat:{mark}%H", *_PATCHED)
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


def read_changes(
    output: BufferedReader, wanted: Callable[[str], bool], stop: bytes | None = None
) -> tuple[Diff, bytes]:
    """Read one comparison, in the format that :data:`_PATCHED` selects.

    Args:
        output: git's output, at the start of the comparison.
        wanted: whether to include the file with this path. What was moved is told by the lines of all files.
        stop: prefix of the first line that no longer belongs to the comparison.

    Returns:
        The comparison, and the line that begins with ``stop``, or an empty line at the end of the output.
    """
    changes = [found for found in _raw_changes(output) if isinstance(found, RawChange) and found.is_file]
    patches, lines = defaultdict[tuple[bytes, bytes], deque[_Patch]](deque), LinesOfChange()
    stopped = _read_patches(output, patches, lines, stop)
    moved = lines.moved()
    files = []
    for change in changes:
        found = patches[change.compared]
        # Two paths with the same change have a patch each, in the order of the paths.
        if found and (patch := found.popleft()).ranges and wanted(change.path):
            files.append(
                ChangedFile(
                    change.path, change.after.decode("ascii"), tuple(patch.ranges), moved[patch.number]
                )
            )
    files.sort(key=lambda file: file.path)
    return Diff(files, lines.is_complete), stopped


@dataclass(slots=True)
class _Patch:
    """The added lines of a file, whose ``number`` is that of :meth:`LinesOfChange.next_file`."""

    number: int
    ranges: list[LineRange] = field(default_factory=list)


def _read_patches(
    output: BufferedReader,
    patches: Mapping[tuple[bytes, bytes], deque[_Patch]],
    lines: LinesOfChange,
    stop: bytes | None,
) -> bytes:
    """Collect the ``lines`` of the comparison and the ``patches`` of its files, by old and new blob.

    Content lines begin with a sign, and as many follow as their heading says, so they are not mistaken for headers.
    """
    patch: _Patch | None = None
    at_start = True
    removed, number, end = 0, 0, 0
    while piece := output.readline(_PIECE):
        if not at_start:
            # The first piece of a very long line stands for it.
            pass
        elif piece.startswith(b"-") and removed:
            removed -= 1
            lines.remove(piece[1:])
        elif piece.startswith(b"+") and number < end:
            lines.add(number, piece[1:])
            number += 1
        elif stop is not None and piece.startswith(stop):
            return piece
        elif found := _INDEX.fullmatch(piece):
            patch = _Patch(lines.next_file())
            patches[found[1], found[2]].append(patch)
        elif patch is not None and (hunk := _HUNK.match(piece)):
            removed, number, count = int(hunk[1] or 1), int(hunk[2]), int(hunk[3] or 1)
            end = number + count
            if count:
                patch.ranges.append((number, end - 1))
        at_start = piece.endswith(b"\n")
    return b""


def _lines(commits: Sequence[str]) -> bytes:
    return "".join(f"{commit}\n" for commit in commits).encode("ascii")
