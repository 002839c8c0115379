"""Sentences about what is declared of lines, beside what is estimated."""

from collections import Counter
from collections.abc import Iterable

from codeorigin.analysis.report import FunctionReport
from codeorigin.declared.records import Record, Strength, WrittenBy
from codeorigin.text.literal_text import one_line
from codeorigin.wording.figures import counted, probability_decimal
from codeorigin.wording.functions import band_or_reason

DECLARED_CAVEAT = (
    "A record is a fact about a record; the figures are an estimate, and neither is part of the other."
)
_BY = {
    WrittenBy.PERSON: "a known person",
    WrittenBy.UNTRACKED: "untracked",
    WrittenBy.MIXED: "an agent and a person",
}
_ABOUT = {Strength.LINES: "", Strength.COMMIT: "commit, ", Strength.BRANCH: "", Strength.MENTION: "helped, "}


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
    labels = Counter(record_label(each) for each in records)
    none = labels.pop("-", 0)
    parts = [f"{counted(count, 'line')} {label}" for label, count in labels.most_common()]
    if none or not parts:
        parts.append(f"{counted(none, 'line')} without a record")
    return f"Declared: {'; '.join(parts)}."


def function_heading(function: FunctionReport, first: int, last: int) -> str:
    """``parse, lines 10-42: 0.93, llm``."""
    name = one_line(function.span.qualified_name)
    estimate = band_or_reason(function.verdict)
    if function.verdict.probability is not None:
        estimate = f"{probability_decimal(function.verdict.probability)}, {estimate}"
    return f"{name}, lines {first}-{last}: {estimate}"
