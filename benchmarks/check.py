"""What ``codeorigin check`` of the standard library costs, beside another checkout, and what a second process brings.

    python benchmarks/check.py [--against DIR] [--rounds 3] [--folder DIR] [--scaling]

Contenders are run in turn, round by round, so that drift in the machine's speed affects all alike. Figures are medians,
and ratios are medians of the ratios of single rounds. The first round is not counted because it compiles the code. With
``--scaling``, ``--jobs 2`` is compared with two independent processes that check half the files each: what those do not
gain either is due to the machine. Linux and macOS.
"""

import argparse
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
    rate: float
    peak_mib: float


def run(checkout: Path, jobs: int, parts: Sequence[Sequence[str]], cache: Path) -> Cost:
    """Check each of ``parts`` (paths) with a separate command, all at the same time.

    Raises:
        SystemExit: a check failed.
    """
    options = ["--verbose", "--jobs", str(jobs)]
    for pattern in EXCLUDED:
        options += ["--exclude", pattern]
    started = time.perf_counter()
    running = [_begun([*options, *paths], checkout, cache) for paths in parts]
    ended = [_end(process) for process in running]
    seconds = time.perf_counter() - started
    if any(process.returncode not in (0, 1) for process in running):
        raise SystemExit(f"{checkout}: the check failed")
    rates = [float(rate.replace(",", "")) for said, _ in ended for rate in _SPEED.findall(said)]
    return Cost(
        cpu_seconds=sum(usage.ru_utime + usage.ru_stime for _, usage in ended),
        seconds=seconds,
        rate=sum(rates),
        peak_mib=max(usage.ru_maxrss for _, usage in ended) * _RSS_UNIT / 2**20,
    )


def _begun(options: Sequence[str], checkout: Path, cache: Path) -> "subprocess.Popen[str]":
    """Start a check. Compiled code goes to ``cache`` for every checkout, whatever the shell's settings."""
    kept = {name: value for name, value in os.environ.items() if name != "PYTHONDONTWRITEBYTECODE"}
    environment = kept | {"PYTHONPATH": str(checkout / "server"), "PYTHONPYCACHEPREFIX": str(cache)}
    command = [sys.executable, "-m", "codeorigin", "check", *options]
    return subprocess.Popen(command, env=environment, cwd=cache, stdout=subprocess.PIPE, text=True)


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


def show(costs: dict[str, list[Cost]]) -> None:
    """Print a column per contender: medians, and the ratio of each one's times and rate to the last one's."""
    *_, last = costs.values()
    figures: dict[str, Callable[[Cost, Cost], float]] = {
        "processor s": lambda own, _: own.cpu_seconds,
        "s on the clock": lambda own, _: own.seconds,
        "functions/s": lambda own, _: own.rate,
        "peak MiB": lambda own, _: own.peak_mib,
        "of the last's processor s": lambda own, its: own.cpu_seconds / its.cpu_seconds,
        "of its time": lambda own, its: own.seconds / its.seconds,
        "of its functions/s": lambda own, its: own.rate / its.rate,
    }
    print(f"{'':26}" + "".join(f"{name:>28}" for name in costs))
    for name, figure in figures.items():
        medians = [statistics.median(map(figure, own, last)) for own in costs.values()]
        print(f"{name:26}" + "".join(f"{median:>28.3f}" for median in medians))
    print()


def main() -> None:
    """Measure and print."""
    parser = argparse.ArgumentParser(description=(__doc__ or "").split("\n", 1)[0])
    parser.add_argument("--against", type=Path, help="folder of another checkout, with --jobs and --verbose")
    parser.add_argument("--rounds", type=int, default=3, help="counted runs of each (default: 3)")
    parser.add_argument("--folder", type=Path, default=LIBRARY, help="what to check (default: the library)")
    parser.add_argument("--scaling", action="store_true", help="measure two processes too")
    options = parser.parse_args()
    folder = options.folder.resolve()
    whole = [[str(folder)]]
    with tempfile.TemporaryDirectory() as temporary:
        cache = Path(temporary)

        def contender(
            checkout: Path, jobs: int = 1, parts: Sequence[Sequence[str]] = whole
        ) -> Callable[[], Cost]:
            return lambda: run(checkout, jobs, parts, cache)

        contenders = {"this checkout": contender(HERE)}
        if options.against is not None:
            contenders["the other"] = contender(options.against.resolve())
        show(rounds(options.rounds, contenders))
        if options.scaling:
            contenders = {
                "--jobs 2": contender(HERE, jobs=2),
                "two commands, half each": contender(HERE, parts=halves(folder)),
                "--jobs 1": contender(HERE),
            }
            show(rounds(options.rounds, contenders))


if __name__ == "__main__":
    main()
