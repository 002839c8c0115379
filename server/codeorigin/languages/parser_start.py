"""Starts the processes that parse: forked from one that is ready to parse where the system can, else one by one.

To start Python and import the grammars takes a fifth of a second of processor time, to fork a process that has done so a
few milliseconds. A hard text can only be stopped together with its process, and a folder may have hundreds of them.
"""

import pickle
import socket
import subprocess
import sys
import threading
from collections.abc import Callable
from contextlib import suppress
from dataclasses import dataclass
from typing import IO, Any

CAN_FORK = sys.platform != "win32"
FORK = "fork"
"""The argument of the process that others are forked from."""
GONE = (OSError, EOFError, pickle.UnpicklingError)
"""What it looks like that a process has ended."""
_STALLED = 60.0
"""Seconds without an answer after which the process that others are forked from is given up."""

Loaded = set[tuple[Callable[[str, str], Any], str]]
"""Functions that parse, and the languages whose grammars they have loaded."""


@dataclass(frozen=True, slots=True)
class Started:
    """A process that parses, and the streams of its ``requests`` and ``answers``. To kill it twice does no harm."""

    pid: int
    requests: IO[bytes]
    answers: IO[bytes]
    kill: Callable[[], None]


def _command(*arguments: str) -> list[str]:
    isolation = "-I" if sys.flags.isolated else "-P"
    return [sys.executable, isolation, "-m", "codeorigin.languages.parser_process", *arguments]


def spawned() -> Started:
    """A new process; raises OSError if none can be started."""
    process = subprocess.Popen(
        _command(),
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        stderr=subprocess.DEVNULL,
        start_new_session=True,  # Ctrl-C is for this process
    )
    assert process.stdin is not None
    assert process.stdout is not None

    def kill() -> None:
        process.kill()
        process.wait()

    return Started(process.pid, process.stdin, process.stdout, kill)


class ForkServer:
    """A process that forks others on request, and ends with this one."""

    def __init__(self) -> None:
        """Begin to start it; raises OSError if that is not possible."""
        self._control, theirs = socket.socketpair()
        self._control.settimeout(_STALLED)
        self._answers = self._control.makefile("rb")
        self._one_at_a_time = threading.Lock()
        with theirs:
            self._process = subprocess.Popen(
                _command(FORK),
                stdin=theirs.fileno(),
                stdout=subprocess.DEVNULL,
                stderr=subprocess.DEVNULL,
                start_new_session=True,
            )

    def fork(self, loaded: Loaded) -> Started:
        """A new process, that has ``loaded`` these; raises OSError or EOFError if this process has ended."""
        ours, theirs = socket.socketpair()
        with ours:
            with theirs:
                pid = self._ask(None, loaded, theirs)
            return Started(pid, ours.makefile("wb"), ours.makefile("rb"), lambda: self._kill(pid))

    def _kill(self, pid: int) -> None:
        with suppress(*GONE):
            self._ask(pid, set())

    def _ask(self, killed: int | None, loaded: Loaded, theirs: socket.socket | None = None) -> int:
        """Kill a process, or fork one with the socket ``theirs``; its id."""
        with self._one_at_a_time:
            # Nothing follows a request before its answer, so that nobody reads the next one's socket with this one.
            if theirs is None:
                self._control.sendall(b" ")
            else:
                socket.send_fds(self._control, [b" "], [theirs.fileno()])
            self._control.sendall(pickle.dumps((killed, loaded)))
            pid: int = pickle.load(self._answers)
            return pid

    def close(self) -> None:
        """End it, and all that were forked from it."""
        with suppress(OSError):
            self._control.shutdown(socket.SHUT_RDWR)
        self._answers.close()
        self._control.close()
        self._process.kill()
        self._process.wait()
