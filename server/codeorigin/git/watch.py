"""Watching a git process: how long it takes, whether it makes progress, and whether its answer is still wanted."""

import io
import subprocess
import threading
import time
from contextlib import suppress
from typing import IO, Any, cast

from codeorigin.core.cancellation import CancelToken
from codeorigin.core.process_state import process_state

try:
    import resource
except ImportError:  # Windows
    resource = None  # type: ignore[assignment]

PATIENCE = 10.0
"""Seconds after which a process without progress has stalled: it waits for a pipe, or for more than there is."""
_UNTOLD = 6
"""How many times as long to wait where the system does not tell what a process does: the machine may be busy."""
MAX_MEMORY = 512 * 2**20
"""How many bytes git may allocate. What it maps of packs does not count; a walk through 300,000 commits takes
less than 40 MB."""


class Watch:
    """Kills a process that stalls, takes longer than ``seconds`` or was cancelled, during ``with`` blocks.

    The blocks get the process's stdout, and the caller ends with :meth:`end`. A process has stalled if a block waits for
    its output and it does nothing for :data:`PATIENCE`; unless it ``ponders``, also if it takes so much processor time
    before the next piece. One that waits for its turn or the disk has not stalled. Only Linux tells these apart;
    elsewhere, one that ponders never stalls.
    """

    def __init__(
        self, process: subprocess.Popen[bytes], cancel: CancelToken, *, seconds: float, ponders: bool
    ) -> None:
        self._process, self._cancel, self._ponders = process, cancel, ponders
        self.seconds, self.patience = seconds, PATIENCE
        self.late = self.stalled = False
        assert process.stdout is not None
        self._source = _Source(process.stdout)
        self._output: io.BufferedReader = io.BufferedReader(cast("io.RawIOBase", self._source))
        self._since: float | None = None
        self._over = threading.Event()
        threading.Thread(target=self._look, daemon=True).start()

    def __enter__(self) -> io.BufferedReader:
        self._since = time.monotonic()
        self._ending = self._cancel.ending(self._process.kill)
        self._ending.__enter__()
        return self._output

    def __exit__(self, *_: object) -> None:
        self._since = None
        self._ending.__exit__(None, None, None)

    def end(self) -> None:
        """Close the process's pipes, and kill it if it is still running."""
        self._over.set()
        for pipe in (self._process.stdin, self._process.stdout):
            if pipe is not None:
                with suppress(OSError):
                    pipe.close()
        if self._process.poll() is None:
            self._process.kill()
            self._process.wait()

    def _look(self) -> None:
        last: object = None
        progress, used_before, used_for_piece = 0.0, 0.0, 0.0
        while not self._over.wait(min(self.patience, self.seconds) / 20):
            since, now = self._since, time.monotonic()
            if since is None:
                last = None
                continue
            state, used = process_state(self._process.pid)
            if (since, self._source.pieces) != last or not self._source.waiting:
                last, progress, used_for_piece = (since, self._source.pieces), now, used or 0.0
            elif self._ponders if used is None else used > used_before or state in "RD":
                progress = now
            used_before = used or 0.0
            idle = (now - progress) / (_UNTOLD if used is None else 1)
            self.late = now - since > self.seconds
            self.stalled = max(idle, 0.0 if self._ponders else used_before - used_for_piece) > self.patience
            if self.late or self.stalled:
                self._process.kill()
                return


class _Source(io.RawIOBase):
    """A process's stdout that tells how many pieces were read and whether the reader is waiting for one."""

    def __init__(self, stdout: IO[bytes]) -> None:
        self._stdout = cast("io.FileIO", stdout)
        self.pieces, self.waiting = 0, False

    def readable(self) -> bool:
        return True

    def readinto(self, buffer: Any) -> int | None:
        self.waiting = True
        try:
            return self._stdout.readinto(buffer)
        finally:
            self.pieces += 1
            self.waiting = False


def limit_memory(pid: int) -> None:
    """Let a child process allocate at most :data:`MAX_MEMORY`, where the system can do that (Linux)."""
    if resource is not None and hasattr(resource, "prlimit"):
        with suppress(OSError, ValueError):
            resource.prlimit(pid, resource.RLIMIT_DATA, (MAX_MEMORY, MAX_MEMORY))
