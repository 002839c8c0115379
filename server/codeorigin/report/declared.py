"""Sentences about what is declared of lines, beside what is estimated."""

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from itertools import groupby

from codeorigin.model.verdict import Band
from codeorigin.records.function_records import DeclaredBy, Disagreement
from codeorigin.records.record import Record, RecordSource, Strength, WrittenBy
from codeorigin.report.figures import counted
from codeorigin.report.verdicts import BAND_NAMES, LIKELY_LLM

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
_ABOUT = {
    Strength.LINES: "",
    Strength.COMMIT: "commit, ",
    Strength.FILE: "file, ",
    Strength.MENTION: "helped, ",
}


def record_label(record: Record | None) -> str:
    """``codex, gpt-5.5 (git-ai)``, ``a known person (git-ai)``, ``claude (commit, trailer)``; a dash if None."""
    if record is None:
        return "-"
    who = _BY.get(record.by)
    if record.source is RecordSource.HEADER and record.by is WrittenBy.PERSON:
        who = "a person"
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
    """``Nothing declared, estimated likely LLM: 3 functions. Was this written with a tool? No record says so.``"""
    if kind is Disagreement.READS_HUMAN:
        heading, found = f"Declared as an agent's, estimated {BAND_NAMES[Band.HUMAN]}", "A record says so"
    else:
        heading, found = f"Nothing declared, estimated {LIKELY_LLM}", "No record says so"
    return f"{heading}: {counted(count, 'function')}. Was this written with a tool? {found}."
