"""Programs and web pages that reach the server's socket: only the authorised client is served."""

import contextlib
import json
import os
import queue
import socket
import stat
import subprocess
import sys
import threading
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from codeorigin.errors import CodeOriginError
from codeorigin.lsp.connection import listener as listening
from codeorigin.lsp.connection.listener import accept_tcp, accept_unix
from codeorigin.lsp.connection.transport import Connection
from support.waiting import wait_for

TOKEN = "a token that nobody can guess"


def framed(message: dict[str, Any]) -> bytes:
    body = json.dumps({"jsonrpc": "2.0", **message}).encode()
    return b"Content-Length: %d\r\n\r\n%s" % (len(body), body)


def initialize(options: Any) -> bytes:
    params = {"processId": None, "rootUri": None, "capabilities": {}, "initializationOptions": options}
    return framed({"id": 1, "method": "initialize", "params": params})


def conversation(folder: Path) -> bytes:
    """What an attacker wants the server to do: write a file into a folder of the attacker's choice."""
    uri = (folder / "a.py").as_uri()
    document = {"uri": uri, "languageId": "python", "version": 0, "text": "def f():\n    pass\n"}
    command = {"command": "codeorigin.acceptFindings", "arguments": [uri, None]}
    return (
        initialize({})
        + framed({"method": "initialized", "params": {}})
        + framed({"method": "textDocument/didOpen", "params": {"textDocument": document}})
        + framed({"id": 2, "method": "workspace/executeCommand", "params": command})
    )


def posted(body: bytes) -> bytes:
    """What a web page can make a browser send to a port of this machine."""
    return (
        b"POST / HTTP/1.1\r\nHost: 127.0.0.1\r\nOrigin: https://example.com\r\nContent-Type: text/plain\r\n"
        b"Content-Length: %d\r\n\r\n%s" % (len(body), body)
    )


NO_CLIENTS = {
    "a web page": posted(conversation(Path("/tmp"))),
    "a web page that asks": b"GET / HTTP/1.1\r\nHost: 127.0.0.1\r\n\r\n",
    "tls": b"\x16\x03\x01\x02\x00\x01\x00\x01\xfc\x03\x03" + bytes(200) + b"\n",
    "words": b"hello\r\n\r\n" + initialize({"token": TOKEN}),
    "a blank line": b"\r\n" + initialize({"token": TOKEN}),
    "another header first": b"X: y\r\n" + initialize({"token": TOKEN}),
    "a header without an end": b"Content-Type: " + b"x" * 5000,
    "headers without an end": b"Content-Type: x\r\n" * 500,
    "no length": b"Content-Type: x\r\n\r\n" + initialize({"token": TOKEN}),
    "a large length": b"Content-Length: 268435456\r\n\r\n" + b" " * 1000,
    "a long number": b"Content-Length: 99999999999999999999\r\n\r\n",
    "no json": b"Content-Length: 5\r\n\r\nhello",
    "deep json": b"Content-Length: 100000\r\n\r\n" + b"[" * 100_000,
    "no object": b"Content-Length: 2\r\n\r\n[]",
    "no token": initialize({}),
    "no options": initialize(None),
    "a wrong token": initialize({"token": "another token, as long as"}),
    "an empty token": initialize({"token": ""}),
    "a token of another type": initialize({"token": {"$ne": 1}}),
    "a lone surrogate": initialize({"token": "\ud800"}),
    "the token in another request": framed(
        {"id": 1, "method": "shutdown", "params": {"initializationOptions": {"token": TOKEN}}}
    ),
    "silence": b"",
}


@contextlib.contextmanager
def tcp() -> Iterator[tuple[int, "queue.Queue[Connection]"]]:
    """A listener that waits for its client; its port, and where the connection arrives."""
    with socket.create_server(("127.0.0.1", 0)) as probe:
        port = probe.getsockname()[1]
    found: queue.Queue[Connection] = queue.Queue()
    thread = threading.Thread(target=lambda: found.put(accept_tcp("127.0.0.1", port, token=TOKEN)))
    thread.start()
    try:
        yield port, found
    finally:
        thread.join()


def connect(port: int) -> socket.socket:
    """A connection to the listener once it is up."""

    def attempt() -> socket.socket | None:
        with contextlib.suppress(ConnectionRefusedError):
            return socket.create_connection(("127.0.0.1", port))
        return None

    connection = wait_for(attempt, what="the listener")
    assert connection is not None
    return connection


def hung_up(connection: socket.socket) -> bytes:
    """Everything the server sends before it hangs up."""
    received = b""
    with contextlib.suppress(ConnectionResetError):
        while part := connection.recv(65536):
            received += part
    return received


def test_only_the_client_with_the_token_is_served(capsys: pytest.CaptureFixture[str]) -> None:
    with tcp() as (port, found):
        for name, sent in NO_CLIENTS.items():
            with connect(port) as connection:
                with contextlib.suppress(ConnectionError):
                    connection.sendall(sent)
                    if name == "silence":
                        connection.shutdown(socket.SHUT_WR)
                answer = hung_up(connection)
            assert b"capabilities" not in answer, name
            assert found.empty(), name
        with connect(port) as client:
            client.sendall(initialize({"token": TOKEN, "threshold": 0.5}) + framed({"method": "exit"}))
            served = found.get(timeout=60)
            assert served.first is not None
            first = json.loads(served.first)
            assert first["params"]["initializationOptions"] == {"threshold": 0.5}
            assert served.reader.readline().startswith(b"Content-Length")
            served.writer.write(b"answer")
            served.writer.flush()
            assert client.recv(6) == b"answer"
            served.reader.close()
            served.writer.close()
    assert TOKEN not in capsys.readouterr().err


def test_stalling_client_does_not_keep_others_out(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(listening, "FIRST_MESSAGE_SECONDS", 0.2)
    with tcp() as (port, found):
        with connect(port) as stalling:
            stalling.sendall(b"Content-Length: 100\r\n\r\n{")
            assert hung_up(stalling) == b""
        with connect(port) as client:
            client.sendall(initialize({"token": TOKEN}))
            assert found.get(timeout=60).first is not None


def test_client_is_told_that_the_token_is_missing() -> None:
    with tcp() as (port, found):
        with connect(port) as client:
            client.sendall(initialize({}))
            assert b"initializationOptions.token is missing" in hung_up(client)
        with connect(port) as client:
            client.sendall(initialize({"token": TOKEN}))
            assert found.get(timeout=60).first is not None


@pytest.mark.parametrize("host", ["0.0.0.0", "::", "192.0.2.1"])
def test_listening_beyond_this_machine_must_be_allowed_explicitly(host: str) -> None:
    with pytest.raises(CodeOriginError, match="add --allow-remote"):
        accept_tcp(host, 0, token=TOKEN)


def test_port_in_use_gives_one_clear_line() -> None:
    with socket.create_server(("127.0.0.1", 0)) as taken:
        port = taken.getsockname()[1]
        with pytest.raises(
            CodeOriginError, match=rf"^cannot listen on 127\.0\.0\.1:{port}: .*; choose another"
        ):
            accept_tcp("127.0.0.1", port, token=TOKEN)


def serve(*options: str) -> "subprocess.Popen[bytes]":
    command = [sys.executable, "-m", "codeorigin", "serve", "--log-level", "error", *options]
    return subprocess.Popen(command, stderr=subprocess.PIPE)


def close_properly(connection: socket.socket, options: Any) -> bytes:
    connection.sendall(
        initialize(options) + framed({"id": 2, "method": "shutdown"}) + framed({"method": "exit"})
    )
    return hung_up(connection)


def test_web_page_cannot_write_a_file(tmp_path: Path) -> None:
    with serve("--tcp", "127.0.0.1:0") as process:
        assert process.stderr is not None
        line = process.stderr.readline().decode()
        address, token = line.removeprefix("codeorigin: listening on ").strip().split(", token ")
        port = int(address.rpartition(":")[2])
        with connect(port) as page:
            page.sendall(posted(conversation(tmp_path)))
            assert hung_up(page) == b""
        assert list(tmp_path.iterdir()) == []
        with connect(port) as client:
            assert b'"capabilities"' in close_properly(client, {"token": token})
        process.stderr.read()
    assert process.returncode == 0


def test_unix_socket_belongs_to_its_owner_and_needs_no_token(tmp_path: Path) -> None:
    path = tmp_path / "server.socket"
    with socket.socket(socket.AF_UNIX) as abandoned:
        abandoned.bind(str(path))
    with serve("--socket", str(path)) as process:
        assert process.stderr is not None
        assert process.stderr.readline().decode().strip() == f"codeorigin: listening on {path}"
        assert stat.S_IMODE(path.stat().st_mode) == 0o600
        with socket.socket(socket.AF_UNIX) as page:
            page.connect(str(path))
            page.sendall(posted(conversation(tmp_path)))
            assert hung_up(page) == b""
        with pytest.raises(CodeOriginError, match="another server listens there"):
            accept_unix(path)
        with socket.socket(socket.AF_UNIX) as client:
            client.connect(str(path))
            assert b'"capabilities"' in close_properly(client, {})
        process.stderr.read()
    assert process.returncode == 0
    assert os.listdir(tmp_path) == []  # noqa: PTH208 - names


def test_files_that_are_not_sockets_are_not_replaced(tmp_path: Path) -> None:
    file = tmp_path / "file"
    file.write_text("mine")
    (tmp_path / "link").symlink_to("file")
    for name in ("file", "link"):
        with pytest.raises(CodeOriginError, match="something else has this name"):
            accept_unix(tmp_path / name)
    assert file.read_text() == "mine"
