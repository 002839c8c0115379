"""Load any frozen dataclass from a JSON file and ``name=value`` overrides, checked field by field."""

import dataclasses
import json
import types
import typing
from collections.abc import Mapping, Sequence
from enum import Enum
from pathlib import Path
from typing import Any, TypeVar

from codeorigin.errors import CodeOriginError

Config = TypeVar("Config")


class ConfigurationError(CodeOriginError):
    """A setting is unknown or has the wrong type."""


def load_config(cls: type[Config], file: Path | None = None, overrides: Sequence[str] = ()) -> Config:
    """Build ``cls`` from its defaults, then ``file``, then ``overrides``.

    Args:
        cls: a dataclass whose fields all have defaults; its ``__post_init__`` checks them.
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
    return _build(cls, values, "")


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


def _build(cls: type[Config], values: Mapping[str, Any], prefix: str) -> Config:
    hints = typing.get_type_hints(cls)
    fields = [field.name for field in dataclasses.fields(cls)]  # type: ignore[arg-type]
    if unknown := sorted(set(values) - set(fields)):
        raise ConfigurationError(f"unknown setting {prefix}{unknown[0]}; there are {', '.join(fields)}")
    converted = {name: _convert(hints[name], value, prefix + name) for name, value in values.items()}
    try:
        return cls(**converted)
    except (ValueError, TypeError) as error:
        raise ConfigurationError(f"{prefix.rstrip('.') or cls.__name__}: {error}") from error


def _convert(hint: Any, value: Any, name: str) -> Any:
    if isinstance(hint, types.UnionType) or typing.get_origin(hint) is typing.Union:
        return _convert_union(typing.get_args(hint), value, name)
    if typing.get_origin(hint) is tuple:
        if not isinstance(value, list):
            raise ConfigurationError(f"{name} must be a list")
        return tuple(_convert(typing.get_args(hint)[0], item, name) for item in value)
    if dataclasses.is_dataclass(hint) and isinstance(hint, type):
        if not isinstance(value, dict):
            raise ConfigurationError(f"{name} must be a group of settings")
        return _build(hint, value, f"{name}.")
    return _convert_plain(hint, value, name)


def _convert_plain(hint: type, value: Any, name: str) -> Any:
    if issubclass(hint, Enum):
        return _convert_enum(hint, value, name)
    if hint is Path and isinstance(value, str):
        return Path(value)
    if hint is float and isinstance(value, int) and not isinstance(value, bool):
        return float(value)
    if not isinstance(value, hint) or (isinstance(value, bool) and hint is not bool):
        raise ConfigurationError(f"{name} must be {hint.__name__}, not {value!r}")
    return value


def _convert_union(options: Sequence[Any], value: Any, name: str) -> Any:
    if value is None and type(None) in options:
        return None
    return _convert(next(option for option in options if option is not type(None)), value, name)


def _convert_enum(hint: type[Enum], value: Any, name: str) -> Enum:
    try:
        return hint(value)
    except ValueError as error:
        known = ", ".join(str(member.value) for member in hint)
        raise ConfigurationError(f"{name} must be one of {known}, not {value!r}") from error
