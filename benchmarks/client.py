"""A language server client for benchmarks; it uses no library, so that nothing but the server is timed."""

import json
import os
import queue
import re
import subprocess
import sys
import threading
import time
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path
from typing import Any

LIBRARY = Path(os.__file__).parent
TIMEOUT_SECONDS = 300
SETTINGS = {"threshold": 0.0, "debounce": 0, "hoverTimeout": 10_000}


class Client:
    """One running server with the model in a folder, or with the one that ships, and with given settings."""

    def __init__(self, model: Path | None, settings: Mapping[str, Any] = SETTINGS) -> None:
        self._settings = dict(settings)
        self.started = time.perf_counter()
        options = ["--model", str(model)] if model is not None else []
        self.process = subprocess.Popen(
            [sys.executable, "-m", "codeorigin", "serve", "--log-level", "error", *options],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
        )
        self._messages: queue.Queue[tuple[float, dict[str, Any]]] = queue.Queue()
        self._waiting: list[tuple[float, dict[str, Any]]] = []
        self._id = 0
        threading.Thread(target=self._read, daemon=True).start()

    def _read(self) -> None:
        stream = self.process.stdout
        assert stream is not None
        while header := stream.readline():
            if header.lower().startswith(b"content-length:"):
                length = int(header.split(b":")[1])
                while stream.readline().strip():
                    pass
                body = stream.read(length)
                self._messages.put((time.perf_counter(), json.loads(body)))

    def send(self, method: str, params: Any, request_id: int | None = None) -> float:
        """Send a message, and return the time at which it was sent."""
        message = {"jsonrpc": "2.0", "method": method, "params": params}
        if request_id is not None:
            message["id"] = request_id
        body = json.dumps(message).encode()
        stream = self.process.stdin
        assert stream is not None
        now = time.perf_counter()
        stream.write(b"Content-Length: %d\r\n\r\n%s" % (len(body), body))
        stream.flush()
        return now

    def wait(self, wanted: Callable[[dict[str, Any]], bool]) -> tuple[float, dict[str, Any]]:
        """Wait for the first wanted message; return when it arrived, and the message."""
        for each in self._waiting:
            if wanted(each[1]):
                self._waiting.remove(each)
                return each
        while True:
            each = self._messages.get(timeout=TIMEOUT_SECONDS)
            if wanted(each[1]):
                return each
            self._waiting.append(each)

    def forget_unread(self) -> None:
        """Drop the messages received that nothing waited for."""
        self._waiting.clear()

    def request(self, method: str, params: Any) -> tuple[float, Any]:
        """Seconds until the response, and its result."""
        self._id += 1
        own = self._id
        sent = self.send(method, params, own)
        came, message = self.wait(lambda m: m.get("id") == own and "method" not in m)
        if "error" in message:
            raise RuntimeError(message["error"]["message"])
        return came - sent, message["result"]

    def status(self) -> tuple[float, dict[str, Any]]:
        """Seconds until the status arrived, and the status."""
        seconds, status = self.request(
            "workspace/executeCommand", {"command": "codeorigin.status", "arguments": []}
        )
        return seconds, status

    def initialize(self) -> float:
        """Run the handshake; return the seconds from the start of the process to the response."""
        params = {
            "processId": os.getpid(),
            "rootUri": None,
            "capabilities": {},
            "initializationOptions": self._settings,
        }
        self.request("initialize", params)
        answered = time.perf_counter() - self.started
        self.send("initialized", {})
        return answered

    def ready(self) -> float:
        """Wait for the model; return the seconds since the start of the process."""
        while self.status()[1]["state"] != "ready":
            time.sleep(0.01)
        return time.perf_counter() - self.started

    def open(self, uri: str, text: str) -> tuple[float, list[dict[str, Any]]]:
        """Seconds until the diagnostics of a new document arrived, and the diagnostics."""
        document = {"uri": uri, "languageId": "python", "version": 0, "text": text}
        sent = self.send("textDocument/didOpen", {"textDocument": document})
        return self._findings(uri, 0, sent)

    def change(self, uri: str, version: int, line: int, text: str) -> float:
        """Seconds from inserting a line to the diagnostics of the new version."""
        place = {"line": line, "character": 0}
        sent = self.send(
            "textDocument/didChange",
            {
                "textDocument": {"uri": uri, "version": version},
                "contentChanges": [{"range": {"start": place, "end": place}, "text": text}],
            },
        )
        return self._findings(uri, version, sent)[0]

    def _findings(self, uri: str, version: int, sent: float) -> tuple[float, list[dict[str, Any]]]:
        came, message = self.wait(
            lambda m: (
                m.get("method") == "textDocument/publishDiagnostics"
                and m["params"]["uri"] == uri
                and m["params"].get("version") == version
            )
        )
        return came - sent, message["params"]["diagnostics"]

    def hover(self, uri: str, line: int) -> float:
        """Seconds until a hover with the explanation arrived."""
        seconds, text = self.hover_text(uri, line)
        if "▰" not in text:
            raise RuntimeError("the hover holds no explanation")
        return seconds

    def hover_text(self, uri: str, line: int) -> tuple[float, str]:
        """Seconds until a hover arrived, and its text, which is empty if there is none."""
        place = {"textDocument": {"uri": uri}, "position": {"line": line, "character": 6}}
        seconds, hover = self.request("textDocument/hover", place)
        return seconds, "" if hover is None else hover["contents"]["value"]

    def memory(self) -> dict[str, float]:
        """Resident memory now and at its peak, in MiB (Linux)."""
        text = Path(f"/proc/{self.process.pid}/status").read_text()
        return {
            name: int(re.findall(rf"{field}:\s+(\d+)", text)[0]) / 1024
            for name, field in (("now", "VmRSS"), ("peak", "VmHWM"))
        }

    def core_seconds(self) -> float:
        """Processor seconds used by all threads of the server, which other load on the machine does not affect."""
        fields = Path(f"/proc/{self.process.pid}/stat").read_text().rpartition(")")[2].split()
        return (int(fields[11]) + int(fields[12])) / os.sysconf("SC_CLK_TCK")

    def leave(self) -> float:
        """Seconds from ``shutdown`` to the end of the process."""
        before = time.perf_counter()
        self.request("shutdown", None)
        self.send("exit", None)
        self.process.wait(TIMEOUT_SECONDS)
        return time.perf_counter() - before


@contextmanager
def client(model: Path | None, settings: Mapping[str, Any] = SETTINGS) -> Iterator[Client]:
    """A running server, killed at the end of the block."""
    running = Client(model, settings)
    try:
        yield running
    finally:
        running.process.kill()
        running.process.wait()


def library_files() -> list[tuple[Path, str]]:
    """Modules of the standard library with their text, in a fixed order."""
    found = []
    for path in sorted(LIBRARY.rglob("*.py")):
        if not {"site-packages", "test", "tests", "lib2to3", "idlelib"} & set(path.parts):
            try:
                found.append((path, path.read_text(encoding="utf-8")))
            except UnicodeDecodeError:
                continue
    return found
