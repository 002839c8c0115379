"""Errors of statistics, put in one by one, and the test that finds each: ``make errors``, in four minutes.

Each, in ``tests/training/errors_put_in.toml``, is a change of one place in a copy of the training package. The named
test must then fail; one that passes has a gap. :mod:`test_errors_put_in` checks in the suite that every place still
exists.
"""

import os
import shutil
import subprocess
import sys
import tempfile
import tomllib
from pathlib import Path
from typing import NamedTuple

TESTS = Path(__file__).parents[1] / "training"
PACKAGE = TESTS.parents[1] / "training" / "codeorigin_training"


class Error(NamedTuple):
    """An error: the file of the package, a text there and the one in its place, and the test that finds it."""

    file: str
    text: str
    wrong: str
    test: str


_TABLE = tomllib.loads((TESTS / "errors_put_in.toml").read_text("utf-8"))
ERRORS = [Error(**each) for each in _TABLE["error"]]


def is_found(error: Error, folder: Path) -> bool:
    """Whether the named test fails with ``error`` in a copy of the package in the empty ``folder``."""
    shutil.copytree(PACKAGE, folder / PACKAGE.name, ignore=shutil.ignore_patterns("__pycache__"))
    path = folder / PACKAGE.name / error.file
    path.write_text(path.read_text(encoding="utf-8").replace(error.text, error.wrong, 1), encoding="utf-8")
    command = [sys.executable, "-m", "pytest", "-q", "-x", str(TESTS / error.test)]
    environment = os.environ | {"PYTHONPATH": str(folder), "PYTHONDONTWRITEBYTECODE": "1"}
    result = subprocess.run(command, env=environment, capture_output=True, text=True, check=False)
    if result.returncode not in (0, 1):
        raise RuntimeError(f"{error.test}: pytest did not run it\n{result.stdout}{result.stderr}")
    return result.returncode == 1


def main() -> int:
    """Put in every error; the exit code is the number of those that no test finds."""
    missed = 0
    for error in ERRORS:
        with tempfile.TemporaryDirectory() as folder:
            found = is_found(error, Path(folder))
        missed += not found
        test = error.test.partition("::")[2]
        print(f"{'found' if found else 'MISSED'}: {error.file}: {error.text!r} -> {error.wrong!r} ({test})")
    return missed


if __name__ == "__main__":
    sys.exit(main())
