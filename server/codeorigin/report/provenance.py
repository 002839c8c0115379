"""Sentences about what is declared of lines, beside what is estimated."""

from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence
from itertools import groupby

from codeorigin.analysis.report import FunctionReport
from codeorigin.model.past import Past
from codeorigin.records.disagreements import DeclaredBy, Disagreement
from codeorigin.records.rates import Provenance, RateGroup
from codeorigin.records.record import Record, Strength, WrittenBy
from codeorigin.report.figures import counted, percent_with_interval, probability_decimal
from codeorigin.report.functions import band_or_reason
from codeorigin.report.past import past_sentence
from codeorigin.text.literal_text import one_line

DECLARED_CAVEAT = (
    "A record is a fact about a record; the figures are an estimate, and neither is part of the other."
)
_MOST_PARTS = 3
_DECLARED_BY = {
    DeclaredBy.AGENT: "by agents",
    DeclaredBy.PARTLY: "in part",
    DeclaredBy.PERSON: "by known people",
    DeclaredBy.NOBODY: "without a record",
}
_BY = {
    WrittenBy.PERSON: "a known person",
    WrittenBy.UNTRACKED: "untracked",
    WrittenBy.MIXED: "an agent and a person",
}
_ABOUT = {Strength.LINES: "", Strength.COMMIT: "commit, ", Strength.MENTION: "helped, "}
_ORIGINS = {
    Provenance.AGENT: "recorded as an agent's",
    Provenance.PERSON: "recorded as a known person's",
    Provenance.MODERN: "last changed from 2021 to November 2022",
    Provenance.OLD: "last changed before 2021",
}
_BY_RECORD = {
    "all": "",
    "lines": ", line by line",
    "commit": ", by their commits",
    "mention": " only by a mention of help",
}
_VIEWS = {
    "in_file": "called llm without the past",
    "own": "by own text alone",
}
_RECORDS = "A record can be wrong, and a function is only here if all of its lines are recorded alike or are that old."


def record_label(record: Record | None) -> str:
    """``codex, gpt-5.5 (git-ai)``, ``a known person (git-ai)``, ``claude (commit, trailer)``; a dash if None."""
    if record is None:
        return "-"
    who = _BY.get(record.by)
    if who is None or (record.by is WrittenBy.MIXED and record.tool is not None):
        model = "" if record.model in {None, record.agent} else f", {record.model}"
        who = f"{record.agent}{model}{' and a person' if record.by is WrittenBy.MIXED else ''}"
    stale = "stale, " if record.is_stale else ""
    return f"{who} ({stale}{_ABOUT[record.strength]}{record.source.value})"


def declared_counts(records: Iterable[Record | None]) -> str:
    """``Declared: 33 lines codex, gpt-5.5 (git-ai); 7 lines without a record.``"""
    labels = Counter(record_label(record) for record in records)
    none = labels.pop("-", 0)
    parts = [f"{counted(count, 'line')} {label}" for label, count in labels.most_common()]
    if none or not parts:
        parts.append(f"{counted(none, 'line')} without a record")
    return f"Declared: {'; '.join(parts)}."


def declared_sentence(first: int, records: Sequence[Record | None]) -> str | None:
    """``Declared: lines 10-42 by codex, gpt-5.5 (git-ai); line 43 untracked (git-ai)``; None without a record.

    ``records`` are about the lines from ``first`` on.
    """
    runs: dict[Record, list[range]] = {}
    for record, run in groupby(enumerate(records, first), key=lambda item: item[1]):
        lines = [line for line, _ in run]
        if record is not None:
            runs.setdefault(record, []).append(range(lines[0], lines[-1] + 1))
    said = sorted(runs.items(), key=lambda item: -sum(map(len, item[1])))
    parts = [_about(record, ranges) for record, ranges in said[:_MOST_PARTS]]
    left = sum(len(run) for _, ranges in said[_MOST_PARTS:] for run in ranges)
    if left:
        parts.append(f"{counted(left, 'more line')} by others")
    return f"Declared: {'; '.join(parts)}" if parts else None


def _about(record: Record, ranges: Sequence[range]) -> str:
    """``lines 10-12, 20 by codex (git-ai)``."""
    shown = [str(run[0]) if len(run) == 1 else f"{run[0]}-{run[-1]}" for run in ranges[:_MOST_PARTS]]
    left = sum(map(len, ranges[_MOST_PARTS:]))
    more = f" and {counted(left, 'more line')}" if left else ""
    by = "" if record.by is WrittenBy.UNTRACKED else "by "
    word = "line" if sum(map(len, ranges)) == 1 else "lines"
    return f"{word} {', '.join(shown)}{more} {by}{record_label(record)}"


def function_heading(function: FunctionReport, first: int, last: int) -> str:
    """``parse, lines 10-42: 0.93, llm``."""
    name = one_line(function.span.qualified_name)
    estimate = band_or_reason(function.verdict)
    if function.verdict.probability is not None:
        estimate = f"{probability_decimal(function.verdict.probability)}, {estimate}"
    return f"{name}, lines {first}-{last}: {estimate}"


def declared_by_sentence(functions: Mapping[DeclaredBy, int], agents: Sequence[str]) -> str:
    """``Declared of the same 12 functions: 7 by agents (codex, claude), 1 in part, 4 without a record.``

    ``functions`` counts those with a verdict, ``agents`` are those that their records name.
    """
    named = ", ".join([*agents[:_MOST_PARTS], *(["others"] if len(agents) > _MOST_PARTS else [])])
    parts = [
        f"{functions[whose]:,} {phrase}" for whose, phrase in _DECLARED_BY.items() if functions.get(whose)
    ]
    # The kinds with agents come first, and name them once.
    if named:
        parts[0] += f" ({named})"
    return f"Declared of the same {counted(sum(functions.values()), 'function')}: {', '.join(parts)}."


def disagreement_sentence(kind: Disagreement, count: int) -> str:
    """``Nothing declared, reads LLM-written: 3 functions. Was this written with a tool? No record says so.``"""
    return f"{kind.heading}: {counted(count, 'function')}. {kind.question}"


def evaluation_lines(
    model: str, past: Past | None, head: str, functions: int, groups: Sequence[RateGroup]
) -> Iterator[str]:
    """The report as text: a table of the functions that are called ``llm`` in their files, and by their own text."""
    yield f"{counted(functions, 'function')} of {head[:10]} with a verdict by {model} and a known origin. {_RECORDS}"
    if past is not None:
        yield past_sentence(past)
    if not groups:
        return
    yield ""
    views = ["in_file", "own"] if past is None else ["in_file_with_past", "in_file", "own"]
    titles = ["functions", "commits", "called llm", *(_VIEWS[view] for view in views[1:])]
    rows = [["", *titles], *([_origin(group), *_cells(group, views)] for group in groups)]
    widths = [max(len(row[column]) for row in rows) for column in range(len(rows[0]))]
    for row in rows:
        yield "  ".join(cell.ljust(width) for cell, width in zip(row, widths, strict=True)).rstrip()


def _origin(group: RateGroup) -> str:
    return f"{_ORIGINS[group.kind]}{_BY_RECORD[group.by]}" if group.by in _BY_RECORD else f"  {group.by}"


def _cells(group: RateGroup, views: Sequence[str]) -> list[str]:
    rates = [group.called[view] for view in views]
    shares = [percent_with_interval(rate.share, rate.low, rate.high) for rate in rates]
    return [f"{rates[0].functions:,}", f"{rates[0].commits:,}", *shares]
