"""Test the barriers of the sandbox from inside; prints ``isolated`` if all of them hold, else the first that fails."""

import os
import socket
import sys
from pathlib import Path


def _stands(wall: str, attempt: object) -> None:
    try:
        attempt()  # type: ignore[operator]
    except (OSError, ValueError):
        return
    sys.stdout.write(f"{wall} is open")
    raise SystemExit(1)


def _write(folder: str) -> None:
    Path(folder, "trial").write_text("x", encoding="utf-8")


def main() -> None:
    """Test each barrier."""
    for folder in ("/job", "/", "/usr", "/tmp", "/dev"):
        _stands(f"writing to {folder}", lambda folder=folder: _write(folder))
    _stands("removing files", lambda: Path("/job/trial.py").unlink())
    _stands("the network", lambda: socket.create_connection(("192.0.2.1", 9), timeout=0.2))
    _stands("changing the root", lambda: os.chroot("/job"))
    if os.getppid() > 1 or Path("/proc/1").exists() or Path("/home").exists():
        sys.stdout.write("other processes or files are seen")
        raise SystemExit(1)
    sys.stdout.write("isolated")


if __name__ == "__main__":
    main()
