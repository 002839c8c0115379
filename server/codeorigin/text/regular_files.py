"""Reading and writing files in untrusted folders, without mistaking links, pipes or devices for files.

A cloned repository may contain symbolic links to anywhere, and a folder may contain pipes, where opening blocks until
somebody writes. Files are therefore checked after they are opened, by descriptor, so that they cannot be replaced in
between.
"""

import errno
import os
import stat
from collections.abc import Iterator, Sequence
from contextlib import contextmanager, suppress
from io import TextIOWrapper
from pathlib import Path
from typing import BinaryIO, TextIO

from codeorigin.core.termination import undone_at_termination

_NO_FOLLOW = getattr(os, "O_NOFOLLOW", 0)
_NO_BLOCK = getattr(os, "O_NONBLOCK", 0)
_CLOSE = getattr(os, "O_CLOEXEC", 0) | getattr(os, "O_NOINHERIT", 0) | getattr(os, "O_NOCTTY", 0)
_BINARY = getattr(os, "O_BINARY", 0)
_PIECE = 1 << 20

NOT_A_FILE = "not a regular file"
IS_A_LINK = "a symbolic link, which is not followed"


def read_regular_file(path: Path, max_bytes: int, *, follow_links: bool = True) -> bytes:
    """The first ``max_bytes + 1`` bytes of a file; a result longer than ``max_bytes`` means the file is larger.

    Never blocks. Raises OSError, including for anything that is not a regular file.
    """
    links = 0 if follow_links else _NO_FOLLOW
    # Checked before it is opened too, because opening a device can have side effects.
    _demand_file(path.stat(follow_symlinks=follow_links), path)
    try:
        descriptor = os.open(path, os.O_RDONLY | _NO_BLOCK | links | _CLOSE | _BINARY)
    except OSError as error:
        raise _explained(error, path) from error
    try:
        _demand_file(os.fstat(descriptor), path)
        pieces = []
        left = max_bytes + 1
        while left > 0 and (piece := os.read(descriptor, min(left, _PIECE))):
            pieces.append(piece)
            left -= len(piece)
        return b"".join(pieces)
    finally:
        os.close(descriptor)


@contextmanager
def replacing_file(path: Path, *, root: Path | None = None) -> Iterator[TextIO]:
    """Like :func:`replacing_binary_file`, but for text, which is written as UTF-8. Raises OSError."""
    with replacing_binary_file(path, root=root) as file:
        stream = TextIOWrapper(file, encoding="utf-8", errors="backslashreplace", newline="\n")
        yield stream
        stream.flush()
        stream.detach()


@contextmanager
def replacing_binary_file(path: Path, *, root: Path | None = None) -> Iterator[BinaryIO]:
    """A stream whose content atomically replaces ``path`` when the block ends without an error.

    After an error, the old content remains. The bytes are first written to a new file in the same folder, with an
    unpredictable name, which is also removed if a signal ends the process. Symbolic links at ``path`` and between
    ``root``, a folder that contains ``path``, and ``path`` are refused. An existing file keeps its permissions. Raises
    OSError.
    """
    if root is not None:
        _refuse_links(root, path.parent.relative_to(root).parts)
    mode = _mode_of(path)
    temporary = path.with_name(f".codeorigin-{os.urandom(16).hex()}.tmp")
    with undone_at_termination(temporary.unlink):
        descriptor = os.open(
            temporary, os.O_WRONLY | os.O_CREAT | os.O_EXCL | _NO_FOLLOW | _CLOSE | _BINARY, 0o666
        )
        try:
            with os.fdopen(descriptor, "wb") as stream:
                if mode is not None and hasattr(os, "fchmod"):
                    os.fchmod(descriptor, mode)
                yield stream
                stream.flush()
                os.fsync(descriptor)
            # Replacing acts on the name itself, so a link created there in the meantime is not followed.
            temporary.replace(path)
        except BaseException:
            with suppress(OSError):
                temporary.unlink()
            raise


def make_folder(path: Path, *, root: Path) -> None:
    """Create the folders from ``root`` to ``path`` that are missing. Raises OSError, also for a link below ``root``."""
    root.mkdir(parents=True, exist_ok=True)
    _refuse_links(root, path.relative_to(root).parts, make=True)


def trusted_root(path: Path) -> Path | None:
    """The folder below which no link is followed on the way to ``path``, which the user named.

    It is the current folder, which may be a cloned repository, if ``path`` is inside it; otherwise None.
    """
    root = Path.cwd()
    return root if root in (root / path).parents and ".." not in path.parts else None


def open_for_append(path: Path) -> TextIO:
    """Open ``path`` for appending text; a new file is readable only by its owner. Links are refused.

    Devices and pipes are accepted, because the user named them. Raises OSError.
    """
    flags = os.O_WRONLY | os.O_CREAT | os.O_APPEND | _CLOSE | _BINARY
    links = 0 if is_device_name(path) else _NO_FOLLOW
    try:
        descriptor = os.open(path, flags | links, 0o600)
    except OSError as error:
        raise _explained(error, path) from error
    return os.fdopen(descriptor, "a", encoding="utf-8", errors="backslashreplace", newline="\n")


def is_device_name(path: Path) -> bool:
    """Whether ``path`` is below ``/dev``, like ``/dev/stdout``, ``/dev/null`` or ``/dev/fd/63``."""
    return os.name == "posix" and path.is_absolute() and path.parts[1] == "dev" and ".." not in path.parts


def _refuse_links(root: Path, parts: Sequence[str], *, make: bool = False) -> None:
    """Check the folders ``parts`` below ``root``, and create those that are missing if they are to be made."""
    if ".." in parts:
        raise OSError(errno.EINVAL, "outside of its folder", str(root))
    folder = root
    for part in parts:
        folder /= part
        if folder.is_symlink():
            raise OSError(errno.ELOOP, IS_A_LINK, str(folder))
        if make:
            folder.mkdir(exist_ok=True)


def _mode_of(path: Path) -> int | None:
    """The permissions of the file to be replaced; None if it does not exist."""
    try:
        found = path.stat(follow_symlinks=False)
    except FileNotFoundError:
        return None
    _demand_file(found, path)
    return stat.S_IMODE(found.st_mode) & 0o777


def _demand_file(found: os.stat_result, path: Path) -> None:
    if stat.S_ISLNK(found.st_mode):
        raise OSError(errno.ELOOP, IS_A_LINK, str(path))
    if stat.S_ISDIR(found.st_mode):
        raise IsADirectoryError(errno.EISDIR, "a folder", str(path))
    if not stat.S_ISREG(found.st_mode):
        raise OSError(errno.EINVAL, NOT_A_FILE, str(path))


def _explained(error: OSError, path: Path) -> OSError:
    """Unify the errors for a refused link, which systems report as "not a directory", "too many levels" and so on."""
    is_refused_link = error.errno in {errno.ELOOP, errno.ENOTDIR, errno.EMLINK} and path.is_symlink()
    return OSError(errno.ELOOP, IS_A_LINK, str(path)) if is_refused_link else error
