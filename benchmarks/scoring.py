"""What scoring costs beside parsing, as ratios of one run on one core, and what a start costs.

    python benchmarks/scoring.py [--files 100] [--model DIR]

Each file of the Python standard library is parsed by tree-sitter, searched for functions and analysed in turn, so that
drift in the machine's speed affects all three alike. Times are processor times of a single thread. Starts are measured
as processor times of whole processes, next to those of an interpreter that does nothing; ``initialize`` is measured as
wall-clock time.
"""

import argparse
import os
import random
import statistics
import subprocess
import sys
import tempfile
import time
from pathlib import Path

from client import client
from tree_sitter import Language as Grammar
from tree_sitter import Parser

from codeorigin.analysis.analyzer import Analyzer
from codeorigin.core.errors import SourceError
from codeorigin.functions.documents import Document
from codeorigin.functions.outline import find_functions
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


def starts() -> dict[str, float]:
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
            subprocess.run([sys.executable, *arguments], stdout=subprocess.DEVNULL, check=True)
            after = os.times()
            used = after.children_user + after.children_system
            seconds[name].append(used - before.children_user - before.children_system)
    return {name: statistics.median(each[1:]) for name, each in seconds.items()}


def initialize() -> dict[str, float]:
    """Median wall-clock seconds from the start of a server to its response to ``initialize``."""
    seconds = []
    for _ in range(1 + STARTS):
        with client(None) as server:
            seconds.append(server.initialize())
    return {"initialize answered, s on the clock": statistics.median(seconds[1:])}


def main() -> None:
    """Measure and print."""
    parser = argparse.ArgumentParser(description=(__doc__ or "").split("\n", 1)[0])
    parser.add_argument("--files", type=int, default=100, help="files that are analysed (default: 100)")
    parser.add_argument("--model", type=Path, help="model folder (default: the one that ships)")
    options = parser.parse_args()
    found = scoring(options.files, options.model)
    with tempfile.TemporaryDirectory() as cache:
        # Compiled once, as in an installation, whatever the shell's settings; first starts are not counted.
        os.environ.pop("PYTHONDONTWRITEBYTECODE", None)
        os.environ["PYTHONPYCACHEPREFIX"] = cache
        found |= starts() | initialize()
    for name, value in found.items():
        print(f"{name:46} {value:10.3g}" if value < 1000 else f"{name:46} {value:10.0f}")


if __name__ == "__main__":
    main()
