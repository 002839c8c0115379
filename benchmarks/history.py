"""What ``codeorigin history`` takes over a short and a long history: time, rate, and memory, which must not grow.

    python benchmarks/history.py [--commits 2000 50000] [--jobs 2] [--model DIR] [--keep DIR]

For each number of commits, a repository is created with ``git fast-import``: small files with made-up functions in four
languages, one to five of which every commit writes or rewrites. The command writes its page twice, first without state
from earlier runs and then with all of it. Linux and macOS.
"""

import argparse
import os
import random
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from pathlib import Path

HERE = Path(__file__).resolve().parents[1]
START = 1_500_000_000
SECONDS_APART = 3_600
FUNCTIONS_IN_A_FILE = 8
COMMITS_TO_A_FILE = 20
_RSS_UNIT = 1 if sys.platform == "darwin" else 1024

_WORDS = (
    "account batch buffer cache channel column cursor entry event field filter frame group handle index item key "
    "label layer limit line list lock map mark message mode node offset option order owner page part path point "
    "queue range rate record region request result route row rule scope score seed segment session shape signal "
    "slot source stack stage state step store stream table target task term token total track unit user value"
)
_TEMPLATES = {
    "py": """\
def {a}_{b}({c}, {d}={m}):
    {e} = []
    for {f} in {c}:
        if {f} is None or {f}.{g} > {d}:
            continue
        {e}.append({f}.{h} * {n})
    return {e}[:{d}]
""",
    "js": """\
function {a}{B}({c}, {d}) {{
  const {e} = {{}};
  for (const {f} of {c}) {{
    if ({f}.{g} < {m}) continue;
    {e}[{f}.{h}] = ({e}[{f}.{h}] || {n}) + {d};
  }}
  return {e};
}}
""",
    "go": """\
func {a}{B}({c} []int, {d} int) (int, error) {{
	{e} := {m}
	for _, {f} := range {c} {{
		if {f} > {d} {{
			return 0, fmt.Errorf("{g} %d is above {h}", {f})
		}}
		{e} += {f} * {n}
	}}
	return {e}, nil
}}
""",
    "c": """\
static int {a}_{b}(const int *{c}, size_t {d})
{{
	int {e} = {m};
	for (size_t {f} = 0; {f} < {d}; {f}++) {{
		if ({c}[{f}] < 0)
			return -{n};
		{e} ^= {c}[{f}] << ({f} % {n});
	}}
	return {e};
}}
""",
}
_HEADS = {
    "py": "",
    "js": '"use strict";\n\n',
    "go": 'package made\n\nimport "fmt"\n\n',
    "c": "#include <stddef.h>\n\n",
}


def _function(chance: random.Random, kind: str) -> str:
    names = dict(zip("abcdefgh", chance.sample(_WORDS.split(), 8), strict=True))
    numbers = {"m": chance.randrange(2, 900), "n": chance.randrange(2, 30)}
    return _TEMPLATES[kind].format(**names, **numbers, B=names["b"].title())


def _commits(count: int) -> Iterator[bytes]:
    """The history in the input format of ``git fast-import``."""
    chance = random.Random(0)
    files: dict[str, list[str]] = {}
    for number in range(count):
        seconds = START + number * SECONDS_APART
        yield b"commit refs/heads/main\n"
        yield f"committer Ann <ann@example.org> {seconds} +0000\n".encode()
        yield b"data 5\nWork\n\n"
        for _ in range(chance.choice((1, 1, 1, 2, 5))):
            if number % COMMITS_TO_A_FILE == 0 or not files:
                kind = chance.choice(list(_TEMPLATES))
                name = f"{chance.choice(_WORDS.split())}/{chance.choice(_WORDS.split())}_{number}.{kind}"
                functions = files.setdefault(name, [])
            else:
                name = chance.choice(list(files))
                functions = files[name]
            kind = name.rpartition(".")[2]
            if len(functions) < FUNCTIONS_IN_A_FILE:
                functions.append(_function(chance, kind))
            else:
                functions[chance.randrange(len(functions))] = _function(chance, kind)
            data = (_HEADS[kind] + "\n".join(functions)).encode()
            yield f"M 100644 inline {name}\ndata {len(data)}\n".encode() + data + b"\n"


def make(folder: Path, count: int) -> None:
    """Create a bare repository of ``count`` commits."""
    subprocess.run(["git", "init", "--quiet", "--bare", "--initial-branch=main", str(folder)], check=True)
    command = ["git", "-C", str(folder), "fast-import", "--quiet"]
    with subprocess.Popen(command, stdin=subprocess.PIPE) as importing:
        assert importing.stdin is not None
        for piece in _commits(count):
            importing.stdin.write(piece)
    if importing.returncode:
        raise SystemExit("git fast-import failed")


def run(repository: Path, state: Path, count: int, options: argparse.Namespace) -> None:
    """Judge the history, reusing what is in ``state``, and print what it took.

    Raises:
        SystemExit: the command failed.
    """
    kept = "all" if state.exists() else "nothing"
    page = state.with_suffix(".html")
    command = [sys.executable, "-m", "codeorigin", "history", str(repository), "--state", str(state)]
    command += ["--format", f"html={page}", "--jobs", str(options.jobs)]
    command += [] if options.model is None else ["--model", str(options.model.resolve())]
    environment = {**os.environ, "PYTHONPATH": str(HERE / "server")}
    started = time.perf_counter()
    process = subprocess.Popen(command, env=environment, stderr=subprocess.DEVNULL)
    _, status, usage = os.wait4(process.pid, 0)
    process.returncode = os.waitstatus_to_exitcode(status)
    seconds = time.perf_counter() - started
    if process.returncode:
        raise SystemExit(f"history failed with exit code {process.returncode}")
    print(
        f"{count:,} commits, {kept} kept: {seconds:,.0f} s on the clock, "
        f"{usage.ru_utime + usage.ru_stime:,.0f} s of processors, {60 * count / seconds:,.0f} commits a minute, "
        f"largest process {usage.ru_maxrss * _RSS_UNIT / 2**20:,.0f} MiB",
        flush=True,
    )


def main() -> None:
    """Measure and print."""
    parser = argparse.ArgumentParser(description=(__doc__ or "").split("\n", 1)[0])
    parser.add_argument("--commits", type=int, nargs="+", default=[2_000, 50_000], help="lengths of history")
    parser.add_argument("--jobs", type=int, default=2, help="processes that read files (default: 2)")
    parser.add_argument("--model", type=Path, help="model folder (default: the one that ships)")
    parser.add_argument("--keep", type=Path, help="leave repositories, states and pages in this folder")
    options = parser.parse_args()
    with tempfile.TemporaryDirectory() as temporary:
        folder = options.keep or Path(temporary)
        folder.mkdir(parents=True, exist_ok=True)
        for count in options.commits:
            repository = folder / f"{count}.git"
            if not repository.exists():
                make(repository, count)
            for _ in range(2):
                run(repository, folder / f"{count}.sqlite", count, options)


if __name__ == "__main__":
    main()
