"""No process of ours reaches for a network or writes outside its cache folder, libraries included."""

import os
import subprocess
import sys
import time
from pathlib import Path

import pytest
from tests.server.lsp.editor import python_function
from tests.server.lsp.raw import serving

from support.command import ROOT, TERSE
from support.repositories import Repository

pytestmark = pytest.mark.skipif(sys.platform != "linux", reason="the counter is preloaded as on Linux")

_SETTLED = 40.0
"""Seconds. Libraries that report wait for a while, to send several events at once."""
_API = "import codeorigin; print(len(codeorigin.analyze(open({!r}).read(), 'python').functions))"


class Watched:
    """Runs programs with a fresh home, no variable of ours, and a library that counts attempts to reach a network."""

    def __init__(self, folder: Path) -> None:
        self.home = folder / "home"
        self.attempts = folder / "attempts"
        library = folder / "network_counter.so"
        source = ROOT / "tests/fixtures/network_counter.c"
        subprocess.run(["gcc", "-shared", "-fPIC", "-o", str(library), str(source)], check=True)
        names = ("PATH", "LANG", "OPENBLAS_CORETYPE", "OPENBLAS_L2_SIZE")
        self.environment = {name: os.environ[name] for name in names if name in os.environ} | {
            "HOME": str(self.home),
            "LD_PRELOAD": str(library),
            "NETWORK_ATTEMPTS": str(self.attempts),
        }

    def run(self, *arguments: str, cwd: Path) -> subprocess.CompletedProcess[str]:
        return subprocess.run(
            [sys.executable, *arguments],
            env=self.environment,
            cwd=cwd,
            capture_output=True,
            text=True,
            check=False,
        )

    def outside_the_cache(self) -> list[Path]:
        """What stands below the home folder, apart from our own cache and the folders above it."""
        cache = self.home / ".cache" / "codeorigin"
        allowed = {self.home, cache.parent, cache}
        found = [self.home, *self.home.rglob("*")] if self.home.exists() else []
        return [path for path in found if path not in allowed and cache not in path.parents]


@pytest.fixture
def watched(tmp_path: Path) -> Watched:
    return Watched(tmp_path)


def test_the_counter_counts(watched: Watched, tmp_path: Path) -> None:
    program = "import socket, pathlib; pathlib.Path.home().mkdir(); (pathlib.Path.home() / 'id').touch()"
    watched.run("-c", f"{program}; socket.getaddrinfo('example.org', 443)", cwd=tmp_path)
    assert watched.attempts.read_text() == "getaddrinfo example.org\n"
    assert watched.outside_the_cache() == [watched.home / "id"]
    watched.environment["NETWORK_LOOPBACK"] = "1"
    watched.run("-c", "import socket; socket.create_server(('127.0.0.1', 0)).close()", cwd=tmp_path)
    watched.run("-c", "import socket; socket.create_server(('', 0))", cwd=tmp_path)
    watched.run("-c", "import socket; socket.socket().connect(('192.0.2.1', 80))", cwd=tmp_path)
    assert watched.attempts.read_text().splitlines()[1:] == ["bind 0.0.0.0", "connect 192.0.2.1"]


def test_a_whole_session_stays_on_the_machine(watched: Watched, tmp_path: Path) -> None:
    project = Repository(tmp_path / "project")
    project.commit({"a.py": TERSE.read_text()}, date="2020-01-01")
    with serving(environment=watched.environment, root=project.folder) as server:
        uri = (project.folder / "a.py").as_uri()
        server.open(uri, python_function("offline"))
        assert server.findings(uri)
        opened = time.monotonic()
        assert server.command("codeorigin.explain", uri, {"line": 0, "character": 5})["explanation"]["lines"]
        for arguments in (
            ("-m", "codeorigin", "check", ".", "--exit-zero"),
            ("-m", "codeorigin", "explain", "a.py:10"),
            ("-m", "codeorigin", "history"),
            ("-m", "codeorigin", "doctor"),
            ("-c", _API.format(str(TERSE))),
        ):
            done = watched.run(*arguments, cwd=project.folder)
            assert done.returncode == 0, done.stderr
            assert done.stderr == "" or "history" in arguments
        time.sleep(max(0.0, _SETTLED - (time.monotonic() - opened)))
        assert server.command("codeorigin.explain", uri, {"line": 0, "character": 5})["explanation"]["lines"]
    assert not watched.attempts.exists()
    assert watched.outside_the_cache() == []


def test_a_scan_talks_to_this_machine_alone(watched: Watched, tmp_path: Path) -> None:
    project = Repository(tmp_path / "project")
    project.commit({"a.py": TERSE.read_text()}, date="2020-01-01")
    (tmp_path / "list.txt").write_text("project\n")
    watched.environment["NETWORK_LOOPBACK"] = "1"
    done = watched.run("-m", "codeorigin", "scan", "list.txt", "--out", "out", "--jobs", "1", cwd=tmp_path)
    assert done.returncode == 0, done.stderr
    assert not watched.attempts.exists(), watched.attempts.read_text()
    assert watched.outside_the_cache() == []


def test_training_turns_the_telemetry_of_its_libraries_off(watched: Watched, tmp_path: Path) -> None:
    program = (
        "import codeorigin_training, mlflow, onnxruntime, transformers\n"
        "from mlflow.telemetry.utils import is_telemetry_disabled\n"
        "assert is_telemetry_disabled()"
    )
    done = watched.run("-c", program, cwd=tmp_path)
    assert done.returncode == 0, done.stderr
    # urllib3 opens a socket to see whether there is IPv6, and closes it.
    tried = watched.attempts.read_text().splitlines() if watched.attempts.exists() else []
    assert set(tried) <= {"socket AF_INET6"}
    assert [path for path in watched.outside_the_cache() if "Microsoft" in str(path)] == []
