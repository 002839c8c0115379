"""A client without any library, and a server process for it: bytes in, messages out."""

import contextlib
import itertools
import json
import queue
import subprocess
import sys
import threading
from collections.abc import Iterator
from pathlib import Path
from types import TracebackType
from typing import Any, Self

from support.waiting import PATIENCE

COMMAND = (sys.executable, "-m", "codeorigin", "serve", "--log-level", "info")
FAULTY = (sys.executable, str(Path(__file__).with_name("faulty_server.py")))
"""A server that misbehaves as documents say."""


def frame(body: bytes) -> bytes:
    """A body with its header."""
    return b"Content-Length: %d\r\n\r\n%s" % (len(body), body)


class Client:
    """What a client sends; how a body reaches the server is up to the subclass."""

    def __init__(self) -> None:
        self.ids = itertools.count(1)

    def post(self, body: bytes) -> None:
        """Hand a body to the server."""
        raise NotImplementedError

    def send(self, message: dict[str, Any]) -> None:
        """Send a message."""
        self.post(json.dumps({"jsonrpc": "2.0", **message}).encode())

    def notify(self, method: str, params: Any) -> None:
        """Send a notification."""
        self.send({"method": method, "params": params})

    def ask(self, method: str, params: Any = None) -> int:
        """Send a request and return its id."""
        request_id = next(self.ids)
        self.send({"id": request_id, "method": method, "params": params})
        return request_id

    def open(self, uri: str, text: str, language: str = "python", version: int = 0) -> None:
        """Open a document."""
        document = {"uri": uri, "languageId": language, "version": version, "text": text}
        self.notify("textDocument/didOpen", {"textDocument": document})

    def change(self, uri: str, version: Any, *changes: Any) -> None:
        """Send changes of a document."""
        identifier = {"uri": uri, "version": version}
        self.notify("textDocument/didChange", {"textDocument": identifier, "contentChanges": list(changes)})


class RawServer(Client):
    """Starts the server and reads its output; leaving the context kills it if it is still running."""

    def __init__(
        self, *options: str, command: tuple[str, ...] = COMMAND, environment: dict[str, str] | None = None
    ) -> None:
        super().__init__()
        self.process = subprocess.Popen(
            [*command, *options],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            env=environment,
        )
        self.messages: queue.Queue[dict[str, Any]] = queue.Queue()
        self.unread: list[dict[str, Any]] = []
        self.stray = b""
        self.errors = b""
        self._threads = [threading.Thread(target=target) for target in (self._read, self._read_errors)]
        for thread in self._threads:
            thread.start()

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.process.kill()
        self.process.wait()
        for thread in self._threads:
            thread.join()
        for stream in (self.process.stdin, self.process.stdout, self.process.stderr):
            with contextlib.suppress(BrokenPipeError):
                stream.close()

    def _read(self) -> None:
        stream = self.process.stdout
        while header := stream.readline():
            if not header.lower().startswith(b"content-length:"):
                if header.strip() and not header.lower().startswith(b"content-type:"):
                    self.stray += header
                continue
            length = int(header.split(b":")[1])
            while stream.readline().strip():
                pass
            self.messages.put(json.loads(stream.read(length)))

    def _read_errors(self) -> None:
        for line in self.process.stderr:
            self.errors += line

    def write(self, data: bytes) -> None:
        """Send bytes as they are."""
        self.process.stdin.write(data)
        self.process.stdin.flush()

    def post(self, body: bytes) -> None:
        """Send a body with its header."""
        self.write(frame(body))

    def wait_for(self, wanted: Any) -> dict[str, Any]:
        """The first message for which ``wanted`` holds; the others are kept in ``unread``."""
        for message in self.unread:
            if wanted(message):
                self.unread.remove(message)
                return message
        while True:
            message = self.messages.get(timeout=PATIENCE)
            if wanted(message):
                return message
            self.unread.append(message)

    def answer(self, request_id: int | None) -> dict[str, Any]:
        """The response with this id."""
        return self.wait_for(lambda m: "method" not in m and m.get("id") == request_id)

    def request(self, method: str, params: Any = None) -> Any:
        """The result of a request."""
        answer = self.answer(self.ask(method, params))
        assert "error" not in answer, answer
        return answer["result"]

    def told(self, method: str) -> Any:
        """The parameters of the next notification of this kind."""
        return self.wait_for(lambda m: m.get("method") == method)["params"]

    def initialize(self, root: Path | None = None) -> None:
        """Perform the handshake, without any capabilities."""
        folders = [] if root is None else [{"uri": root.as_uri(), "name": root.name}]
        self.request(
            "initialize",
            {
                "processId": None,
                "rootUri": None,
                "workspaceFolders": folders,
                "capabilities": {},
                "initializationOptions": {"threshold": 0.0, "debounce": 0},
            },
        )
        self.notify("initialized", {})

    def findings(self, uri: str) -> list[dict[str, Any]]:
        """The next diagnostics pushed for a document."""
        message = self.wait_for(
            lambda m: m.get("method") == "textDocument/publishDiagnostics" and m["params"]["uri"] == uri
        )
        return message["params"]["diagnostics"]

    def command(self, name: str, *arguments: Any) -> Any:
        """The result of a command of the server."""
        return self.request("workspace/executeCommand", {"command": name, "arguments": list(arguments)})

    def status(self) -> dict[str, Any]:
        """The answer of ``codeorigin.status``."""
        return self.command("codeorigin.status")

    def hover(self, uri: str, line: int = 0, character: int = 5) -> Any:
        """The hover at a place, None if there is none."""
        place = {"line": line, "character": character}
        return self.request("textDocument/hover", {"textDocument": {"uri": uri}, "position": place})

    def close(self, uri: str) -> None:
        """Close a document."""
        self.notify("textDocument/didClose", {"textDocument": {"uri": uri}})

    def leave(self) -> int:
        """Send ``shutdown`` and ``exit``; return the exit code."""
        self.request("shutdown")
        self.notify("exit", None)
        return self.process.wait(PATIENCE)


@contextlib.contextmanager
def serving(
    *options: str,
    command: tuple[str, ...] = COMMAND,
    environment: dict[str, str] | None = None,
    root: Path | None = None,
) -> Iterator[RawServer]:
    """A server after its handshake; after the block it must end properly, having written messages alone."""
    with RawServer(*options, command=command, environment=environment) as server:
        server.initialize(root)
        yield server
        assert server.leave() == 0
        assert server.stray == b""
