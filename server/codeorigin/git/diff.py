"""What is new in one tree compared with another: changed files and their added or rewritten lines."""

import os
import re
from collections import defaultdict, deque
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from io import BufferedReader

from codeorigin.core.errors import RepositoryError
from codeorigin.git.moved_lines import NOTHING_MOVED, LinesOfChange, MovedLines

FILE_MODES = frozenset({b"100644", b"100755"})
"""Of regular files, without links and submodules."""
_LINK_MODE = b"120000"
_HUNK = re.compile(rb"@@ -\d+(?:,(\d+))? \+(\d+)(?:,(\d+))? @@")
_INDEX = re.compile(rb"index ([0-9a-f]+)\.\.([0-9a-f]+)(?: \d+)?\n")
_PIECE = 1 << 16
DIFF_OPTIONS = (
    "-r", "-M", "-l1000", "--raw", "-p", "-z", "-U0", "--inter-hunk-context=0", "--text", "--full-index", "--no-color",
    "--no-ext-diff", "--no-textconv", "--ignore-submodules=all", "--submodule=short", "--no-relative",
)  # fmt: skip

MAX_CHANGES = 500_000
"""A comparison of trees with more changed paths is not read: a few kilobytes can stand for millions of them."""
TOO_MANY = f"more than {MAX_CHANGES:,} files were changed at once, which is not read"

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


def read_changes(
    output: BufferedReader, wanted: Callable[[str], bool], stop: bytes | None = None
) -> tuple[Diff, bytes]:
    """Read one comparison, in the format that :data:`DIFF_OPTIONS` selects.

    Args:
        output: git's output, at the start of the comparison.
        wanted: whether to include the file with this path. What was moved is told by the lines of all files.
        stop: prefix of the first line that no longer belongs to the comparison.

    Returns:
        The comparison, and the line that begins with ``stop``, or an empty line at the end of the output.
    """
    changes = [change for change in raw_changes(output) if change.is_file]
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


def raw_changes(output: BufferedReader) -> Iterator[RawChange]:
    """Yield the changes listed before the empty record that precedes the patch, or before the end.

    Raises:
        RepositoryError: there are more than :data:`MAX_CHANGES`.
    """
    listed = nul_terminated(output)
    for number, head in enumerate(listed):
        if not head:
            return
        if number == MAX_CHANGES:
            raise RepositoryError(TOO_MANY)
        change = raw_change(head, listed)
        if change is None:
            return
        yield change


def raw_change(head: bytes, following: Iterator[bytes]) -> RawChange | None:
    """The change whose first record is ``head``; None if git ended early, of which its caller reports the reason."""
    old_mode, mode, before, after, status = head.removeprefix(b":").split(b" ")
    path = next(following, None)
    if status[:1] in {b"R", b"C"}:
        path = next(following, None)
    return None if path is None else RawChange(os.fsdecode(path), old_mode, mode, before, after)


def nul_terminated(output: BufferedReader) -> Iterator[bytes]:
    """Yield NUL-terminated records without consuming anything after the last one that is taken."""
    record = bytearray()
    while piece := output.peek():
        end = piece.find(b"\0")
        record += output.read(end + 1 if end >= 0 else len(piece))
        if end >= 0:
            yield bytes(record[:-1])
            record.clear()


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
