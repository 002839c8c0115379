"""Run untrusted programs in separate namespaces, without network, on a read-only root, with tight limits.

This needs Linux (mount, PID and network namespaces, and a user namespace if the caller is not root) and ``unshare``
from util-linux. If a trial of the sandbox fails, nothing is run.
"""

import contextlib
import json
import os
import shutil
import signal
import subprocess
import sys
import threading
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from enum import StrEnum
from functools import cache
from importlib import resources
from pathlib import Path

from codeorigin.core.errors import CodeOriginError

_NOBODY = 65534
_OUTPUT = 1 << 20
_SYSTEM = ("/usr", "/bin", "/lib", "/lib64", "/dev/null")
_SMALL = {"RLIMIT_CORE": 0, "RLIMIT_FSIZE": 0, "RLIMIT_NOFILE": 64, "RLIMIT_STACK": 16 << 20}
_TRIAL_CLOCK = 120.0
"""In seconds; on a busy machine, or at low priority, the trial spends most of them waiting."""
_UNSHARE = ("--mount", "--net", "--ipc", "--uts", "--pid", "--fork", "--kill-child")


class SandboxError(CodeOriginError):
    """This system cannot isolate a program."""


class Outcome(StrEnum):
    """How a program ended."""

    DONE = "done"
    FAILED = "failed"
    TIME = "out of time"


@dataclass(frozen=True, slots=True)
class SandboxLimits:
    """Limits of a program: ``seconds`` of CPU time, ``megabytes`` per process, ``processes`` (including threads).

    ``clock`` is the limit of wall-clock seconds (None: ``seconds``; a busy machine needs more). ``mapped`` is the limit
    on a process's address space in megabytes, including shared memory and libraries (None: four times ``megabytes``;
    a program that reserves more than it uses needs more).
    """

    seconds: float = 5.0
    megabytes: int = 256
    processes: int = 4
    mapped: int | None = None
    clock: float | None = None


@dataclass(frozen=True, slots=True)
class Ran:
    """How a program ended, and the first megabyte of its output."""

    outcome: Outcome
    output: str


def run_isolated(command: Sequence[str], files: Mapping[str, str], limits: SandboxLimits) -> Ran:
    """Run ``command`` in ``/job``, which contains ``files`` (name -> text); nothing that it does outlives it.

    It sees the system's programs and libraries (read-only), but no other files, no network and no processes except its
    own; its environment has only ``PATH`` and ``LC_ALL``.

    Raises:
        SandboxError: this system cannot isolate a program.
    """
    check_isolation()
    return _run(command, files, limits)


@cache
def check_isolation() -> None:
    """Test every barrier of the sandbox from inside, once per process.

    Raises:
        SandboxError: there are no namespaces on this system, or a barrier does not hold; the message says which.
    """
    if not sys.platform.startswith("linux") or shutil.which("unshare") is None:
        raise SandboxError("programs are not run: isolating them takes Linux with util-linux' unshare")
    trial = resources.files(__package__).joinpath("trial.py").read_text(encoding="utf-8")
    found = _run(
        python_command("trial.py"), {"trial.py": trial}, SandboxLimits(seconds=10.0, clock=_TRIAL_CLOCK)
    )
    if found.outcome is Outcome.TIME:
        raise SandboxError(
            f"programs are not run: trying to isolate one took over {_TRIAL_CLOCK:.0f} seconds; try again when the "
            "machine is less busy"
        )
    if found.outcome is not Outcome.DONE or found.output != "isolated":
        reason = found.output.strip().splitlines()[-1] if found.output.strip() else found.outcome.value
        raise SandboxError(f"programs are not run: this system cannot isolate them ({reason})")


def python_command(file: str) -> list[str]:
    """The command that runs a Python file in ``/job`` with only the standard library."""
    return [os.path.realpath(sys.executable), "-I", "-S", file]


def _run(command: Sequence[str], files: Mapping[str, str], limits: SandboxLimits) -> Ran:
    base = Path(sys.base_prefix)
    binds = [path for path in _SYSTEM if os.path.lexists(path)]
    if not base.is_relative_to("/usr"):
        binds.append(str(base))
    # Root needs no user namespace to create the others, but is exempt from limits, so it becomes user nobody.
    is_root = os.geteuid() == 0
    users = () if is_root else ("--user", "--map-root-user")
    asked = {
        "owner": _NOBODY if is_root else None,
        "binds": binds,
        "files": dict(files),
        "command": list(command),
        "environment": {"PATH": "/usr/bin:/bin", "LC_ALL": "C.UTF-8"},
        "limits": {
            **_SMALL,
            "RLIMIT_CPU": int(limits.seconds) + 1,
            "RLIMIT_DATA": limits.megabytes << 20,
            # RLIMIT_DATA does not cover shared memory.
            "RLIMIT_AS": (limits.mapped or 4 * limits.megabytes) << 20,
            "RLIMIT_NPROC": limits.processes,
        },
    }
    inside = resources.files(__package__).joinpath("inside.py").read_text(encoding="utf-8")
    process = subprocess.Popen(
        ["unshare", *users, *_UNSHARE, "--", os.path.realpath(sys.executable), "-I", "-S", "-c", inside],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        cwd="/",
        env={"PATH": os.environ.get("PATH", "/usr/bin:/bin")},
        start_new_session=True,
    )
    return _watched(
        process, json.dumps(asked).encode("utf-8", "surrogatepass"), limits.clock or limits.seconds
    )


def _watched(process: "subprocess.Popen[bytes]", asked: bytes, seconds: float) -> Ran:
    chunks: list[bytes] = []

    def read() -> None:
        assert process.stdout is not None
        size = 0
        while chunk := process.stdout.read1(1 << 16):  # type: ignore[attr-defined]
            if size < _OUTPUT:
                chunks.append(chunk)
                size += len(chunk)

    reader = threading.Thread(target=read, daemon=True)
    reader.start()
    timed_out = False
    assert process.stdin is not None
    try:
        with contextlib.suppress(BrokenPipeError):
            process.stdin.write(asked)
            process.stdin.close()
        process.wait(timeout=seconds + 1.0)
    except subprocess.TimeoutExpired:
        timed_out = True
    finally:
        # When the namespace's first process ends, so do all others in it.
        with contextlib.suppress(ProcessLookupError):
            os.killpg(process.pid, signal.SIGKILL)
        process.wait()
        reader.join()
        assert process.stdout is not None
        process.stdout.close()
    output = b"".join(chunks)[:_OUTPUT].decode("utf-8", "replace")
    if timed_out:
        return Ran(Outcome.TIME, output)
    return Ran(Outcome.DONE if process.returncode == 0 else Outcome.FAILED, output)
