"""No regular expression of ours takes time like the square of a text: 40 KB of digits would freeze an editor."""

import subprocess
import sys
from pathlib import Path

import pytest

from support import expressions

BOUNDED = {
    "functions/notebooks.py _TOKEN": "valid JSON alone, where every quote has its end",
    "language_id/grammars.py _PIECES": "1,200 characters",
    "languages/second_reading.py _COMMENT_OR_STRING": "in the parser's process, whose time is limited",
}
"""Expressions that are slow with texts that they are not given."""


def searched(*arguments: str, seconds: int) -> tuple[list[str], list[str]]:
    """The places that were searched, and those with an expression that is slow, or that never ended."""
    program = [sys.executable, str(Path(expressions.__file__)), *arguments]
    # A limit of processor time, which the kernel keeps.
    limited = ["bash", "-c", f'ulimit -t {seconds}; exec "$@"', "bash", *program]
    done = subprocess.run(limited, capture_output=True, text=True, check=False)
    lines = [line.split(" ", 1) for line in done.stdout.splitlines()]
    begun = [place for word, place in lines if word == "BEGIN"]
    slow = [place for word, place in lines if word == "SLOW"]
    assert done.returncode <= 0 or begun, done.stderr
    return begun, slow if done.returncode == 0 else [*slow, f"{begun[-1]} did not end"]


@pytest.mark.parametrize(
    ("pattern", "method", "slow"),
    [
        (r"[\d.]+$", "sub", True),
        (r"[\d.]+$", "match", False),
        (r"\s*=\s*x", "search", True),
        (r"(\s*\w+)*x", "match", True),
        (r"(?<![\d.])[\d.]++$", "sub", False),
    ],
)
def test_search_finds_what_it_looks_for(pattern: str, method: str, slow: bool) -> None:
    assert bool(searched("--only", pattern, method, seconds=3)[1]) == slow


def test_time_grows_with_the_text_alone() -> None:
    begun, slow = searched(seconds=120)
    assert len(begun) > 100
    assert [place for place in slow if not place.startswith(tuple(BOUNDED))] == []
