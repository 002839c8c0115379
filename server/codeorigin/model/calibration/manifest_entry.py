"""Dataclasses of numbers <-> entries of a manifest."""

from collections.abc import Mapping
from dataclasses import MISSING, dataclass, fields
from types import MappingProxyType, UnionType
from typing import Any, Self, get_args, get_origin, get_type_hints

FLAT: Mapping[str, Any] = MappingProxyType({"flat": True})
"""Metadata of a field whose own fields are part of the entry that contains it."""


@dataclass(frozen=True, slots=True)
class ManifestEntry:
    """A dataclass whose fields are those of an entry: numbers, lists of numbers, entries, or entries by name.

    A field with a default may be missing; one that is None is not written.
    """

    @classmethod
    def from_manifest(cls, entry: Mapping[str, Any]) -> Self:
        """Read what :meth:`to_manifest` writes; KeyError, TypeError or ValueError if it is broken."""
        kinds = get_type_hints(cls)
        return cls(
            **{
                field.name: _read(kinds[field.name], entry if field.metadata else entry[field.name])
                for field in fields(cls)
                if field.init and (field.default is MISSING or field.name in entry)
            }
        )

    def to_manifest(self) -> dict[str, Any]:
        """The entry that :meth:`from_manifest` reads."""
        entry: dict[str, Any] = {}
        for field in fields(self):
            value = getattr(self, field.name)
            if field.init and value is not None:
                entry |= _written(value) if field.metadata else {field.name: _written(value)}
        return entry


def _read(kind: Any, value: Any) -> Any:
    if isinstance(kind, UnionType):
        kind = get_args(kind)[0]
    container, of = get_origin(kind), get_args(kind)
    if container in (list, tuple):
        return container(of[0](number) for number in value)
    if container is Mapping:
        return {name: _read(of[1], inner) for name, inner in value.items()}
    return kind.from_manifest(value) if issubclass(kind, ManifestEntry) else kind(value)


def _written(value: Any) -> Any:
    match value:
        case ManifestEntry():
            return value.to_manifest()
        case Mapping():
            return {name: _written(inner) for name, inner in value.items()}
        case list() | tuple():
            return list(value)
        case _:
            return value
