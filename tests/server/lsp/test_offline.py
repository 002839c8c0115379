"""All the way from opening a document to its explanation, with every socket and name lookup blocked."""

import os
import sys
from pathlib import Path

from tests.server.lsp.editor import python_function
from tests.server.lsp.raw import RawServer, serving

URI = "file:///project/a.py"


def sockets_of(pid: int) -> set[str]:
    """The inodes of a process's sockets that belong to a network protocol (Linux)."""
    opened = set()
    for entry in Path(f"/proc/{pid}/fd").iterdir():
        try:
            target = str(entry.readlink())
        except OSError:
            continue
        if target.startswith("socket:["):
            opened.add(target[8:-1])
    network = set()
    for table in ("tcp", "tcp6", "udp", "udp6", "raw", "raw6"):
        path = Path(f"/proc/{pid}/net/{table}")
        if path.exists():
            network |= {line.split()[9] for line in path.read_text().splitlines()[1:]}
    return opened & network


def test_nothing_touches_the_network(tmp_path: Path) -> None:
    attempts = tmp_path / "attempts"
    environment = {
        **os.environ,
        "PYTHONPATH": str(Path(__file__).with_name("no_network")),
        "NETWORK_ATTEMPTS": str(attempts),
    }
    check = "import socket; socket.socket(socket.AF_INET)"
    with RawServer(command=(sys.executable, "-c", check), environment=environment) as blocked:
        assert blocked.process.wait(60) == 1
    assert attempts.read_text() == "socket of family 2\n"
    attempts.unlink()

    with serving(environment=environment, root=tmp_path) as server:
        server.open(URI, python_function("offline"))
        assert [each["data"]["name"] for each in server.findings(URI)] == ["offline"]
        explained = server.command("codeorigin.explain", URI, {"line": 0, "character": 5})
        assert explained["explanation"]["lines"]
        if sys.platform == "linux":
            assert sockets_of(server.process.pid) == set()
    assert not attempts.exists()
