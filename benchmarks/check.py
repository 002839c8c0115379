"""What ``codeorigin check`` of the standard library costs, beside another checkout, and what a second process brings.

    python benchmarks/check.py [--against DIR] [--rounds 3] [--folder DIR] [--scaling] [--json]

Contenders are run in turn, round by round, so that drift in the machine's speed affects all alike. Figures are medians,
and ratios are medians of the ratios of single rounds. The first round is not counted because it compiles the code. With
``--scaling``, ``--jobs 2`` is compared with two independent processes that check half the files each: what those do not
gain either is due to the machine. Linux and macOS.
"""

import argparse
import functools
import json
import os
import re
import resource
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path

LIBRARY = Path(os.__file__).parent
HERE = Path(__file__).resolve().parents[1]
EXCLUDED = ("site-packages", "test")
_SPEED = re.compile(r"([\d,.]+) functions/s")
_RSS_UNIT = 1 if sys.platform == "darwin" else 1024


@dataclass(frozen=True, slots=True)
class Cost:
    """The cost of one run, or of several at the same time.

    ``rate`` is the functions per second that they report, ``peak_mib`` the memory of the largest process.
    """

    cpu_seconds: float
    seconds: float
    rate: float | None
    peak_mib: float


def run(checkout: Path, jobs: int, parts: Sequence[Sequence[str]], cache: Path) -> Cost:
    """Check each of ``parts`` (paths) with a separate command, all at the same time.

    Raises:
        SystemExit: a check failed.
    """
    command, environment = [sys.executable, "-m", "codeorigin", "check"], _environment(checkout, cache)
    known = _help(checkout, cache)
    # Older checkouts list all functions and say the speed unless told otherwise, and use one process.
    options = ["--verbose"] if "--verbose" in known else ["--show", "findings"]
    if "--jobs" in known:
        options += ["--jobs", str(jobs)]
    for pattern in EXCLUDED:
        options += ["--exclude", pattern]
    started = time.perf_counter()
    running = [
        subprocess.Popen(
            [*command, *options, *paths],
            env=environment,
            cwd=cache,
            stdout=subprocess.PIPE,
            text=True,
        )
        for paths in parts
    ]
    ended = [_end(process) for process in running]
    seconds = time.perf_counter() - started
    if any(process.returncode not in (0, 1) for process in running):
        raise SystemExit(f"{checkout}: the check failed")
    rates = [float(found[1].replace(",", "")) for said, _ in ended if (found := _SPEED.search(said))]
    return Cost(
        cpu_seconds=sum(usage.ru_utime + usage.ru_stime for _, usage in ended),
        seconds=seconds,
        rate=sum(rates) if rates else None,
        peak_mib=max(usage.ru_maxrss for _, usage in ended) * _RSS_UNIT / 2**20,
    )


def _environment(checkout: Path, cache: Path) -> dict[str, str]:
    """Environment in which compiled code goes to ``cache`` for every checkout, whatever the shell's settings."""
    kept = {name: value for name, value in os.environ.items() if name != "PYTHONDONTWRITEBYTECODE"}
    return {**kept, "PYTHONPATH": str(checkout / "server"), "PYTHONPYCACHEPREFIX": str(cache)}


@functools.cache
def _help(checkout: Path, cache: Path) -> str:
    """The help of a checkout's ``check``."""
    command = [sys.executable, "-m", "codeorigin", "check", "--help"]
    environment = {**_environment(checkout, cache), "COLUMNS": "200"}
    done = subprocess.run(command, env=environment, cwd=cache, capture_output=True, text=True, check=True)
    return done.stdout


def _end(process: "subprocess.Popen[str]") -> tuple[str, "resource.struct_rusage"]:
    """Wait for a process; return its output and the resources used by it and its children."""
    assert process.stdout is not None
    with process.stdout as stream:
        said = stream.read()
    _, status, usage = os.wait4(process.pid, 0)
    process.returncode = os.waitstatus_to_exitcode(status)
    return said, usage


def halves(folder: Path) -> list[list[str]]:
    """The files of ``folder`` that a check would find, split by size so that both halves have about as much code."""
    files = [
        path
        for path in folder.rglob("*.py")
        if not set(EXCLUDED) & set(path.relative_to(folder).parts) and path.is_file()
    ]
    files.sort(key=lambda path: (path.stat().st_size, path))
    return [[str(path) for path in files[first::2]] for first in (0, 1)]


def rounds(count: int, contenders: dict[str, Callable[[], Cost]]) -> dict[str, list[Cost]]:
    """``count`` runs of each contender, in turn, after a round that is not counted."""
    costs: dict[str, list[Cost]] = {name: [] for name in contenders}
    for number in range(count + 1):
        for name, contender in contenders.items():
            cost = contender()
            if number:
                costs[name].append(cost)
    return costs


def table(costs: dict[str, list[Cost]]) -> dict[str, dict[str, float | None]]:
    """Medians by contender, and the ratio of each one's times and rate to the last one's."""
    *_, last = costs
    found: dict[str, dict[str, float | None]] = {}
    for name, own in costs.items():
        pairs = list(zip(own, costs[last], strict=True))
        rates = [cost.rate for cost in own if cost.rate is not None]
        by_rate = [mine.rate / its.rate for mine, its in pairs if mine.rate and its.rate]
        found[name] = {
            "processor s": statistics.median(cost.cpu_seconds for cost in own),
            "s on the clock": statistics.median(cost.seconds for cost in own),
            "functions/s": statistics.median(rates) if rates else None,
            "peak MiB": statistics.median(cost.peak_mib for cost in own),
            "of the last's processor s": statistics.median(a.cpu_seconds / b.cpu_seconds for a, b in pairs),
            "of its time": statistics.median(a.seconds / b.seconds for a, b in pairs),
            "of its functions/s": statistics.median(by_rate) if by_rate else None,
        }
    return found


def show(found: dict[str, dict[str, float | None]]) -> None:
    """Print a column per contender."""
    print(f"{'':26}" + "".join(f"{name:>28}" for name in found))
    for figure in next(iter(found.values())):
        values = [each[figure] for each in found.values()]
        print(f"{figure:26}" + "".join(f"{'-' if value is None else f'{value:.3f}':>28}" for value in values))


def main() -> None:
    """Measure and print."""
    parser = argparse.ArgumentParser(description=(__doc__ or "").split("\n", 1)[0])
    parser.add_argument("--against", type=Path, help="folder of another checkout")
    parser.add_argument("--rounds", type=int, default=3, help="counted runs of each (default: 3)")
    parser.add_argument("--folder", type=Path, default=LIBRARY, help="what to check (default: the library)")
    parser.add_argument("--scaling", action="store_true", help="measure two processes too")
    parser.add_argument("--json", action="store_true", help="print JSON")
    options = parser.parse_args()
    whole = [[str(options.folder)]]
    found = {}
    with tempfile.TemporaryDirectory() as folder:
        cache = Path(folder)

        def contender(
            checkout: Path, jobs: int = 1, parts: Sequence[Sequence[str]] = whole
        ) -> Callable[[], Cost]:
            return lambda: run(checkout, jobs, parts, cache)

        contenders = {"this checkout": contender(HERE)}
        if options.against is not None:
            contenders["the other"] = contender(options.against.resolve())
        found["checkouts"] = table(rounds(options.rounds, contenders))
        if options.scaling:
            contenders = {
                "--jobs 2": contender(HERE, jobs=2),
                "two commands, half each": contender(HERE, parts=halves(options.folder)),
                "--jobs 1": contender(HERE),
            }
            found["scaling"] = table(rounds(options.rounds, contenders))
    if options.json:
        print(json.dumps(found, indent=2))
        return
    for each in found.values():
        show(each)
        print()


if __name__ == "__main__":
    main()
