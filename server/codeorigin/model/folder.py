"""Model folders: where the shipped ones are, whether their files are as written, and the entries of a manifest."""

import hashlib
import json
import math
from collections.abc import Callable, Mapping
from dataclasses import MISSING, dataclass, fields
from functools import cache
from pathlib import Path
from types import MappingProxyType, UnionType
from typing import Any, NoReturn, Self, get_args, get_origin, get_type_hints

from codeorigin.core.errors import ModelError

MANIFEST = "manifest.json"
CHECKSUM = "checksum"
_LARGEST_MANIFEST = 16 << 20
"""In bytes; the largest so far has a fifth of a megabyte."""
BROKEN = (AttributeError, KeyError, OverflowError, RecursionError, TypeError, ValueError)
"""What reading a manifest raises if an entry is missing, of another type, or out of range."""


def shipped_model_dir(name: str, kind: str, advice: str) -> Path:
    """The folder ``name`` that ships with CodeOrigin: the one in the checkout if there is one, else the installed one.

    Raises ModelError if neither exists; its message says that the ``kind`` of model is missing, and the ``advice``.
    """
    package = Path(__file__).resolve().parents[1]
    candidates = (package.parents[1] / "models" / name, package / "models" / name)
    for candidate in candidates:
        if (candidate / MANIFEST).is_file():
            return candidate
    raise ModelError(f"no {kind} found at {candidates[1]}; {advice}")


def sealed(manifest: Mapping[str, Any], written: Callable[[Any], str] = json.dumps) -> str:
    """The manifest as JSON, ``written`` with a blank after each colon, with its checksum: see :func:`_checksum`."""
    text = written({**manifest, CHECKSUM: ""})
    return text.replace(f'"{CHECKSUM}": ""', f'"{CHECKSUM}": "{_checksum(text, "")}"')


def _checksum(text: str, checksum: str) -> str:
    """The SHA-256 of a manifest as it is written, without its ``checksum``; to write what was read takes longer."""
    return hashlib.sha256(text.replace(checksum, "").encode()).hexdigest()


def read_manifest(directory: Path, version: int, kind: str) -> dict[str, Any]:
    """The manifest of a model folder; messages call the model a ``kind``.

    Raises ModelError if it is missing, not readable, of another format than ``version``, or was changed afterwards.
    """
    path = directory / MANIFEST
    try:
        # A file that is no plain one might never end.
        if not path.is_file() or path.stat().st_size > _LARGEST_MANIFEST:
            raise ModelError(f"{path}: not readable; reinstall the {kind} or pass the folder of one")
        text = path.read_text("utf-8")
    except (OSError, ValueError) as error:
        raise ModelError(f"{path}: not readable; reinstall the {kind} or pass the folder of one") from error
    try:
        manifest = json.loads(text, parse_constant=_no_number, parse_float=_number)
        if not isinstance(manifest, dict) or manifest["format"] != version:
            raise ModelError(f"{path}: not of format {version}; use a {kind} made for this version")
        if manifest[CHECKSUM] != _checksum(text, manifest[CHECKSUM]):
            raise ModelError(f"{path}: was changed after it was written; reinstall the {kind}")
    except BROKEN as error:
        raise broken(path, error, kind) from error
    return manifest


def broken(path: Path, error: Exception, kind: str) -> ModelError:
    """The error for a manifest whose entries cannot be read, on one line."""
    what = " ".join(repr(error).split())[:200]
    return ModelError(f"{path}: broken manifest ({what}); reinstall the {kind}")


def _no_number(name: str) -> NoReturn:
    raise ValueError(f"{name} is not a number")


def _number(written: str) -> float:
    value = float(written)
    return value if math.isfinite(value) else _no_number(written)


def sha256_of(path: Path) -> str:
    """Hex SHA-256 of a file's bytes."""
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()


def check_file(path: Path, expected: str, kind: str) -> None:
    """Raise ModelError unless a file has the hash of the manifest, whose figures would not be valid for another."""
    try:
        # A file that is no plain one might never end.
        if not path.is_file():
            raise ModelError(f"{path}: listed in the manifest but not a file; reinstall the {kind}")
        if sha256_of(path) != expected:
            raise ModelError(f"{path}: SHA-256 differs from the manifest; reinstall the {kind}")
    except OSError as error:
        raise ModelError(f"{path}: listed in the manifest but not readable; reinstall the {kind}") from error


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
        kinds = _kinds(cls)
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


# A calibration has hundreds of entries of few classes.
_kinds: Callable[[type], dict[str, Any]] = cache(get_type_hints)


def _read(kind: Any, value: Any) -> Any:
    if isinstance(kind, UnionType):
        kind = get_args(kind)[0]
    container, of = get_origin(kind), get_args(kind)
    if container in (list, tuple):
        return container(map(of[0], value))
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
