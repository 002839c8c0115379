"""What is new in a tree compared with another: its files, and the lines that were added or rewritten."""

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
"""First and last line, from 1, both inclusive. Lines end at ``\\n`` alone, as git counts them."""


@dataclass(frozen=True, slots=True)
class ChangedFile:
    """A file with lines that a change added or rewrote.

    ``path`` is relative to the top of the repository, with ``/``; bytes that are not UTF-8 are surrogates, as in
    :func:`os.fsdecode`. ``blob`` names the new content.
    """

    path: str
    blob: str
    lines: tuple[LineRange, ...]


def changed_files(git: Git, old: str, new: str, wanted: Callable[[str], bool]) -> list[ChangedFile]:
    """The files of the tree ``new`` for whose path ``wanted`` holds and that have lines which ``old`` has not.

    A renamed file is compared with what it was. Links, submodules, and files of which lines were only taken away or
    that only changed their mode are left out.

    Raises:
        RepositoryError: git says no.
    """
    with git.stream("diff-tree", *DIFF_OPTIONS, old, new, "--") as output:
        return read_changes(output, wanted)[0]


def read_changes(
    output: IO[bytes], wanted: Callable[[str], bool], stop: bytes | None = None
) -> tuple[list[ChangedFile], bytes]:
    """The files of one comparison, as :data:`DIFF_OPTIONS` let git write it.

    Args:
        output: to read from, at its start.
        wanted: tells by its path whether a file matters.
        stop: how a line begins that belongs to the comparison no longer.

    Returns:
        The files, and the line that begins with ``stop``; empty at the end of the output.
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
    """A changed path with its old and new mode and blob, as git lists them; of what is not there they are zeros."""

    path: str
    old_mode: bytes
    mode: bytes
    before: bytes
    after: bytes

    @property
    def is_of_file(self) -> bool:
        """Whether the content of a regular file came, went or changed."""
        return self.before != self.after and not _FILES.isdisjoint({self.old_mode, self.mode})


def raw_changes(output: IO[bytes]) -> Iterator[RawChange]:
    """What is listed up to the empty record before the patch, or to the end."""
    records = _records(output)
    for head in records:
        if not head:
            return
        old_mode, mode, before, after, status = head.removeprefix(b":").split(b" ")
        path = next(records, None)
        if status[:1] in {b"R", b"C"}:
            path = next(records, None)
        if path is None:
            # git ended; whoever started it tells why.
            return
        yield RawChange(os.fsdecode(path), old_mode, mode, before, after)


def _records(output: IO[bytes]) -> Iterator[bytes]:
    """Records that end with a NUL, read byte by byte, so that nothing behind the last one is consumed."""
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
    """Collect the ranges of the new side. Lines of content begin with a sign, so none is mistaken for a header."""
    into: list[LineRange] | None = None
    at_start = True
    while piece := output.readline(_PIECE):
        if at_start and stop is not None and piece.startswith(stop):
            return piece
        if at_start and piece.startswith(b"index ") and (found := _INDEX.fullmatch(piece)):
            into = lines.get((found[1], found[2]))
            if into:
                # The same change of content at another path.
                into = None
        elif at_start and into is not None and (hunk := _HUNK.match(piece)):
            first, count = int(hunk[1]), int(hunk[2] or 1)
            if count:
                into.append((first, first + count - 1))
        at_start = piece.endswith(b"\n")
    return b""
