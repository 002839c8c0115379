"""The sandbox: what it allows, and programs that try to escape, to outlive it or to use up everything.

The limits given by each test keep these programs small and short, so that a broken wall does no harm.
"""

import os
import socket
import subprocess
from pathlib import Path

import pytest

from codeorigin_training.studies.correctness import sandbox
from codeorigin_training.studies.correctness.sandbox import (
    Outcome,
    Ran,
    SandboxError,
    SandboxLimits,
    check_isolation,
    python_command,
    run_isolated,
)
from support.waiting import PATIENCE

PROGRAM = f"a{os.getpid()}.py"
"""The same tests may be running in parallel."""


def run(
    code: str, *, seconds: float = 8.0, megabytes: int = 128, processes: int = 3, clock: float = PATIENCE
) -> Ran:
    limits = SandboxLimits(seconds, megabytes, processes, clock=clock)
    return run_isolated(python_command(PROGRAM), {PROGRAM: code}, limits)


def test_program_runs_and_its_output_is_returned() -> None:
    assert run("import math; print(math.factorial(5), end='')") == Ran(Outcome.DONE, "120")
    assert run("raise SystemExit(3)").outcome is Outcome.FAILED
    failed = run("raise KeyError('x')")
    assert failed.outcome is Outcome.FAILED
    assert failed.output.endswith("KeyError: 'x'\n")


def test_endless_programs_are_stopped_by_their_cpu_time_or_by_the_clock() -> None:
    # The clock allows one second more than the limit.
    waits = "import time; time.sleep(1.5); print('done', end='')"
    assert run(waits, seconds=0.2) == Ran(Outcome.DONE, "done")
    sleeps = SandboxLimits(0.2)
    program = {PROGRAM: "import time; time.sleep(600)"}
    assert run_isolated(python_command(PROGRAM), program, sleeps).outcome is Outcome.TIME
    assert run("while True: pass", seconds=0.2).outcome is Outcome.FAILED


def test_files_cannot_be_written_changed_or_removed(tmp_path: Path) -> None:
    outside = tmp_path / "kept.txt"
    outside.write_text("kept", encoding="utf-8")
    code = f"""
import os
paths = [{str(outside)!r}, "/job/new", "/new", "/tmp/new", "/usr/new", "/dev/new", "/job/{PROGRAM}", "/dev/shm/new"]
wrote = []
for path in paths:
    for act in (lambda: open(path, "w").write("x"), lambda: os.remove(path), lambda: os.chmod(path, 0o777)):
        try:
            act()
            wrote.append(path)
        except OSError:
            pass
print(wrote, os.path.exists({str(outside)!r}), end="")
"""
    assert run(code) == Ran(Outcome.DONE, "[] False")
    assert outside.read_text(encoding="utf-8") == "kept"


def test_there_is_no_network_not_even_localhost() -> None:
    with socket.create_server(("127.0.0.1", 0)) as server:
        port = server.getsockname()[1]
        code = f"""
import socket
for address in (("127.0.0.1", {port}), ("192.0.2.1", 80)):
    try:
        socket.create_connection(address, timeout=1)
        print("reached")
    except OSError as error:
        print(type(error).__name__)
"""
        found = run(code)
        assert found.outcome is Outcome.DONE
        assert "reached" not in found.output
        # The system accepts connections to a listening socket and queues them until they are asked for.
        server.setblocking(False)
        with pytest.raises(BlockingIOError):
            server.accept()


def test_fork_bomb_hits_the_limit_and_leaves_no_process() -> None:
    code = """
import os, time
made = 0
try:
    for _ in range(20):
        if os.fork() == 0:
            time.sleep(600)
        made += 1
except OSError as error:
    print(made, type(error).__name__, flush=True)
"""
    found = run(code, seconds=4.0, processes=3)
    made = int(found.output.split()[0])
    assert made <= 3
    assert "BlockingIOError" in found.output
    left = subprocess.run(["ps", "-eo", "args"], capture_output=True, text=True, check=True).stdout
    assert not [line for line in left.splitlines() if line.endswith(f"-I -S {PROGRAM}")]


def test_program_that_detaches_from_group_and_parent_is_stopped_too() -> None:
    code = """
import ctypes, os, time
ctypes.CDLL(None).prctl(1, 0, 0, 0, 0)
try:
    os.setsid()
except OSError:
    pass
print("on", flush=True)
time.sleep(600)
"""
    # A busy machine may need more than a second to start it.
    tries = (run(code, clock=2.0**power) for power in range(9))
    found = next(each for each in tries if each.output)
    assert found == Ran(Outcome.TIME, "on\n")


def test_memory_limit_stops_a_memory_bomb() -> None:
    code = "kept = []\nwhile True: kept.append(bytearray(8 << 20))"
    found = run(code, megabytes=128, seconds=10.0)
    assert found.outcome is Outcome.FAILED
    assert "MemoryError" in found.output


def test_shared_memory_counts_towards_the_limit() -> None:
    code = "import mmap\nkept = [mmap.mmap(-1, 64 << 20) for _ in range(9)]"
    found = run(code, megabytes=128)
    assert found.outcome is Outcome.FAILED
    assert "Cannot allocate memory" in found.output


def test_endless_output_is_truncated() -> None:
    found = run("while True: print('x' * 10000)", seconds=0.2)
    assert found.outcome is not Outcome.DONE
    assert len(found.output) <= 1 << 20


def test_program_has_no_environment_other_processes_or_privileges(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("CODEORIGIN_SECRET", "42")
    code = """
import ctypes, os
print("CODEORIGIN_SECRET" in os.environ, os.path.exists("/proc/1"), os.path.exists("/etc/passwd"))
for act in (lambda: os.chroot("/job"), lambda: os.nice(-5), lambda: os.mknod("/job/null")):
    try:
        act()
        print("allowed")
    except OSError:
        print("refused")
print(ctypes.CDLL(None).mount(b"tmpfs", b"/job", b"tmpfs", 0, None))
"""
    lines = run(code).output.splitlines()
    assert lines == ["False False False", "refused", "refused", "refused", "-1"]


@pytest.mark.parametrize("wall", ["unshare", "trial"])
def test_without_isolation_nothing_is_run(wall: str, monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    if wall == "unshare":
        monkeypatch.setenv("PATH", str(tmp_path))
    else:
        monkeypatch.setattr(sandbox, "_run", lambda *_: Ran(Outcome.FAILED, "the network is open"))
    check_isolation.cache_clear()
    marker = tmp_path / "marker"
    with pytest.raises(SandboxError, match="programs are not run"):
        run(f"open({str(marker)!r}, 'w')")
    check_isolation.cache_clear()
    assert not marker.exists()


def test_isolation_check_has_ample_time_and_reports_a_timeout(monkeypatch: pytest.MonkeyPatch) -> None:
    given: list[SandboxLimits] = []

    def late(_command: object, _files: object, limits: SandboxLimits) -> Ran:
        given.append(limits)
        return Ran(Outcome.TIME, "")

    monkeypatch.setattr(sandbox, "_run", late)
    check_isolation.cache_clear()
    with pytest.raises(SandboxError, match="try again when the machine is less busy"):
        check_isolation()
    check_isolation.cache_clear()
    (limits,) = given
    assert limits.clock is not None
    assert limits.clock >= 10 * limits.seconds
