"""How fast and how large the language server is: p50 and p95 of what an editor waits for.

    python benchmarks/server.py [--rounds 10] [--model DIR] [--json]

The files are those of the Python standard library of the interpreter that runs this. The processor's own
rate of matrix multiplication stands beside the figures, so that those of different machines can be compared.
"""

import argparse
import json
import os
import queue
import re
import statistics
import subprocess
import sys
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import numpy as np

LIBRARY = Path(os.__file__).parent
LINES = 1_000
OPENED_FILES = 200
TIMEOUT_SECONDS = 300
SETTINGS = {"threshold": 0.0, "debounce": 0, "caretQuiet": 0, "explainWait": 10_000}


class Client:
    """A client that measures; without any library, so that nothing but the server is timed."""

    def __init__(self, model: Path | None) -> None:
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
        """Send, and return when."""
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
        """When the first wanted message came, and the message."""
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
        """Drop what was said and nobody waited for."""
        self._waiting.clear()

    def request(self, method: str, params: Any) -> tuple[float, Any]:
        """Seconds until the answer, and the answer's result."""
        self._id += 1
        own = self._id
        sent = self.send(method, params, own)
        came, message = self.wait(lambda m: m.get("id") == own and "method" not in m)
        if "error" in message:
            raise RuntimeError(message["error"]["message"])
        return came - sent, message["result"]

    def status(self) -> tuple[float, dict[str, Any]]:
        """Seconds until the status came, and the status."""
        seconds, status = self.request(
            "workspace/executeCommand", {"command": "codeorigin.status", "arguments": []}
        )
        return seconds, status

    def initialize(self) -> float:
        """Shake hands; seconds from the start of the process to the answer."""
        params = {
            "processId": os.getpid(),
            "rootUri": None,
            "capabilities": {},
            "initializationOptions": SETTINGS,
        }
        self.request("initialize", params)
        answered = time.perf_counter() - self.started
        self.send("initialized", {})
        return answered

    def ready(self) -> float:
        """Wait for the model; seconds since the start of the process."""
        while self.status()[1]["state"] != "ready":
            time.sleep(0.01)
        return time.perf_counter() - self.started

    def open(self, uri: str, text: str) -> tuple[float, list[dict[str, Any]]]:
        """Seconds until the diagnostics of a new document came, and the diagnostics."""
        document = {"uri": uri, "languageId": "python", "version": 0, "text": text}
        sent = self.send("textDocument/didOpen", {"textDocument": document})
        return self._findings(uri, 0, sent)

    def change(self, uri: str, version: int, line: int, text: str) -> float:
        """Seconds from a line put in to the diagnostics of the new version."""
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
        """Seconds until a hover with the explanation came."""
        place = {"textDocument": {"uri": uri}, "position": {"line": line, "character": 6}}
        seconds, hover = self.request("textDocument/hover", place)
        if hover is None or "completeness gap" not in hover["contents"]["value"]:
            raise RuntimeError("the hover holds no explanation")
        return seconds

    def memory(self) -> dict[str, float]:
        """Resident memory now and at its peak, in MiB (Linux)."""
        text = Path(f"/proc/{self.process.pid}/status").read_text()
        return {
            name: int(re.findall(rf"{field}:\s+(\d+)", text)[0]) / 1024
            for name, field in (("now", "VmRSS"), ("peak", "VmHWM"))
        }

    def leave(self) -> float:
        """Seconds from ``shutdown`` to the process' end."""
        before = time.perf_counter()
        self.request("shutdown", None)
        self.send("exit", None)
        self.process.wait(TIMEOUT_SECONDS)
        return time.perf_counter() - before


@contextmanager
def client(model: Path | None) -> Iterator[Client]:
    """A server for one round."""
    running = Client(model)
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


def sgemm_rate(size: int = 1024, rounds: int = 20) -> float:
    """Median rate of float32 matrix multiplication with all cores, in GFLOP/s."""
    generator = np.random.default_rng(0)
    left = generator.standard_normal((size, size), dtype=np.float32)
    right = generator.standard_normal((size, size), dtype=np.float32)
    seconds = []
    for _ in range(rounds):
        before = time.perf_counter()
        left @ right
        seconds.append(time.perf_counter() - before)
    return 2 * size**3 / statistics.median(seconds) / 1e9


def percentiles(seconds: list[float]) -> dict[str, float]:
    """p50 and p95 in milliseconds, and the number of measurements."""
    milliseconds = np.array(seconds) * 1000
    return {
        "p50": float(np.percentile(milliseconds, 50)),
        "p95": float(np.percentile(milliseconds, 95)),
        "n": len(seconds),
    }


def measure(rounds: int, model: Path | None) -> dict[str, Any]:
    """Run everything; times in seconds by what was measured."""
    files = library_files()
    path, text = min(files, key=lambda each: (abs(each[1].count("\n") - LINES), str(each[0])))
    uri = path.as_uri()
    times: dict[str, list[float]] = {}

    def note(name: str, seconds: float) -> None:
        times.setdefault(name, []).append(seconds)

    functions = 0
    for _ in range(rounds):
        with client(model) as server:
            note("start to `initialize` answered", server.initialize())
            note("start to the model loaded", server.ready())
            seconds, findings = server.open(uri, text)
            note(f"open {text.count(chr(10))} lines to all diagnostics", seconds)
            functions = len(findings)
            lines = [finding["range"]["start"]["line"] for finding in findings]
            for line in lines[:10]:
                note("first hover", server.hover(uri, line))
                note("cached hover", server.hover(uri, line))
            for version, line in enumerate(reversed(lines[-10:]), 1):
                # Inside of the function: its header's next line, whatever that is.
                seconds = server.change(uri, version, line + 1, f"    # edit {version}\n")
                note("edit one function to its diagnostic", seconds)
            note("shutdown to the end of the process", server.leave())

    with client(model) as server:
        server.initialize()
        server.ready()
        loaded = server.memory()
        sent = files[:OPENED_FILES]
        for other, content in sent:
            document = {"uri": other.as_uri(), "languageId": "python", "version": 0, "text": content}
            server.send("textDocument/didOpen", {"textDocument": document})
        before = time.perf_counter()
        while True:
            seconds, status = server.status()
            if not status["pending"] and status["documents"] == len(sent):
                break
            note("ping while scoring", seconds)
            time.sleep(0.02)
        scored = time.perf_counter() - before
        opened = server.memory()
    return {
        "file": f"{path.name}, {text.count(chr(10))} lines, {functions} functions with a verdict",
        "times_ms": {name: percentiles(seconds) for name, seconds in times.items()},
        "memory_mib": {"model loaded": loaded, f"after {len(sent)} opened files": opened},
        "seconds_for_opened_files": scored,
        "lines_of_opened_files": sum(content.count("\n") for _, content in sent),
        "sgemm_gflops": sgemm_rate(),
        "cores": len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count(),
        "load_average": os.getloadavg()[0],
    }


def main() -> None:
    """Measure and print."""
    parser = argparse.ArgumentParser(description=(__doc__ or "").split("\n", 1)[0])
    parser.add_argument("--rounds", type=int, default=10, help="servers that are started (default: 10)")
    parser.add_argument("--model", type=Path, help="model folder (default: the one that ships)")
    parser.add_argument("--json", action="store_true", help="print JSON")
    options = parser.parse_args()
    found = measure(options.rounds, options.model)
    if options.json:
        print(json.dumps(found, indent=2))
        return
    print(f"file: {found['file']}; settings: {SETTINGS}")
    print(
        f"processor: {found['cores']} cores, sgemm {found['sgemm_gflops']:.0f} GFLOP/s, "
        f"load average {found['load_average']:.1f}\n"
    )
    print(f"{'':48} {'p50':>9} {'p95':>9} {'n':>5}")
    for name, each in found["times_ms"].items():
        print(f"{name:48} {each['p50']:6.1f} ms {each['p95']:6.1f} ms {each['n']:5}")
    print()
    for name, each in found["memory_mib"].items():
        print(f"resident memory, {name}: {each['now']:.0f} MiB (peak {each['peak']:.0f} MiB)")
    print(
        f"{found['lines_of_opened_files']} lines of opened files scored in "
        f"{found['seconds_for_opened_files']:.1f} s"
    )


if __name__ == "__main__":
    main()
