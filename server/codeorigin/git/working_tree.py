"""The working tree and the index as trees. Files are read here, not by git, which would run their filters."""

import os
import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path

from codeorigin.core.errors import RepositoryError
from codeorigin.git.objects import Objects
from codeorigin.git.repository import Repository
from codeorigin.git.scratch_objects import ScratchObjects
from codeorigin.text.regular_files import read_regular_file

_MAX_INDEX = 512 * 2**20
MAX_OTHERS = 32 * 2**20
_FILES = frozenset({"100644", "100755"})
_ENTRY = re.compile(
    rb"(\d{6}) ([0-9a-f]{40,64}) (\d)\t([^\0]*)\0"
    rb"(?:  ctime: \d+:\d+\n  mtime: (\d+):(\d+)\n  dev: \d+\tino: \d+\n  uid: \d+\tgid: \d+\n"
    rb"  size: (\d+)\tflags: ([0-9a-f]+)\n)?"
)
_SKIP_WORKTREE = 1 << 30
"""The flag of an entry that a sparse checkout leaves out."""


@dataclass(frozen=True, slots=True)
class IndexEntry:
    """A path in the index. ``stage`` is 0, or 1 to 3 in a conflict; ``stamp`` is (mtime in ns, size) if known.

    ``is_sparse`` entries are left out of the working tree on purpose.
    """

    mode: str
    blob: str
    stage: int
    path: str
    stamp: tuple[int, int] | None
    is_sparse: bool


def index_entries(repository: Repository) -> Iterator[IndexEntry]:
    """Yield the entries of the index, in its order."""
    # --debug adds times and sizes. Its format may change; a file whose times are not understood is read.
    answer = repository.git.run("ls-files", "-s", "-z", "--debug", max_output=_MAX_INDEX)
    place = 0
    while place < len(answer):
        found = _ENTRY.match(answer, place)
        if found is None:
            raise RepositoryError(f"{repository.root}: git ls-files answers in an unknown form")
        place = found.end()
        mode, blob, stage, path, seconds, nanoseconds, size, flags = found.groups()
        stamp = None if seconds is None else (int(seconds) * 10**9 + int(nanoseconds), int(size))
        is_sparse = bool(int(flags or b"0", 16) & _SKIP_WORKTREE)
        yield IndexEntry(mode.decode(), blob.decode(), int(stage), os.fsdecode(path), stamp, is_sparse)


def index_tree(repository: Repository, scratch: ScratchObjects) -> str:
    """Write the index as a tree and return its name.

    Raises:
        RepositoryError: there are unresolved conflicts.
    """
    entries = list(index_entries(repository))
    if open_paths := sorted({entry.path for entry in entries if entry.stage}):
        more = f" and {len(open_paths) - 1} more" if len(open_paths) > 1 else ""
        raise RepositoryError(f"{open_paths[0]}{more}: in conflict; settle the merge and add the files first")
    return scratch.write_tree(
        [(entry.mode, entry.blob, entry.path) for entry in entries if is_safe_path(entry.path)]
    )


@dataclass(frozen=True, slots=True)
class WorkingTree:
    """The files on disk as a tree.

    ``as_on_disk`` maps the path of a file whose line endings were normalized for the tree to the blob of its content
    on disk.
    """

    tree: str
    as_on_disk: dict[str, str]


def working_tree(
    repository: Repository,
    scratch: ScratchObjects,
    objects: Objects,
    wanted: Callable[[str], bool],
    max_bytes: int,
) -> WorkingTree:
    """The tracked files and the untracked files that are not ignored, as a tree.

    Files whose path ``wanted`` accepts are read up to ``max_bytes + 1`` bytes. Other tracked files are read if they
    are smaller, for lines that were moved from them, and otherwise taken from the index, as are those of which
    :data:`MAX_OTHERS` bytes were read before them. Other untracked files are left out.
    """
    assert repository.root is not None
    index_time = _index_time(repository)
    settled: dict[str, IndexEntry] = {}
    for entry in index_entries(repository):
        # For a path in conflict, "ours" is the version before the merge.
        if is_safe_path(entry.path) and (entry.stage in {0, 2} or entry.path not in settled):
            settled[entry.path] = entry
    tree: list[tuple[str, str, str]] = []
    as_on_disk: dict[str, str] = {}
    others = MAX_OTHERS
    for entry in settled.values():
        blob = entry.blob
        if entry.mode in _FILES:
            is_wanted = wanted(entry.path)
            limits = (max_bytes, None if is_wanted else min(max_bytes, others))
            try:
                changed = _content_if_changed(repository.root, entry, index_time, scratch, *limits)
            except (FileNotFoundError, NotADirectoryError):
                # Deleted, unless a sparse checkout leaves it out.
                if not entry.is_sparse:
                    continue
                changed = None
            if changed is not None:
                others -= 0 if is_wanted else len(changed)
                blob = scratch.write(changed)
                if b"\r\n" in changed and b"\r\n" not in (objects.read(entry.blob, max_bytes) or b""):
                    # The committed file has none: git removes carriage returns on add, or there never were any.
                    as_on_disk[entry.path] = blob
                    blob = scratch.write(changed.replace(b"\r\n", b"\n"))
        tree.append((entry.mode, blob, entry.path))
    for path in _untracked(repository):
        if path not in settled and is_safe_path(path) and wanted(path):
            content = read_below(repository.root, path, max_bytes)
            if content is not None:
                tree.append(("100644", scratch.write(content), path))
    return WorkingTree(scratch.write_tree(tree), as_on_disk)


def is_safe_path(path: str) -> bool:
    """Whether a path listed by a repository can be inside its working tree."""
    parts = path.split("/")
    return bool(path) and not any(part in {"", ".", ".."} or part.lower() == ".git" for part in parts)


def read_below(root: Path, path: str, max_bytes: int) -> bytes | None:
    """The first ``max_bytes + 1`` bytes of a regular file below ``root``; None for anything else or behind a link."""
    full = Path(os.path.realpath(root)) / path
    try:
        if os.path.realpath(full.parent) != str(full.parent):
            return None
        return read_regular_file(full, max_bytes, follow_links=False)
    except (OSError, ValueError):
        return None


def _index_time(repository: Repository) -> int:
    try:
        return repository.path("index").stat().st_mtime_ns
    except OSError:
        return 0


def _content_if_changed(
    root: Path,
    entry: IndexEntry,
    index_time: int,
    scratch: ScratchObjects,
    max_bytes: int,
    largest: int | None,
) -> bytes | None:
    """The file's bytes if they differ from its entry; None if they do not, or the file cannot be read.

    At most ``max_bytes + 1`` bytes are read, and nothing of a file that is larger than ``largest``.

    Raises:
        FileNotFoundError, NotADirectoryError: there is no such file.
    """
    try:
        found = (root / entry.path).lstat()
    except (FileNotFoundError, NotADirectoryError):
        raise
    except (OSError, ValueError):
        return None
    # A file written at the same time as the index may have changed since without a trace ("racy" in git's terms).
    is_same = entry.stamp == (found.st_mtime_ns, found.st_size) and entry.stage == 0
    if (is_same and found.st_mtime_ns < index_time) or (largest is not None and found.st_size > largest):
        return None
    content = read_below(root, entry.path, max_bytes)
    return None if content is None or scratch.name(content) == entry.blob else content


def _untracked(repository: Repository) -> list[str]:
    answer = repository.git.run("ls-files", "--others", "--exclude-standard", "-z", max_output=_MAX_INDEX)
    return [os.fsdecode(path) for path in answer.split(b"\0") if path and not path.endswith(b"/")]
