"""``codeorigin delta``: what became of the functions between two reports."""

import json
from collections import defaultdict
from collections.abc import Callable, Hashable
from dataclasses import dataclass
from typing import Any, TextIO

from codeorigin.cli.check_result import CheckResult
from codeorigin.cli.terminal import printable, write_all
from codeorigin.model.verdict import Band
from codeorigin.report import FunctionReport, line_range
from codeorigin.wording.figures import counted, probability_decimal
from codeorigin.wording.functions import band_or_reason


@dataclass(frozen=True, slots=True)
class ReportedFunction:
    """A function of a report. ``finding``: it made the check exit with 1.

    ``cell`` is the number of its notebook's cell, and ``shown`` the path with it.
    """

    path: str
    function: FunctionReport
    finding: bool
    cell: int | None
    shown: str


@dataclass(frozen=True, slots=True)
class Delta:
    """What is only in the new report, only in the old one, and in both with another text, verdict or path."""

    added: tuple[ReportedFunction, ...]
    gone: tuple[ReportedFunction, ...]
    changed: tuple[tuple[ReportedFunction, ReportedFunction], ...]
    same: int

    @property
    def new_findings(self) -> int:
        """Findings of the new report that were none in the old one."""
        return sum(each.finding for each in self.added) + sum(
            after.finding and not before.finding for before, after in self.changed
        )


def compare(old: CheckResult, new: CheckResult) -> Delta:
    """Match the outermost functions by path and id (the text), then by path and name, then by id alone.

    In notebooks, those of the same cell come first each time; the numbers of cells change with every new one.
    """
    before, after = _entries(old), _entries(new)
    pairs: list[tuple[ReportedFunction, ReportedFunction]] = []
    keys: tuple[Callable[[ReportedFunction], Hashable], ...] = (
        lambda entry: (entry.path, entry.cell, entry.function.function_id),
        lambda entry: (entry.path, entry.function.function_id),
        lambda entry: (entry.path, entry.cell, entry.function.span.qualified_name),
        lambda entry: (entry.path, entry.function.span.qualified_name),
        lambda entry: entry.function.function_id,
    )
    for key in keys:
        before, after, found = _matched(before, after, key)
        pairs += found
    changed = tuple(pair for pair in pairs if _state(pair[0]) != _state(pair[1]))
    return Delta(
        tuple(sorted(after, key=_place)),
        tuple(sorted(before, key=_place)),
        tuple(sorted(changed, key=lambda pair: _place(pair[1]))),
        len(pairs) - len(changed),
    )


def _entries(result: CheckResult) -> list[ReportedFunction]:
    return [
        ReportedFunction(file.path, function, result.is_finding(function), file.cell_number, file.shown)
        for file in result.files
        for function in file.report.functions
    ]


def _matched(
    before: list[ReportedFunction], after: list[ReportedFunction], key: Callable[[ReportedFunction], Hashable]
) -> tuple[list[ReportedFunction], list[ReportedFunction], list[tuple[ReportedFunction, ReportedFunction]]]:
    """Those of each side that found nobody, and the pairs; the first ones with a key go together."""
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


def _state(entry: ReportedFunction) -> tuple[str, str, Band | None, float | None, bool]:
    verdict = entry.function.verdict
    probability = None if verdict.probability is None else round(verdict.probability, 6)
    return entry.path, entry.function.function_id, verdict.band, probability, entry.finding


def _place(entry: ReportedFunction) -> tuple[str, int, int]:
    return entry.path, entry.cell or 0, entry.function.span.range.start_line


def _described(entry: ReportedFunction) -> str:
    first, last = line_range(entry.function)
    verdict = entry.function.verdict
    mark = "*" if entry.finding else " "
    return printable(
        f"{mark} {entry.shown}:{first}-{last}  {probability_decimal(verdict.probability):>5}  "
        f"{band_or_reason(verdict)}  {entry.function.span.qualified_name}"
    )


def write_text(delta: Delta, stream: TextIO) -> None:
    """One line a function, two for one that changed, then the totals. A ``*`` marks findings."""
    lines = [f"added {_described(entry)}" for entry in delta.added]
    lines += [f"gone  {_described(entry)}" for entry in delta.gone]
    for before, after in delta.changed:
        lines += [f"was   {_described(before)}", f"is    {_described(after)}"]
    lines.append(
        f"{len(delta.added):,} added, {len(delta.gone):,} gone, {len(delta.changed):,} changed, "
        f"{delta.same:,} the same; {counted(delta.new_findings, 'new finding')}"
    )
    write_all(stream, "\n".join(lines) + "\n")


def write_json(delta: Delta, stream: TextIO) -> None:
    """``added``, ``gone``, ``changed`` (each ``old`` and ``new``), ``same`` and ``new_findings``."""
    data = {
        "added": [_data(entry) for entry in delta.added],
        "gone": [_data(entry) for entry in delta.gone],
        "changed": [{"old": _data(before), "new": _data(after)} for before, after in delta.changed],
        "same": delta.same,
        "new_findings": delta.new_findings,
    }
    write_all(stream, json.dumps(data, indent=2, allow_nan=False) + "\n")


def _data(entry: ReportedFunction) -> dict[str, Any]:
    first, last = line_range(entry.function)
    verdict = entry.function.verdict
    return {
        "path": entry.path,
        "cell": entry.cell,
        "id": entry.function.function_id,
        "qualified_name": entry.function.span.qualified_name,
        "start_line": first,
        "end_line": last,
        "probability": verdict.probability,
        "band": None if verdict.band is None else verdict.band.value,
        "reason": None if verdict.reason is None else verdict.reason.value,
        "finding": entry.finding,
    }
