"""Settings from a JSON file and ``name=value`` overrides, checked by pydantic field by field."""

import dataclasses
import json
import typing
from collections.abc import Sequence
from pathlib import Path
from typing import Annotated, Any, TypeVar

from pydantic import ConfigDict, Field, TypeAdapter, ValidationError

from codeorigin.core.errors import CodeOriginError

Config = TypeVar("Config")

STRICT = ConfigDict(extra="forbid", allow_inf_nan=False)
"""What every dataclass of settings is made with: an unknown name is an error."""

# Types of settings that have a least value.
Count = Annotated[int, Field(ge=1)]
Several = Annotated[int, Field(ge=2)]
Whole = Annotated[int, Field(ge=0)]
Positive = Annotated[float, Field(gt=0)]
NotNegative = Annotated[float, Field(ge=0)]
Share = Annotated[float, Field(gt=0, lt=1)]
"""Strictly between 0 and 1."""


class ConfigurationError(CodeOriginError):
    """A setting is unknown or has the wrong type."""


def load_config(cls: type[Config], file: Path | None = None, overrides: Sequence[str] = ()) -> Config:
    """Build ``cls`` from its defaults, then ``file``, then ``overrides``.

    Args:
        cls: a pydantic dataclass.
        file: JSON object; nested dataclasses are objects.
        overrides: ``name=value``; a dot reaches into a nested dataclass. Values are parsed as JSON, or else are text.

    Raises:
        ConfigurationError: the file cannot be read, a name is unknown, or a value has the wrong type or size.
    """
    values: dict[str, Any] = {}
    if file is not None:
        try:
            values = json.loads(file.read_text(encoding="utf-8"))
        except (OSError, ValueError) as error:
            raise ConfigurationError(f"{file}: cannot be read as JSON ({error})") from error
        if not isinstance(values, dict):
            raise ConfigurationError(f"{file}: must hold one JSON object")
    for override in overrides:
        name, separator, text = override.partition("=")
        if not separator:
            raise ConfigurationError(f"--set {override}: write it as name=value")
        _put(values, name.strip().split("."), _value(text.strip()), override)
    try:
        # As JSON, so that true is no number, but the name of an enum's member is one.
        return TypeAdapter(cls).validate_json(json.dumps(values), strict=True)
    except ValidationError as error:
        raise ConfigurationError(_first_line(cls, error)) from error


def _put(values: dict[str, Any], names: list[str], value: Any, override: str) -> None:
    for name in names[:-1]:
        values = values.setdefault(name, {})
        if not isinstance(values, dict):
            raise ConfigurationError(f"--set {override}: {name} is not a group of settings")
    values[names[-1]] = value


def _value(text: str) -> Any:
    try:
        return json.loads(text)
    except ValueError:
        return text


def _first_line(cls: type, error: ValidationError) -> str:
    """The first problem in one line, with the name of the setting."""
    first = error.errors(include_url=False)[0]
    name = ".".join(map(str, first["loc"]))
    if first["type"] == "unexpected_keyword_argument":
        return f"unknown setting {name}; there are {', '.join(_names(cls, first['loc'][:-1]))}"
    text = first["msg"].removeprefix("Value error, ")
    return f"{name}: {text}" if name else text


def _names(kind: Any, place: Sequence[str | int]) -> list[str]:
    """The names of the settings of the group at ``place`` in a dataclass of ``kind``."""
    for name in place:
        if dataclasses.is_dataclass(kind) and isinstance(kind, type):
            kind = typing.get_type_hints(kind).get(str(name))
        known = [arg for arg in typing.get_args(kind) if arg not in (type(None), ...)]
        kind = known[0] if known else kind
    return [field.name for field in dataclasses.fields(kind)]
