"""``serve`` hands over to the language server and passes its exit code on."""

import json
import re
import socket
import subprocess
import sys

COMMAND = (sys.executable, "-m", "codeorigin", "serve")


def framed(message: dict[str, object]) -> bytes:
    body = json.dumps({"jsonrpc": "2.0", **message}).encode()
    return b"Content-Length: %d\r\n\r\n%s" % (len(body), body)


CONVERSATION = (
    framed(
        {"id": 1, "method": "initialize", "params": {"processId": None, "rootUri": None, "capabilities": {}}}
    )
    + framed({"method": "initialized", "params": {}})
    + framed({"id": 2, "method": "shutdown"})
    + framed({"method": "exit"})
)


def test_stdio_carries_the_protocol_and_nothing_else() -> None:
    done = subprocess.run(
        [*COMMAND, "--log-level", "error"], input=CONVERSATION, capture_output=True, check=False
    )
    assert done.returncode == 0
    assert done.stdout.startswith(b"Content-Length: ")
    assert b'"capabilities"' in done.stdout


def test_a_client_that_leaves_without_a_word_is_a_failure() -> None:
    done = subprocess.run([*COMMAND], input=b"", capture_output=True, check=False)
    assert done.returncode == 1
    assert done.stdout == b""
    assert b"Traceback" not in done.stderr


def test_tcp_says_where_it_listens_and_serves_there() -> None:
    with subprocess.Popen([*COMMAND, "--tcp", "127.0.0.1:0"], stderr=subprocess.PIPE) as process:
        assert process.stderr is not None
        listening = re.search(rb"127\.0\.0\.1:(\d+)", process.stderr.readline())
        assert listening is not None
        with socket.create_connection(("127.0.0.1", int(listening.group(1)))) as connection:
            connection.sendall(CONVERSATION)
            received = b""
            while part := connection.recv(65536):
                received += part
        process.stderr.read()
    assert b'"capabilities"' in received
    assert process.returncode == 0
