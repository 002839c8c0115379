"""Converts dataclasses to plain JSON values and back."""

import dataclasses
import math
import types
import typing
from typing import Any, TypeVar

Value = TypeVar("Value")

_DIGITS = 6


def to_json_value(value: Any) -> Any:
    """Dataclasses as objects, tuples as lists, floats rounded to six decimals, or null if they are not finite."""
    if dataclasses.is_dataclass(value):
        return {field.name: to_json_value(getattr(value, field.name)) for field in dataclasses.fields(value)}
    if isinstance(value, tuple | list):
        return [to_json_value(item) for item in value]
    if isinstance(value, float):
        return round(float(value), _DIGITS) if math.isfinite(value) else None
    return value


def from_json_value(kind: type[Value], value: Any) -> Value:
    """A dataclass from the result of :func:`to_json_value`.

    Raises:
        ValueError: the value does not have the structure of ``kind``.
    """
    built: Value = _build(kind, value)
    return built


def _build(kind: Any, value: Any) -> Any:
    if isinstance(kind, types.UnionType):
        if value is None:
            return None
        return _build(next(option for option in typing.get_args(kind) if option is not type(None)), value)
    if typing.get_origin(kind) is tuple:
        if not isinstance(value, list):
            raise ValueError(f"a list is wanted, not {value!r}")
        return tuple(_build(typing.get_args(kind)[0], item) for item in value)
    if dataclasses.is_dataclass(kind):
        hints = typing.get_type_hints(kind)
        # Fields missing in an older report get their default.
        needed = {field.name for field in dataclasses.fields(kind) if field.default is dataclasses.MISSING}
        if not isinstance(value, dict) or not needed <= set(value) <= set(hints):
            raise ValueError(f"an object with {', '.join(hints)} is wanted")
        return kind(**{name: _build(hints[name], each) for name, each in value.items()})  # type: ignore[operator]
    if kind is float and isinstance(value, int) and not isinstance(value, bool):
        return float(value)
    if not isinstance(value, kind):
        raise ValueError(f"{kind.__name__} is wanted, not {value!r}")
    return value
