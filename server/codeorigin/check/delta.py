"""``codeorigin delta``: read the functions of two JSON reports and compare them."""

import json
import math
from collections import defaultdict
from collections.abc import Callable, Hashable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from codeorigin.check.result import shown_path
from codeorigin.core.errors import SourceError
from codeorigin.model.verdict import Band, Reason
from codeorigin.shell.terminal import display_path
from codeorigin.text.regular_files import read_regular_file

MAX_BYTES = 1 << 30


@dataclass(frozen=True, slots=True)
class ReportedFunction:
    """A function of a report, as shown in a comparison.

    ``cell`` is the number of the notebook cell. Lines are 1-based and inclusive. ``finding`` means that it made the
    check exit with 1.
    """

    path: str
    cell: int | None
    id: str
    qualified_name: str
    start_line: int
    end_line: int
    probability: float | None
    band: Band | None
    reason: Reason | None
    finding: bool

    @property
    def shown(self) -> str:
        """The path to display, with the cell number if it is in a cell."""
        return shown_path(self.path, self.cell)

    @property
    def place(self) -> tuple[str, int, int]:
        """The sort key of functions."""
        return self.path, self.cell or 0, self.start_line

    @property
    def reading(self) -> tuple[str, Band | None, Reason | None, bool]:
        """What is worth reading if it changes: the text and the verdict, but not the probability.

        The probability of a function moves a little whenever another function of its file changes.
        """
        return self.id, self.band, self.reason, self.finding

    @property
    def moving(self) -> tuple[str, float | None]:
        """What may change without being worth reading: the file, and the probability as exact as it can be compared."""
        return self.path, None if self.probability is None else round(self.probability, 6)


@dataclass(frozen=True, slots=True)
class Delta:
    """Functions only in the new report, only in the old one, and in both with a difference worth reading.

    ``same`` are the others, of which ``moved`` are in another file or have another probability.
    """

    added: tuple[ReportedFunction, ...]
    gone: tuple[ReportedFunction, ...]
    changed: tuple[tuple[ReportedFunction, ReportedFunction], ...]
    same: int
    moved: int = 0

    @property
    def new_findings(self) -> int:
        """The number of findings in the new report that were not findings in the old one."""
        return sum(function.finding for function in self.added) + sum(
            after.finding and not before.finding for before, after in self.changed
        )


def read_functions(path: Path) -> list[ReportedFunction]:
    """The outermost functions in a report that ``check --format json`` wrote.

    Raises:
        SourceError: the file cannot be read, is too large, or is no such report.
    """
    shown = display_path(path)
    try:
        content = read_regular_file(path, MAX_BYTES)
    except OSError as error:
        raise SourceError(f"cannot be read: {error.strerror}", shown) from error
    if len(content) > MAX_BYTES:
        raise SourceError(f"is larger than {MAX_BYTES:,} bytes", shown)
    try:
        data = json.loads(content, parse_float=_finite, parse_constant=_finite)
        return [_read(file, function) for file in data["files"] for function in file["functions"]]
    except (ValueError, KeyError, TypeError, AttributeError, OverflowError, RecursionError) as error:
        raise SourceError(
            "is no report of this version's 'codeorigin check --format json'; write it again", shown
        ) from error


def _finite(text: str) -> float:
    """Parse a number, which must be finite so that it can be written as JSON again."""
    number = float(text)
    if not math.isfinite(number):
        raise ValueError(f"{text} is no number of a report")
    return number


def _read(file: Mapping[str, Any], function: Mapping[str, Any]) -> ReportedFunction:
    cell, probability = file["cell"], function["probability"]
    band = None if function["band"] is None else Band(function["band"])
    return ReportedFunction(
        path=str(file["path"]),
        cell=None if cell is None else int(cell["number"]),
        id=str(function["id"]),
        qualified_name=str(function["qualified_name"]),
        start_line=int(function["start_line"]),
        end_line=int(function["end_line"]),
        probability=None if probability is None else float(probability),
        band=band,
        reason=None if function["reason"] is None else Reason(function["reason"]),
        finding=band is Band.LLM and not function["accepted"],
    )


def compare(
    old: Sequence[ReportedFunction], new: Sequence[ReportedFunction], *, every_change: bool = False
) -> Delta:
    """Match the outermost functions by path and id (the text), then by path and name, then by id alone.

    In notebooks, functions in the same cell are matched first at each step. A cell's number is not reliable, because it
    changes whenever a cell is inserted before it. With ``every_change``, a function of which only the file or the
    probability has changed counts as changed too.
    """
    before, after = list(old), list(new)
    pairs: list[tuple[ReportedFunction, ReportedFunction]] = []
    keys: tuple[Callable[[ReportedFunction], Hashable], ...] = (
        lambda entry: (entry.path, entry.cell, entry.id),
        lambda entry: (entry.path, entry.id),
        lambda entry: (entry.path, entry.cell, entry.qualified_name),
        lambda entry: (entry.path, entry.qualified_name),
        lambda entry: entry.id,
    )
    for key in keys:
        before, after, found = _matched(before, after, key)
        pairs += found
    changed, moved = [], 0
    for pair in pairs:
        is_moved = pair[0].moving != pair[1].moving
        if pair[0].reading != pair[1].reading or (every_change and is_moved):
            changed.append(pair)
        else:
            moved += is_moved
    return Delta(
        tuple(sorted(after, key=lambda entry: entry.place)),
        tuple(sorted(before, key=lambda entry: entry.place)),
        tuple(sorted(changed, key=lambda pair: pair[1].place)),
        len(pairs) - len(changed),
        moved,
    )


def _matched(
    before: list[ReportedFunction], after: list[ReportedFunction], key: Callable[[ReportedFunction], Hashable]
) -> tuple[list[ReportedFunction], list[ReportedFunction], list[tuple[ReportedFunction, ReportedFunction]]]:
    """The unmatched functions of each side, and the pairs. Functions with the same key are paired in order."""
    waiting: dict[Hashable, list[ReportedFunction]] = defaultdict(list)
    for entry in reversed(before):
        waiting[key(entry)].append(entry)
    rest, pairs = [], []
    for entry in after:
        candidates = waiting[key(entry)]
        if candidates:
            pairs.append((candidates.pop(), entry))
        else:
            rest.append(entry)
    left = {id(entry) for entries in waiting.values() for entry in entries}
    return [entry for entry in before if id(entry) in left], rest, pairs
