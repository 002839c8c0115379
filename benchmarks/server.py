"""How fast and how large the language server is: p50 and p95 of what an editor waits for.

    python benchmarks/server.py [--rounds 10] [--model DIR] [--hover]

The files are those of the standard library of the Python interpreter that runs this. The machine's rate of matrix
multiplication is reported with the figures, so that those of different machines can be compared.

``--hover`` measures what a user waits for when hovering over a function right after opening a file, with the server's
default settings (but a threshold of 0 and no debounce): the first answer, which may come without the evidence;
the evidence, which later hovers show; and the server's memory after that.
"""

import argparse
import os
import statistics
import time
from pathlib import Path
from typing import Any

import numpy as np
from client import SETTINGS, TIMEOUT_SECONDS, client, library_files

from codeorigin.report.explanations import PENDING

LINES = 1_000
OPENED_FILES = 200
SHORT_LINES = 200
HOVERS = 3


def sgemm_rate(size: int = 1024, rounds: int = 20) -> float:
    """Median rate of float32 matrix multiplication on all cores, in GFLOP/s."""
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
    """Run all measurements; return times in milliseconds by what was measured, and memory."""
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
                # Inside the function: the line after its first one, whatever that is.
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
        **machine(),
    }


def measure_hovers(rounds: int, model: Path | None) -> dict[str, Any]:
    """Hover in new servers, again and again until nothing is pending; return times in milliseconds, and memory."""
    files = library_files()
    path, text = min(files, key=lambda each: (abs(each[1].count("\n") - SHORT_LINES), str(each[0])))
    times: dict[str, list[float]] = {}
    memory: dict[str, dict[str, float]] = {}
    cores: dict[str, list[float]] = {}

    def note(name: str, seconds: float) -> None:
        times.setdefault(name, []).append(seconds)

    for _ in range(rounds):
        with client(model, {"threshold": 0.0, "debounce": 0}) as server:
            server.initialize()
            note("start to the model loaded", server.ready())
            memory["model loaded"] = server.memory()
            seconds, findings = server.open(path.as_uri(), text)
            note("open to all diagnostics", seconds)
            for number, finding in enumerate(findings[:HOVERS]):
                which = "first" if number == 0 else "later"
                before, spent = time.perf_counter(), server.core_seconds()
                line = finding["range"]["start"]["line"]
                seconds, said = server.hover_text(path.as_uri(), line)
                note(f"{which} hover to an answer", seconds)
                while PENDING in said:
                    if time.perf_counter() - before > TIMEOUT_SECONDS:
                        raise RuntimeError("the explanation does not come")
                    _, said = server.hover_text(path.as_uri(), line)
                note(f"{which} hover to all evidence", time.perf_counter() - before)
                cores.setdefault(f"{which} hover", []).append(server.core_seconds() - spent)
                memory[f"after {number + 1} hovers"] = server.memory()
    return {
        "file": f"{path.name}, {text.count(chr(10))} lines, {len(findings)} functions with a verdict",
        "times_ms": {name: percentiles(seconds) for name, seconds in times.items()},
        "memory_mib": memory,
        "core_seconds": {name: statistics.median(each) for name, each in cores.items()},
        **machine(),
    }


def machine() -> dict[str, Any]:
    """How fast the machine is, and how busy."""
    return {
        "sgemm_gflops": sgemm_rate(),
        "cores": len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count(),
        "load_average": os.getloadavg()[0],
    }


def main() -> None:
    """Measure and print."""
    parser = argparse.ArgumentParser(description=(__doc__ or "").split("\n", 1)[0])
    parser.add_argument("--rounds", type=int, default=10, help="servers that are started (default: 10)")
    parser.add_argument("--model", type=Path, help="model folder (default: the one that ships)")
    parser.add_argument("--hover", action="store_true", help="the first hovers of new servers alone")
    options = parser.parse_args()
    found = (measure_hovers if options.hover else measure)(options.rounds, options.model)
    settings = "those of the server" if options.hover else SETTINGS
    print(f"file: {found['file']}; settings: {settings}")
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
    if options.hover:
        for name, seconds in found["core_seconds"].items():
            print(f"processors, {name} to all evidence: {seconds:.2f} core seconds (median)")
        return
    print(
        f"{found['lines_of_opened_files']} lines of opened files scored in "
        f"{found['seconds_for_opened_files']:.1f} s"
    )


if __name__ == "__main__":
    main()
