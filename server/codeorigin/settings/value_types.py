"""Types of setting values: how to parse one from JSON or TOML, and how to describe it in a JSON schema."""

import re
from collections.abc import Sequence
from dataclasses import dataclass
from enum import Enum
from typing import Any, Generic, Protocol, TypeVar

from codeorigin.text.exclusions import read_pattern

E = TypeVar("E", bound=Enum)
N = TypeVar("N", int, float)
T_co = TypeVar("T_co", covariant=True)


class ValueType(Protocol[T_co]):
    """The type of a setting's value."""

    def parse(self, value: object) -> T_co:
        """Convert ``value`` to this type. Raises ValueError with what was expected."""

    def schema(self) -> dict[str, Any]:
        """The JSON schema of the value, without description and default."""


@dataclass(frozen=True, slots=True)
class Flag:
    """``true`` or ``false``."""

    def parse(self, value: object) -> bool:
        if not isinstance(value, bool):
            raise ValueError("true or false")
        return value

    def schema(self) -> dict[str, Any]:
        return {"type": "boolean"}


@dataclass(frozen=True, slots=True)
class Number(Generic[N]):
    """A number in the closed interval [``minimum``, ``maximum``], an integer if ``of`` is int."""

    of: type[N]
    minimum: N
    maximum: N

    def parse(self, value: object) -> N:
        # bool is an int in Python, NaN fails both comparisons, and an int may be too large to become a float.
        if isinstance(value, bool) or not isinstance(value, int | float):
            raise ValueError(self._expected())
        # In JSON, 3.0 is the integer 3.
        is_allowed = self.of is float or isinstance(value, int) or value.is_integer()
        if not is_allowed or not self.minimum <= value <= self.maximum:
            raise ValueError(self._expected())
        return self.of(value)

    def schema(self) -> dict[str, Any]:
        name = "integer" if self.of is int else "number"
        return {"type": name, "minimum": self.minimum, "maximum": self.maximum}

    def _expected(self) -> str:
        name = "a whole number" if self.of is int else "a number"
        return f"{name} from {self.minimum} to {self.maximum}"


@dataclass(frozen=True, slots=True)
class Choice(Generic[E]):
    """One of the values of an enumeration."""

    of: type[E]

    def parse(self, value: object) -> E:
        for member in self.of:
            if member.value == value:
                return member
        raise ValueError("one of " + ", ".join(str(member.value) for member in self.of))

    def schema(self) -> dict[str, Any]:
        return {"type": "string", "enum": [member.value for member in self.of]}


@dataclass(frozen=True, slots=True)
class Strings:
    """A list of strings, each from ``allowed`` if that is given."""

    allowed: Sequence[str] = ()

    def parse(self, value: object) -> tuple[str, ...]:
        if not isinstance(value, list | tuple) or not all(isinstance(item, str) for item in value):
            raise ValueError("a list of strings")
        unknown = [item for item in value if self.allowed and item not in self.allowed]
        if unknown:
            raise ValueError("a list out of " + ", ".join(self.allowed))
        return tuple(value)

    def schema(self) -> dict[str, Any]:
        item: dict[str, Any] = {"type": "string"}
        if self.allowed:
            item["enum"] = list(self.allowed)
        return {"type": "array", "items": item, "uniqueItems": True}


_MOST_STARS = 1_000
"""Each file that is found is matched with all patterns, and every star looks for its place in the path."""


@dataclass(frozen=True, slots=True)
class Patterns:
    """A list of .gitignore-style patterns."""

    def parse(self, value: object) -> tuple[str, ...]:
        patterns = Strings().parse(value)
        if sum(pattern.count("*") for pattern in patterns) > _MOST_STARS:
            raise ValueError(
                f"patterns with at most {_MOST_STARS:,} stars in all; exclude whole folders instead"
            )
        for pattern in patterns:
            try:
                read_pattern(pattern)
            except ValueError as error:
                raise ValueError(f"patterns as in .gitignore, which {pattern!r} is not") from error
        return patterns

    def schema(self) -> dict[str, Any]:
        return Strings().schema()


@dataclass(frozen=True, slots=True)
class Text:
    """A string that is not blank."""

    def parse(self, value: object) -> str:
        if not isinstance(value, str) or not value.strip():
            raise ValueError("a string that is not empty")
        return value

    def schema(self) -> dict[str, Any]:
        return {"type": "string", "pattern": "\\S"}


@dataclass(frozen=True, slots=True)
class FileName:
    """The name of a file, without a folder, that has the form of ``pattern``, in which ``*`` is any characters."""

    pattern: str

    def parse(self, value: object) -> str:
        if not isinstance(value, str) or not re.fullmatch(self.schema()["pattern"], value):
            raise ValueError(f"a file name of the form {self.pattern}")
        return value

    def schema(self) -> dict[str, Any]:
        return {
            "type": "string",
            "pattern": r"^" + r"[\w.-]{0,99}".join(map(re.escape, self.pattern.split("*"))) + "$",
        }


@dataclass(frozen=True, slots=True)
class Optional(Generic[T_co]):
    """Another type, or ``null`` for "not set"."""

    of: ValueType[T_co]

    def parse(self, value: object) -> T_co | None:
        return None if value is None else self.of.parse(value)

    def schema(self) -> dict[str, Any]:
        schema = self.of.schema()
        return {**schema, "type": [schema["type"], "null"]}
