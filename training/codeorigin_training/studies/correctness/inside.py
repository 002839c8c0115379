"""Runs inside fresh namespaces: builds a read-only root and starts the program without any privileges.

It stays running as the first process, which dies with its parent and takes all other processes with it.

It reads one JSON object from stdin: ``binds`` (paths to mount read-only), ``files`` (name -> text, placed in
``/job``), ``command``, ``environment``, ``limits`` (name of an rlimit -> number), and ``owner`` (the user to become,
or null). It needs only the standard library, and is started with ``python -I -S``.
"""

import ctypes
import json
import os
import resource
import sys
from pathlib import Path
from typing import Any

_MS_RDONLY, _MS_NOSUID, _MS_NODEV, _MS_REMOUNT, _MS_BIND = 1, 2, 4, 32, 1 << 12
_MS_REC, _MS_PRIVATE = 1 << 14, 1 << 18
_PR_SET_SECUREBITS, _PR_CAPBSET_DROP, _PR_SET_NO_NEW_PRIVS = 28, 24, 38
_NOROOT_LOCKED = 0b11
_ROOT = Path("/tmp")
_LIBC = ctypes.CDLL(None, use_errno=True)


def _mount(source: str, target: str, kind: str | None, flags: int, data: str | None = None) -> None:
    encoded = [None if part is None else part.encode() for part in (source, target, kind)]
    if _LIBC.mount(*encoded, ctypes.c_ulong(flags), None if data is None else data.encode()):
        number = ctypes.get_errno()
        raise OSError(number, f"mount {target}: {os.strerror(number)}")


def _prctl(option: int, value: int) -> None:
    if _LIBC.prctl(option, ctypes.c_ulong(value), 0, 0, 0):
        number = ctypes.get_errno()
        raise OSError(number, f"prctl {option}: {os.strerror(number)}")


def _show(path: Path) -> None:
    """Add ``path`` to the new root: a link as a link, a folder or file as a read-only bind mount."""
    target = _ROOT / path.relative_to("/")
    target.parent.mkdir(parents=True, exist_ok=True)
    if path.is_symlink():
        target.symlink_to(path.readlink())
        return
    if path.is_dir():
        target.mkdir(exist_ok=True)
    else:
        target.touch()
    _mount(str(path), str(target), None, _MS_BIND)
    # A device must be openable to be of use; everything else is mounted nodev, and everything nosuid.
    flags = _MS_BIND | _MS_REMOUNT | _MS_RDONLY | _MS_NOSUID
    _mount("none", str(target), None, flags if path.is_char_device() else flags | _MS_NODEV)


def main() -> None:
    """Build the root, start the command and wait for it."""
    asked = json.load(sys.stdin)
    _mount("none", "/", None, _MS_REC | _MS_PRIVATE)
    _mount("tmpfs", str(_ROOT), "tmpfs", _MS_NOSUID, "size=4m,nr_inodes=256,mode=0755")
    for path in asked["binds"]:
        _show(Path(path))
    job = _ROOT / "job"
    job.mkdir()
    for name, text in asked["files"].items():
        (job / Path(name).name).write_text(text, encoding="utf-8", errors="surrogatepass")
    _mount("none", str(_ROOT), None, _MS_REMOUNT | _MS_RDONLY | _MS_NOSUID)
    os.chroot(_ROOT)
    os.chdir("/job")
    null = os.open("/dev/null", os.O_RDWR)
    os.dup2(null, 0)
    os.closerange(3, 1024)
    # The program must not be the first process: it could leave the group and outlive its parent.
    if child := os.fork():
        os._exit(_end_of(child))
    os.setsid()
    _become(asked)


def _end_of(child: int) -> int:
    """Wait for ``child``, reaping orphans in the meantime; returns 0 if it succeeded, else 1."""
    while True:
        ended, status = os.wait()
        if ended == child:
            return int(status != 0)


def _become(asked: dict[str, Any]) -> None:
    """Drop all privileges and exec the command."""
    # Otherwise root inside the namespace would regain all capabilities by executing a program.
    for capability in range(64):
        if _LIBC.prctl(_PR_CAPBSET_DROP, ctypes.c_ulong(capability), 0, 0, 0):
            break
    _prctl(_PR_SET_SECUREBITS, _NOROOT_LOCKED)
    if (owner := asked["owner"]) is not None:
        os.setgroups([])
        os.setresgid(owner, owner, owner)
        os.setresuid(owner, owner, owner)
    _prctl(_PR_SET_NO_NEW_PRIVS, 1)
    # Last, because root (if started without a user namespace) is exempt from the process limit; user nobody is not.
    for name, most in asked["limits"].items():
        resource.setrlimit(getattr(resource, name), (most, most))
    os.execve(asked["command"][0], asked["command"], asked["environment"])


if __name__ == "__main__":
    main()
