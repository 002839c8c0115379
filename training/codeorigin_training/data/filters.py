"""Filters for code that nobody wrote by hand, and for labels that say nothing about who wrote it.

The first are the file filters of the Codex paper, applied to single functions: Chen et al. 2021, Evaluating Large
Language Models Trained on Code, section 3.1: files were left out that were likely auto-generated, had an average line
length over 100, a line longer than 1000, or few alphanumeric characters. The paper gives no number for the last; later
corpora of code used a quarter.

An agent commits templates and generated files with the rest: text that other people's repositories hold too was copied,
not written. What it writes in a few lines, anybody would.
"""

import re
from collections import Counter
from collections.abc import Iterable, Sequence

import numpy as np
from pydantic import Field
from pydantic.dataclasses import dataclass

from codeorigin.text.generated import is_generated
from codeorigin_training.arrays import Booleans
from codeorigin_training.configuration import STRICT, Count, Positive
from codeorigin_training.data.rows import Row

_GENERATED_PATH = re.compile(
    r"(?:^|/)(?:vendor|node_modules|third_party|dist|generated)/|[._]pb2?(?:_grpc)?\.\w+$|\.pb\.\w+$|\.g\.cs$"
    r"|\.designer\.cs$|\.min\.js$|\.bundle\.js$|(?:^|/)zz_generated|_generated\.\w+$|\.generated\.\w+$",
    re.IGNORECASE,
)


@dataclass(frozen=True, config=STRICT)
class FilterConfig:
    """Thresholds of :func:`rejection`: lengths in characters without the line end, a share between 0 and 1."""

    average_line: Positive = 100.0
    longest_line: int = 1000
    alphanumeric_share: float = Field(default=0.25, ge=0, lt=1)
    generated: bool = True
    """Whether to leave out text marked as generated, and files in folders of vendored or built code."""
    shortest_llm: Count = 5
    """The fewest lines of an LLM function."""

    def __post_init__(self) -> None:
        if self.average_line > self.longest_line:
            raise ValueError("average_line must be at most longest_line")


def rejection(code: str, config: FilterConfig, path: str = "") -> str | None:
    """Why the function is left out, or None if it is kept.

    One of ``empty``, ``longest line``, ``average line``, ``alphanumeric`` and ``generated``. The average is over the
    non-blank lines. ``path``, if given, is used to recognise generated and vendored files by name.
    """
    lines = [line for line in code.splitlines() if line.strip()]
    if not lines:
        return "empty"
    lengths = [len(line) for line in lines]
    if max(lengths) > config.longest_line:
        return "longest line"
    if sum(lengths) > config.average_line * len(lengths):
        return "average line"
    written = "".join(code.split())
    if sum(map(str.isalnum, written)) < config.alphanumeric_share * len(written):
        return "alphanumeric"
    if config.generated and (is_generated(code) or _GENERATED_PATH.search(path.replace("\\", "/"))):
        return "generated"
    return None


def templates(rows: Sequence[Row], groups: Iterable[Sequence[int]]) -> Booleans:
    """Which LLM rows have a near copy in a repository of another owner, bool ``(len(rows),)``; never a pair's.

    ``groups`` are the indices of near copies, as of :func:`~codeorigin_training.data.near_duplicates.near_duplicates`.
    """
    found = np.zeros(len(rows), dtype=bool)
    for group in groups:
        if len({rows[index].repo.partition("/")[0].lower() for index in group}) > 1:
            found[[index for index in group if rows[index].label == 1 and rows[index].pair is None]] = True
    return found


def filtered(rows: Sequence[Row], config: FilterConfig) -> tuple[list[Row], Counter[str]]:
    """The rows that are kept, and how many were left out for each reason. Pairs are left out as a whole."""
    reasons = [
        "short llm"
        if row.label == 1 and row.pair is None and row.lines < config.shortest_llm
        else rejection(row.code, config, row.path)
        for row in rows
    ]
    broken = {row.pair for row, reason in zip(rows, reasons, strict=True) if reason and row.pair}
    counts: Counter[str] = Counter()
    accepted: list[Row] = []
    for row, reason in zip(rows, reasons, strict=True):
        if reason:
            counts[reason] += 1
        elif row.pair in broken:
            counts["other half of a pair"] += 1
        else:
            accepted.append(row)
    return accepted, counts
