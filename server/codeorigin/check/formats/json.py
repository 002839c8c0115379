"""The report as JSON, as described by ``report.schema.json`` next to this file."""

from collections.abc import Iterator
from dataclasses import asdict
from typing import Any

from codeorigin.analysis.judged import JudgedFunction, line_range
from codeorigin.check.result import CheckResult, declared_functions, disagreement_of, disagreements
from codeorigin.records.function_records import DeclaredBy, Disagreement, function_record_values
from codeorigin.report.changes import ChangeReport
from codeorigin.report.values import indented_pieces, past_values, range_values, verdict_values

_OF_FUNCTION = (
    *("probability", "logit", "band", "reason", "own_probability", "file_evidence", "neighbours"),
    *("commit_evidence", "commit_neighbours", "past_as_high", "human_share", "llm_share", "llm_threshold"),
)
_OF_WHOLE = (
    *("probability", "logit", "band", "reason"),
    *("function_count", "human_share", "llm_share", "llm_threshold"),
)
_TOTALS = (
    *("files", "without_functions", "functions", "moved", "scored", "findings"),
    *("errors", "skipped", "accepted", "lines", "finding_lines"),
)
_INDENTED = 4
"""The number of levels of the report down to its functions."""


def _function(function: JudgedFunction) -> dict[str, Any]:
    asked = disagreement_of(function)
    first, last = line_range(function)
    return {
        "id": function.function_id,
        "name": function.span.name,
        "qualified_name": function.span.qualified_name,
        "language": function.span.language,
        "start_line": first,
        "end_line": last,
        "range": range_values(function.span.range),
        "counted_lines": function.counted,
        "accepted": function.accepted,
        **verdict_values(function.verdict, _OF_FUNCTION),
        "declared": function_record_values(function.records),
        "disagreement": None if asked is None else asked.value,
        "nested": [_function(nested) for nested in function.nested],
    }


def _change(change: ChangeReport) -> dict[str, Any]:
    verdict = None if change.verdict is None else verdict_values(change.verdict, _OF_WHOLE)
    return asdict(change) | {"verdict": verdict}


def _declared(result: CheckResult) -> dict[str, Any] | None:
    counts = declared_functions(result)
    if counts is None:
        return None
    found = disagreements(result)
    return {
        "functions": {whose.value: counts.functions[whose] for whose in DeclaredBy},
        "agents": list(counts.agents),
        "disagreements": {kind.value: len(found.get(kind, ())) for kind in Disagreement},
    }


def _files(result: CheckResult) -> Iterator[dict[str, Any]]:
    for file in result.files:
        yield {
            "path": file.path,
            "cell": None if file.cell is None else {"number": file.cell.number, "lines": file.cell.lines},
            "language": file.language,
            "verdict": None if file.verdict is None else verdict_values(file.verdict, _OF_WHOLE),
            "changed_lines": None if file.changed is None else [list(lines) for lines in file.changed],
            "functions": [_function(function) for function in file.functions],
        }


def _data(result: CheckResult) -> dict[str, Any]:
    """``result`` as plain values, with an iterator over the files so that they are not all in memory at once."""
    summary = result.summary
    return {
        "version": result.version,
        "model": result.model,
        "change": None if result.change is None else _change(result.change),
        "past": past_values(result.past),
        "declared": _declared(result),
        "files": _files(result),
        "errors": [
            {"path": error.path, "message": error.message, "skipped": error.skipped}
            for error in result.errors
        ],
        "summary": {
            **{name: getattr(summary, name) for name in _TOTALS},
            "bands": {band.value: count for band, count in summary.bands.items()},
            "file_bands": {band.value: count for band, count in summary.file_bands.items()},
            "threshold": result.limits.threshold,
            "false_positive_rate": result.limits.false_positive_rate,
            "seconds": round(summary.seconds, 3),
            "functions_per_second": summary.functions_per_second,
            "peak_memory_bytes": summary.peak_memory_bytes,
        },
    }


def parts(result: CheckResult) -> Iterator[str]:
    """Yield one ASCII JSON document with one line per outermost function and a final newline."""
    return indented_pieces(_data(result), _INDENTED)
