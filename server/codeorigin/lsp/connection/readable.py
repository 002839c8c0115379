"""Messages of which the library can read a part: what it cannot read is absent, and the rest counts."""

import re
from collections.abc import Callable, Iterator
from typing import Any, TypeVar

from cattrs import AttributeValidationNote, BaseValidationError, IterableValidationNote
from lsprotocol import types

T = TypeVar("T")
_Path = tuple[str | int, ...]

_MOST_ROUNDS = 20
"""More than the depth of any message: what is required takes what holds it along, one level in each round."""
_EDITS = frozenset({types.TEXT_DOCUMENT_DID_CHANGE, types.NOTEBOOK_DOCUMENT_DID_CHANGE})
"""An edit without its range would replace the whole text, so these are taken whole or not at all."""

_REQUIRED: dict[str, tuple[str, dict[str, list[Any]]]] = {
    types.INITIALIZE: ("capabilities", {}),
    types.TEXT_DOCUMENT_CODE_ACTION: ("context", {"diagnostics": []}),
}
"""What a message cannot do without, and what it means if it is absent."""


def structured(
    message: dict[str, Any],
    structure: Callable[[dict[str, Any]], T],
    version_of: Callable[[str], int | None],
) -> T:
    """``structure(message)``, without what it cannot read; raises its error if the parameters are not left.

    A version that is no number becomes the one after ``version_of`` the document's URI, or 0 for an unknown document.
    """
    method = message.get("method")
    _set_version(message.get("params"), version_of)
    if method in _REQUIRED and isinstance(message.get("params"), dict):
        _fill(message["params"], *_REQUIRED[method])
    for _ in range(_MOST_ROUNDS):
        try:
            return structure(message)
        except Exception as error:
            failures = set() if method in _EDITS else set(_failures(_validation(error)))
            failures = {_existing(message, path) for path in failures}
            if not failures or any(len(path) < 2 for path in failures):
                raise
            _remove(message, failures)
    return structure(message)


def _fill(holder: dict[str, Any], name: str, empty: Any) -> None:
    """Put ``empty`` in place of what is required and has another type."""
    if isinstance(holder.get(name), type(empty)):
        for inner, value in empty.items():
            if not isinstance(holder[name].get(inner), type(value)):
                holder[name][inner] = value
    else:
        holder[name] = {inner: list(value) for inner, value in empty.items()}


def _set_version(params: object, version_of: Callable[[str], int | None]) -> None:
    document = params.get("textDocument") if isinstance(params, dict) else None
    if not isinstance(document, dict) or "version" not in document:
        return
    uri, version = document.get("uri"), document["version"]
    if isinstance(uri, str) and (not isinstance(version, int) or isinstance(version, bool)):
        known = version_of(uri)
        document["version"] = 0 if known is None else known + 1


def _validation(error: BaseException) -> BaseValidationError | None:
    found: BaseException | None = error
    while found is not None and not isinstance(found, BaseValidationError):
        found = found.__cause__
    return found


def _failures(error: BaseValidationError | None, inside: _Path = ()) -> Iterator[_Path]:
    """Where the values are that cannot be read; that of an object whose required field is missing is its own."""
    for failure in error.exceptions if error is not None else ():
        path = inside
        for note in getattr(failure, "__notes__", ()):
            if isinstance(note, AttributeValidationNote):
                path = (*inside, _wire_name(note.name))
            elif isinstance(note, IterableValidationNote):
                path = (*inside, note.index)
        if isinstance(failure, BaseValidationError):
            yield from _failures(failure, path)
        else:
            yield path


def _wire_name(name: str) -> str:
    return re.sub(r"_(\w)", lambda match: match[1].upper(), name.rstrip("_"))


def _existing(message: Any, path: _Path) -> _Path:
    """``path``, or what holds it if there is nothing: the object without a required field, the value of a wrong type."""
    holder: Any = message
    for depth, step in enumerate(path):
        if isinstance(holder, str):  # the library has looked into a text as into a list
            return path[:depth]
        try:
            holder = holder[step]
        except (KeyError, IndexError, TypeError):
            return path[:depth]
    return path


def _remove(message: Any, paths: set[_Path]) -> None:
    # The last items of a list first, because the others move up; what is in another path goes with that.
    outermost = [path for path in paths if not any(path[:depth] in paths for depth in range(len(path)))]
    for *above, last in sorted(outermost, key=_order, reverse=True):
        holder = message
        for step in above:
            holder = holder[step]
        del holder[last]


def _order(path: _Path) -> tuple[tuple[int, str], ...]:
    return tuple((step, "") if isinstance(step, int) else (-1, step) for step in path)
