"""Convert the parameters of custom messages to plain JSON values and to LSP's types."""

from collections.abc import Mapping
from functools import cache
from typing import TYPE_CHECKING, Any, TypeVar

from lsprotocol import converters
from pygls.exceptions import JsonRpcInvalidParams

if TYPE_CHECKING:
    from cattrs import Converter

T = TypeVar("T")


@cache
def _converter() -> "Converter":
    """Created on first use; answering `initialize` does not need it."""
    return converters.get_converter()


def plain_json(value: Any) -> Any:
    """Convert named tuples, which pygls makes of JSON objects without a known type, back to dictionaries."""
    if isinstance(value, Mapping):
        return {str(key): plain_json(item) for key, item in value.items()}
    if hasattr(value, "_asdict"):
        return plain_json(value._asdict())
    if isinstance(value, list | tuple):
        return [plain_json(item) for item in value]
    return value


def read(value: Any, kind: type[T], what: str) -> T:
    """Parse ``value`` as ``kind``, an lsprotocol type or str. Raises JsonRpcInvalidParams naming ``what``."""
    value = plain_json(value)
    if kind is str:
        if not isinstance(value, str):
            raise JsonRpcInvalidParams(message=f"{what} must be a string")
        return value  # type: ignore[return-value]
    try:
        return _converter().structure(value, kind)
    except Exception as error:
        raise JsonRpcInvalidParams(message=f"{what} must be a {kind.__name__}") from error


def to_wire(value: Any) -> Any:
    """Convert an lsprotocol value to plain JSON."""
    return _converter().unstructure(value)
