"""Detect the end of the client's process, so that the server does not outlive its editor."""

import logging
import os
import sys
import threading
import time
from collections.abc import Callable

logger = logging.getLogger(__name__)

POLL_SECONDS = 1.0


def is_alive(pid: int) -> bool:
    """Whether a process with this id is running."""
    if pid <= 0:
        return False
    if sys.platform == "win32":
        return _is_alive_on_windows(pid)
    try:
        os.kill(pid, 0)
    except (ProcessLookupError, OverflowError):
        return False
    except PermissionError:
        return True
    return True


def watch(pid: int, gone: Callable[[], object]) -> threading.Thread | None:
    """Call ``gone`` from a daemon thread once process ``pid`` has ended.

    Returns None, and watches nothing, if there is no such process to begin with. The id then comes from another
    machine or container, and its absence means nothing.
    """
    if not is_alive(pid):
        logger.info("the client's process is not visible from here and is not watched")
        return None

    def run() -> None:
        while is_alive(pid):
            time.sleep(POLL_SECONDS)
        gone()

    thread = threading.Thread(target=run, name="codeorigin-parent-watch", daemon=True)
    thread.start()
    return thread


def _is_alive_on_windows(pid: int) -> bool:
    """Asks the kernel, because os.kill(pid, 0) would send Ctrl-C on Windows."""
    import ctypes  # noqa: PLC0415 - its windll exists only on Windows

    kernel = getattr(ctypes, "windll").kernel32  # noqa: B009 - absent from the stubs elsewhere
    synchronize, timed_out = 0x00100000, 0x00000102
    handle = kernel.OpenProcess(synchronize, False, pid)
    if not handle:
        return False
    try:
        return bool(kernel.WaitForSingleObject(handle, 0) == timed_out)
    finally:
        kernel.CloseHandle(handle)
