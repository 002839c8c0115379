"""What programs read: the figures of verdicts as plain values, by one writer for all reports and messages, and JSON."""

import json
from collections.abc import Callable, Iterable, Iterator, Mapping
from typing import Any

from codeorigin.functions.spans import TextRange
from codeorigin.model.past import Past
from codeorigin.settings.schema import public_name
from codeorigin.text.literal_text import literal_json

_ENCODER = json.JSONEncoder(allow_nan=False)
_STEP = "  "


def verdict_values(verdict: object, names: Iterable[str]) -> dict[str, Any]:
    """The figures with these ``names`` of a verdict on a function, file or change, or of what keeps those of one.

    Besides its fields there are ``past_evidence`` and ``past_as_high``, null without a past, and ``function_count``.
    Where the project's own code says something of a function, there is also ``reference_evidence``.
    """
    found: dict[str, Any] = {}
    for name in names:
        value = _OTHERS[name](verdict) if name in _OTHERS else getattr(verdict, name)
        found[name] = str(value) if isinstance(value, str) else value
    share = getattr(verdict, "reference", None)
    return found if share is None else {**found, "reference_evidence": share.evidence}


_OTHERS: Mapping[str, Callable[[Any], Any]] = {
    "past_evidence": lambda verdict: None if verdict.past is None else verdict.past.evidence,
    "past_as_high": lambda verdict: None if verdict.past is None else verdict.past.as_high,
    "function_count": lambda verdict: verdict.functions,
}


def past_values(past: Past | None) -> dict[str, Any] | None:
    """A project's past as plain values; None without one."""
    if past is None:
        return None
    found = {"functions": len(past.logits), "flagged": past.flagged, "evidence": past.evidence}
    return found if past.reference is None else {**found, "declared": past.reference.declared}


def range_values(place: TextRange) -> dict[str, int]:
    """Where a function is: lines and columns from 1, columns in code points, the end exclusive."""
    names = ("start_line", "start_column", "end_line", "end_column")
    return {name: getattr(place, name) + 1 for name in names}


def camel_case(values: Mapping[str, Any]) -> dict[str, Any]:
    """``values`` with names as in JavaScript, for editors and SARIF: ``human_share`` -> ``humanShare``."""
    return {public_name(name): value for name, value in values.items()}


def encoded(value: Any, *, indent: int | None = None) -> str:
    """``value`` as ASCII JSON without a final newline, and without what a CI system would obey.

    Raises ValueError for a number that JSON cannot represent.
    """
    # The common case is faster with an encoder that exists already.
    text = _ENCODER.encode(value) if indent is None else json.dumps(value, indent=indent, allow_nan=False)
    return literal_json(text)


def indented_pieces(value: Any, levels: int) -> Iterator[str]:
    """Yield ``value`` as ASCII JSON with the upper ``levels`` indented; each deeper value is on one line.

    In the upper levels an iterator becomes a list, one entry at a time. The standard library indents in Python code, one
    token at a time, which takes longer than the analysis itself; without indentation it is ten times as fast.

    Raises ValueError for a number that JSON cannot represent.
    """
    yield from _indented(value, levels, "\n")
    yield "\n"


def _indented(value: Any, levels: int, line: str) -> Iterator[str]:
    if levels and value and isinstance(value, dict):
        yield from _entries("{}", value.items(), levels, line)
    elif levels and value and isinstance(value, list | tuple | Iterator):
        yield from _entries("[]", ((None, entry) for entry in value), levels, line)
    else:
        yield encoded(value)


def _entries(ends: str, entries: Iterable[tuple[str | None, Any]], levels: int, line: str) -> Iterator[str]:
    """Yield ``entries`` with their keys, if they have any, between the two ``ends``."""
    inner = line + _STEP
    between = ends[0]
    for key, value in entries:
        yield f"{between}{inner}" if key is None else f"{between}{inner}{encoded(key)}: "
        yield from _indented(value, levels - 1, inner)
        between = ","
    # If an iterator was empty, nothing has been written yet.
    yield ends if between == ends[0] else f"{line}{ends[1]}"
