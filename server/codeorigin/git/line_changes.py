"""What is new in one tree compared with another: changed files and their added or rewritten lines."""

import os
import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import IO

from codeorigin.git.process import Git

_FILES = frozenset({b"100644", b"100755"})
_HUNK = re.compile(rb"@@ -\d+(?:,\d+)? \+(\d+)(?:,(\d+))? @@")
_INDEX = re.compile(rb"index ([0-9a-f]+)\.\.([0-9a-f]+)(?: \d+)?\n")
_PIECE = 1 << 16
DIFF_OPTIONS = (
    "-r", "-M", "-l1000", "--raw", "-p", "-z", "-U0", "--inter-hunk-context=0", "--text", "--full-index", "--no-color",
    "--no-ext-diff", "--no-textconv", "--ignore-submodules=all", "--submodule=short", "--no-relative",
)  # fmt: skip

LineRange = tuple[int, int]
"""First and last line, 1-based and inclusive. Only ``\\n`` ends a line, as in git."""


@dataclass(frozen=True, slots=True)
class ChangedFile:
    """A file with lines that a change added or rewrote.

    ``path`` is relative to the top of the repository, with ``/``; bytes that are not UTF-8 become surrogates, as in
    :func:`os.fsdecode`. ``blob`` is the object name of the new content.
    """

    path: str
    blob: str
    lines: tuple[LineRange, ...]


def changed_files(git: Git, old: str, new: str, wanted: Callable[[str], bool]) -> list[ChangedFile]:
    """The files in the tree ``new`` that ``wanted`` accepts by path and that have lines not in ``old``.

    A renamed file is compared with its old version. Links, submodules, and files where only lines were removed or
    only the mode changed are left out.

    Raises:
        RepositoryError: git fails.
    """
    with git.stream("diff-tree", *DIFF_OPTIONS, old, new, "--") as output:
        return read_changes(output, wanted)[0]


def read_changes(
    output: IO[bytes], wanted: Callable[[str], bool], stop: bytes | None = None
) -> tuple[list[ChangedFile], bytes]:
    """Read the files of one comparison, in the format that :data:`DIFF_OPTIONS` selects.

    Args:
        output: git's output, at the start of the comparison.
        wanted: whether to include the file with this path.
        stop: prefix of the first line that no longer belongs to the comparison.

    Returns:
        The files, and the line that begins with ``stop``, or an empty line at the end of the output.
    """
    pairs = [
        (each.path, each.before, each.after)
        for each in raw_changes(output)
        if each.mode in _FILES and each.before != each.after and wanted(each.path)
    ]
    lines: dict[tuple[bytes, bytes], list[LineRange]] = {(before, after): [] for _, before, after in pairs}
    stopped = _read_patch(output, lines, stop)
    files = [
        ChangedFile(path, after.decode("ascii"), tuple(lines[before, after]))
        for path, before, after in sorted(pairs)
        if lines[before, after]
    ]
    return files, stopped


@dataclass(frozen=True, slots=True)
class RawChange:
    """A changed path with its old and new mode and blob, as listed by git; all zeros for a missing side."""

    path: str
    old_mode: bytes
    mode: bytes
    before: bytes
    after: bytes

    @property
    def is_of_file(self) -> bool:
        """Whether a regular file was added or deleted, or its content changed."""
        return self.before != self.after and not _FILES.isdisjoint({self.old_mode, self.mode})


def raw_changes(output: IO[bytes]) -> Iterator[RawChange]:
    """Yield the changes listed before the empty record that precedes the patch, or before the end."""
    records = _records(output)
    for head in records:
        if not head:
            return
        old_mode, mode, before, after, status = head.removeprefix(b":").split(b" ")
        path = next(records, None)
        if status[:1] in {b"R", b"C"}:
            path = next(records, None)
        if path is None:
            # git ended early; the caller that started it reports why.
            return
        yield RawChange(os.fsdecode(path), old_mode, mode, before, after)


def _records(output: IO[bytes]) -> Iterator[bytes]:
    """Yield NUL-terminated records, reading byte by byte so that nothing after the last one is consumed."""
    record = bytearray()
    while byte := output.read(1):
        if byte == b"\0":
            yield bytes(record)
            record.clear()
        else:
            record += byte


def _read_patch(
    output: IO[bytes], lines: dict[tuple[bytes, bytes], list[LineRange]], stop: bytes | None
) -> bytes:
    """Collect the line ranges of the new side.

    Content lines begin with a sign, so they cannot be mistaken for headers.
    """
    into: list[LineRange] | None = None
    at_start = True
    while piece := output.readline(_PIECE):
        if at_start and stop is not None and piece.startswith(stop):
            return piece
        if at_start and piece.startswith(b"index ") and (found := _INDEX.fullmatch(piece)):
            into = lines.get((found[1], found[2]))
            if into:
                # The same content change was already read for another path.
                into = None
        elif at_start and into is not None and (hunk := _HUNK.match(piece)):
            first, count = int(hunk[1]), int(hunk[2] or 1)
            if count:
                into.append((first, first + count - 1))
        at_start = piece.endswith(b"\n")
    return b""
