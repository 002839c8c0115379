"""Watching a git process: how long it takes, whether it makes progress, and whether its answer is still wanted."""

import io
import subprocess
import threading
import time
from contextlib import suppress
from pathlib import Path
from types import TracebackType
from typing import IO, Any, cast

from codeorigin.core.cancellation import CancelToken

try:
    import resource
except ImportError:  # Windows
    resource = None  # type: ignore[assignment]

PATIENCE = 10.0
"""Seconds after which a process without progress has stalled: it waits for a pipe, or for more than there is."""
MAX_MEMORY = 512 * 2**20
"""How many bytes git may allocate. What it maps of packs does not count; a walk through 300,000 commits takes
less than 40 MB."""


class Watch:
    """Kills a process that stalls, takes longer than ``seconds`` or was cancelled, during ``with`` blocks.

    The blocks get the process's stdout, and the caller ends with :meth:`end`. A process stalls while a block waits for
    its output and nothing comes; if it ``ponders``, it must not use the CPU either (which only Linux tells; elsewhere it
    then never stalls).
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

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
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
        progress = 0.0
        while not self._over.wait(min(self.patience, self.seconds) / 20):
            since, now = self._since, time.monotonic()
            if since is None:
                last = None
                continue
            seen = since, self._source.pieces, _cpu_time(self._process.pid) if self._ponders else 0
            if seen != last or not self._source.waiting or seen[2] is None:
                last, progress = seen, now
            self.late = now - since > self.seconds
            self.stalled = now - progress > self.patience
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


def _cpu_time(pid: int) -> int | None:
    """The CPU time that a process has used, in clock ticks; None if the system does not tell."""
    try:
        fields = Path(f"/proc/{pid}/stat").read_text("ascii", "replace").rpartition(")")[2].split()
        return int(fields[11]) + int(fields[12])
    except (OSError, ValueError, IndexError):
        return None


def limit_memory(pid: int) -> None:
    """Let a child process allocate at most :data:`MAX_MEMORY`, where the system can do that (Linux)."""
    if resource is not None and hasattr(resource, "prlimit"):
        with suppress(OSError, ValueError):
            resource.prlimit(pid, resource.RLIMIT_DATA, (MAX_MEMORY, MAX_MEMORY))
