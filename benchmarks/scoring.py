"""What scoring costs beside parsing, as ratios of one run on one core, and what a start costs.

    python benchmarks/scoring.py [--files 100] [--model DIR] [--json]

Each file of the Python standard library is parsed by tree-sitter, searched for functions and analysed in turn, so that
drift in the machine's speed affects all three alike. Times are processor times of a single thread. Starts are measured
as processor times of whole processes, next to those of an interpreter that does nothing; ``initialize`` and ``check``,
which involve other processes, are measured as wall-clock times.
"""

import argparse
import json
import os
import random
import statistics
import subprocess
import sys
import tempfile
import time
from pathlib import Path

from tree_sitter import Language as Grammar
from tree_sitter import Parser

from codeorigin.analysis.analyzer import Analyzer
from codeorigin.errors import SourceError
from codeorigin.functions.documents import Document
from codeorigin.functions.finding import find_functions
from codeorigin.languages import get_language
from codeorigin.text.positions import encode_utf8
from codeorigin.text.sources import read_source

LIBRARY = Path(os.__file__).parent
STARTS = 7


def library_texts(count: int) -> list[str]:
    """The texts of ``count`` files of the standard library, always the same ones for a Python version."""
    paths = sorted(path for path in LIBRARY.rglob("*.py") if "site-packages" not in path.parts)
    random.Random(1).shuffle(paths)
    texts: list[str] = []
    for path in paths:
        if len(texts) == count:
            break
        try:
            texts.append(read_source(path, language="python"))
        except SourceError:
            continue
    return texts


def scoring(count: int, model: Path | None) -> dict[str, float]:
    """Functions per second, and the costs of finding and of scoring functions as multiples of parsing."""
    analyzer = Analyzer.load(model)
    python = get_language("python")
    parser = Parser(Grammar(python.grammar()))
    texts = library_texts(count + 1)
    analyzer.analyze(Document(texts.pop(), "python"))
    parsing = finding = analysing = 0.0
    functions = 0
    for text in texts:
        data = encode_utf8(text)
        times = [time.thread_time()]
        parser.parse(data)
        times.append(time.thread_time())
        find_functions(text, python)
        times.append(time.thread_time())
        # Every text is new to the analyzer, so that its caches are of no use.
        functions += len(analyzer.analyze(Document(text, "python")).functions)
        times.append(time.thread_time())
        parsing += times[1] - times[0]
        finding += times[2] - times[1]
        analysing += times[3] - times[2]
    return {
        "finding functions, in parses": finding / parsing,
        "scoring functions once found, in parses": (analysing - finding) / parsing,
        "the whole analysis, in parses": analysing / parsing,
        "functions a second": functions / analysing,
    }


def starts(environment: dict[str, str]) -> dict[str, float]:
    """Median processor seconds of processes that do little more than start."""
    commands = {
        "an interpreter that does nothing, s": ["-c", "pass"],
        "codeorigin --version, s": ["-m", "codeorigin", "--version"],
        "codeorigin --help, s": ["-m", "codeorigin", "--help"],
    }
    seconds: dict[str, list[float]] = {name: [] for name in commands}
    for _ in range(1 + STARTS):
        for name, arguments in commands.items():
            before = os.times()
            subprocess.run(
                [sys.executable, *arguments], env=environment, stdout=subprocess.DEVNULL, check=True
            )
            after = os.times()
            used = after.children_user + after.children_system
            seconds[name].append(used - before.children_user - before.children_system)
    return {name: statistics.median(each[1:]) for name, each in seconds.items()}


def checking(count: int, model: Path | None, environment: dict[str, str]) -> dict[str, float]:
    """``codeorigin check`` of files in a folder, with one process and with two: wall-clock speed, and cost.

    Two processes are only faster if two processors are free; the processor seconds show their cost on any machine.
    """
    found: dict[str, float] = {}
    with tempfile.TemporaryDirectory() as folder:
        for number, text in enumerate(library_texts(count)):
            Path(folder, f"f{number}.py").write_text(text, encoding="utf-8")
        for jobs in (1, 2):
            command = [
                sys.executable,
                "-m",
                "codeorigin",
                "check",
                "--no-config",
                "--format",
                "json",
                "--jobs",
                str(jobs),
                folder,
            ]
            command += [] if model is None else ["--model", str(model)]
            before = os.times()
            done = subprocess.run(command, env=environment, capture_output=True, text=True, check=False)
            after = os.times()
            summary = json.loads(done.stdout)["summary"]
            found[f"check --jobs {jobs}, functions a second"] = summary["functions_per_second"]
            found[f"check --jobs {jobs}, processor s with the start"] = (
                after.children_user + after.children_system - before.children_user - before.children_system
            )
            found[f"check --jobs {jobs}, MiB of the largest process"] = summary["peak_memory_bytes"] / 2**20
    return found


def initialize(environment: dict[str, str]) -> dict[str, float]:
    """Median wall-clock seconds from the start of a server to its response to ``initialize``."""
    params: dict[str, object] = {"processId": None, "rootUri": None, "capabilities": {}}
    body = json.dumps({"jsonrpc": "2.0", "id": 1, "method": "initialize", "params": params}).encode()
    seconds = []
    for _ in range(1 + STARTS):
        started = time.perf_counter()
        with subprocess.Popen(
            # As the extension for Visual Studio Code starts it.
            [sys.executable, "-m", "codeorigin", "serve", "--log-level", "info"],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=subprocess.DEVNULL,
            env=environment,
        ) as server:
            assert server.stdin is not None
            assert server.stdout is not None
            server.stdin.write(b"Content-Length: %d\r\n\r\n%b" % (len(body), body))
            server.stdin.flush()
            server.stdout.readline()
            seconds.append(time.perf_counter() - started)
            server.kill()
    return {"initialize answered, s on the clock": statistics.median(seconds[1:])}


def main() -> None:
    """Measure and print."""
    parser = argparse.ArgumentParser(description=(__doc__ or "").split("\n", 1)[0])
    parser.add_argument("--files", type=int, default=100, help="files that are analysed (default: 100)")
    parser.add_argument("--model", type=Path, help="model folder (default: the one that ships)")
    parser.add_argument("--json", action="store_true", help="print JSON")
    options = parser.parse_args()
    found = scoring(options.files, options.model)
    with tempfile.TemporaryDirectory() as cache:
        # Compiled once, as in an installation, whatever the shell's settings; first starts are not counted.
        kept = {name: value for name, value in os.environ.items() if name != "PYTHONDONTWRITEBYTECODE"}
        environment = {**kept, "PYTHONPYCACHEPREFIX": cache}
        found |= (
            starts(environment)
            | initialize(environment)
            | checking(options.files, options.model, environment)
        )
    if options.json:
        print(json.dumps(found, indent=2))
        return
    for name, value in found.items():
        print(f"{name:46} {value:10.3g}" if value < 1000 else f"{name:46} {value:10.0f}")


if __name__ == "__main__":
    main()
