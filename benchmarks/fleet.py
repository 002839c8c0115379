"""What the report over a scan takes: time and memory, over made-up results.

    python benchmarks/fleet.py [--rows 10000 100000] [--of commits] [--rows-in-a-file 512]

The rows are like those of a real scan in number and shape, with four parts per commit, but without a repository behind
them. Every report is made in a separate process. Needs the extra ``fleet``.
"""

import argparse
import multiprocessing
import random
import resource
import sys
import tempfile
import time
from collections.abc import Iterator
from pathlib import Path

from codeorigin.fleet.options import UnitKind
from codeorigin.fleet.report import write_fleet_report
from codeorigin.fleet.store import Store
from codeorigin.fleet.units import Unit
from codeorigin.fleet.work import Row, UnitResult

LANGUAGES = ("python", "javascript", "go", "c")
FILES_IN_A_REPOSITORY = 4
_RSS_UNIT = 1 if sys.platform == "darwin" else 1024


def rows_of(chance: random.Random, repository: str, kind: UnitKind, count: int) -> Iterator[Row]:
    """Made-up rows of one unit."""
    for number in range(count):
        band = chance.choice(("human", "human", "unsure", "llm", None))
        lines = {each: chance.randrange(40) for each in ("human", "unsure", "llm")}
        probability = None if band is None else chance.random()
        verdict: Row = {"logit": probability, "probability": probability, "band": band, "reason": None}
        about: Row = {"repository": repository, "commit": f"{chance.getrandbits(160):040x}"}
        if kind is UnitKind.TREE:
            place = {"path": f"src/{number}.py", "blob": about["commit"], "language": "python"}
            yield about | place | verdict | lines | {"functions": 5, "error": None}
            continue
        parts = [
            {"folder": f"{repository}/{chance.randrange(50)}", "language": language, "functions": 2, **lines}
            for language in LANGUAGES
        ]
        counts = {"functions": 8, "written": 4, "lines": 4 * sum(lines.values()), "unread": 0, "missing": 0}
        seconds = chance.randrange(1_300_000_000, 1_700_000_000)
        more = {"seconds": seconds, "human_share": probability, "parts": parts, "declared": ()}
        yield about | counts | verdict | more


def fill(folder: Path, kind: UnitKind, rows: int, in_a_file: int) -> int:
    """Write ``rows`` made-up rows; return the number of repositories that they are from."""
    chance = random.Random(0)
    store = Store(folder, {})
    repositories = 0
    for number in range(-(-rows // in_a_file)):
        repositories = number // FILES_IN_A_REPOSITORY + 1
        name = f"/mirror/organisation/{repositories}.git"
        count = min(in_a_file, rows - number * in_a_file)
        unit = Unit(name, kind, (str(number),), (0,), True, "made up")
        store.put(unit, UnitResult(tuple(rows_of(chance, name, kind, count))))
    return repositories


def report(folder: Path, kind: UnitKind) -> tuple[float, float]:
    """Processor seconds that a report takes, and the peak memory of its process in MiB."""
    started = time.process_time()
    write_fleet_report(Store(folder, {}), kind, "made up")
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss * _RSS_UNIT / 2**20
    return time.process_time() - started, peak


def main() -> None:
    """Measure and print."""
    parser = argparse.ArgumentParser(description=(__doc__ or "").split("\n", 1)[0])
    parser.add_argument("--rows", type=int, nargs="+", default=[10_000, 100_000], help="how many rows")
    parser.add_argument("--of", choices=[str(kind) for kind in UnitKind], default="commits")
    parser.add_argument("--rows-in-a-file", type=int, default=512, help="rows of a unit (default: 512)")
    options = parser.parse_args()
    kind = UnitKind(options.of)
    context = multiprocessing.get_context("spawn")
    for rows in options.rows:
        with tempfile.TemporaryDirectory() as name:
            folder = Path(name)
            with context.Pool(1) as pool:
                repositories = pool.apply(fill, (folder, kind, rows, options.rows_in_a_file))
            with context.Pool(1) as pool:
                seconds, peak = pool.apply(report, (folder, kind))
            page = (folder / "report.html").stat().st_size / 2**20
            print(
                f"{rows:,} rows of {repositories:,} repositories: {seconds:.1f} s, {peak:,.0f} MiB; "
                f"page {page:.2f} MiB",
                flush=True,
            )


if __name__ == "__main__":
    main()
