"""Clients that misbehave on stdin and stdout: the server ends when it should, and never with a traceback."""

import json
import random
import subprocess
import sys

from tests.server.lsp.editor import python_function
from tests.server.lsp.raw import PATIENCE, frame, serving

COMMAND = (sys.executable, "-m", "codeorigin", "serve", "--log-level", "warning")
URI = "file:///project/a.py"
FRAMES = 1_000


def message(**content: object) -> bytes:
    return frame(json.dumps({"jsonrpc": "2.0", **content}).encode())


INITIALIZE = message(
    id=0, method="initialize", params={"processId": None, "rootUri": None, "capabilities": {}}
)


def test_client_that_never_reads_does_not_keep_the_server_alive() -> None:
    # Together, the answers far exceed the 64 KiB that a pipe holds; there are as many log lines.
    asked = b"".join(message(id=f"{number:0>500}", method="no/such", params={}) for number in range(2_000))
    for ending in (b"", message(id="last", method="shutdown") + message(method="exit")):
        process = subprocess.Popen(
            COMMAND, stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=subprocess.PIPE
        )
        try:
            process.stdin.write(INITIALIZE + asked + frame(b"{broken") * 2_000 + ending)
            process.stdin.close()
            assert process.wait(PATIENCE) == (0 if ending else 1)
        finally:
            process.kill()
            process.wait()
            process.stdout.close()
            process.stderr.close()


def malformed(chance: random.Random) -> bytes:
    """A frame that is broken somewhere: in its header bytes, its length or its body."""
    body = message(id=chance.randrange(10), method="no/such", params=["x" * chance.randrange(50)])
    broken = bytearray(body)
    for _ in range(chance.randrange(1, 4)):
        broken[chance.randrange(16)] = chance.randrange(256)
    lengths = [b"-1", b"", b"many", b"1e3", b"0x10", b"99999999999", b"1" * 5000, b"268435456", b"\xd9\xa3"]
    return chance.choice(
        [
            bytes(broken),
            body.replace(b"Content-Length: ", b"Content-Length: 0", 1)[: chance.randrange(20, 40)],
            b"Content-Length: " + chance.choice(lengths) + b"\r\n\r\n",
            frame(chance.randbytes(chance.randrange(60))),
            chance.randbytes(chance.randrange(300)) + chance.choice([b"", b"\r\n", b"\r\n\r\n"]),
            b"".join(b"X-%d: y\r\n" % number for number in range(chance.randrange(100))) + b"\r\n",
            frame(body[30 : chance.randrange(30, len(body))]),
            b"\r\n" * chance.randrange(1, 5) + b"Content-Length: 3\r\n\r\n{}}",
        ]
    )


def test_requests_are_answered_among_a_thousand_malformed_frames() -> None:
    chance = random.Random(14)
    # More than any header above can claim without being refused, in case the last one waits for a body.
    padding = b" " * 10_000 + b"\r\n\r\n"
    with serving(command=COMMAND) as server:
        for number in range(FRAMES):
            server.write(malformed(chance))
            if number % 50 == 49:
                server.write(padding)
                answer = server.answer(server.ask("textDocument/hover", {}))
                assert answer["error"]["code"] == -32602, number
        server.write(padding)
        server.open(URI, python_function("target"))
        assert server.findings(URI)
    assert b"Traceback" not in server.errors
    assert b"ERROR" not in server.errors
    assert server.stray == b""
