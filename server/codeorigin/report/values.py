"""The figures of verdicts as plain values: one writer for every report and message that programs read."""

from collections.abc import Iterable, Mapping
from enum import Enum
from typing import Any

from codeorigin.settings.schema import public_name


def verdict_values(verdict: object, names: Iterable[str]) -> dict[str, Any]:
    """The figures with these ``names`` of a verdict on a function, file or change, or of what keeps those of one.

    Besides its fields there are ``past_evidence`` and ``past_as_high``, null without a past, and ``function_count``.
    """
    return {name: _value(verdict, name) for name in names}


def _value(verdict: Any, name: str) -> Any:
    match name:
        case "past_evidence":
            return None if verdict.past is None else verdict.past.evidence
        case "past_as_high":
            return None if verdict.past is None else verdict.past.as_high
        case "function_count":
            return verdict.functions
    value = getattr(verdict, name)
    return value.value if isinstance(value, Enum) else value


def camel_case(values: Mapping[str, Any]) -> dict[str, Any]:
    """``values`` with names as in JavaScript, for editors and SARIF: ``human_share`` -> ``humanShare``."""
    return {public_name(name): value for name, value in values.items()}
