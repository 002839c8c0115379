"""JSON that people can read too, at the speed of compact JSON."""

import json
from typing import Any

_ENCODER = json.JSONEncoder(allow_nan=False)
_STEP = "  "


def indented(value: Any, levels: int) -> str:
    """``value`` as JSON in ASCII: its upper ``levels`` are indented, what lies deeper has one line each.

    The standard library indents in Python code, one token at a time, which takes longer than the analysis of what is
    reported; without indentation it is ten times as fast.

    Raises ValueError for a number that JSON does not have.
    """
    return _indented(value, levels, "\n") + "\n"


def _indented(value: Any, levels: int, line: str) -> str:
    if not levels or not value or not isinstance(value, dict | list):
        return _ENCODER.encode(value)
    inner = line + _STEP
    if isinstance(value, dict):
        entries = [
            f"{_ENCODER.encode(key)}: {_indented(each, levels - 1, inner)}" for key, each in value.items()
        ]
        return f"{{{inner}{f',{inner}'.join(entries)}{line}}}"
    return f"[{inner}{f',{inner}'.join(_indented(each, levels - 1, inner) for each in value)}{line}]"
