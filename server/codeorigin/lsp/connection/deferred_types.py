"""LSP's types, built by attrs on first use.

lsprotocol defines 554 classes, and attrs generates and compiles methods for each of them. That was more than half of
the work that the server needed to answer ``initialize``, although a session uses only a few dozen of the classes.
Here the module is imported with a stand-in for `attrs.define` that only records the class. The class is built when
it is first instantiated or when its fields are first looked up.
"""

import threading
from collections.abc import Callable
from typing import Any

import attrs

_FIELDS = "__attrs_attrs__"
_make = attrs.define
_pending: dict[type, dict[str, Any]] = {}
_lock = threading.RLock()


class _Fields:
    """Stands in for the fields of a class and builds the class when attrs or cattrs looks them up."""

    def __init__(self, of: type) -> None:
        self._of = of

    def __get__(self, instance: object, owner: type) -> object:
        _finish(self._of)
        return getattr(owner, _FIELDS)


def import_types() -> None:
    """Import ``lsprotocol.types`` without building its classes. Does nothing if it was imported before."""
    attrs.define = _defer
    try:
        import lsprotocol.types  # noqa: F401, PLC0415
    finally:
        attrs.define = _make
    if _pending:
        from lsprotocol import _hooks  # noqa: PLC0415

        # Otherwise it would resolve the annotations of all classes before the first message, and so build them all.
        _hooks._resolved_forward_references = True


def unfinished() -> int:
    """Number of classes that have not been built yet."""
    return len(_pending)


def _defer(maybe_class: type | None = None, /, **options: Any) -> Any:
    """Like `attrs.define`, but deferred until the class is first used."""
    if maybe_class is None:
        return lambda cls: _defer(cls, **options)
    if maybe_class.__module__ != "lsprotocol.types":
        return _make(maybe_class, **options)
    # With slots, attrs would create a new class, but other modules hold a reference to this one by then. And attrs
    # keeps an existing `__init__`, here the one set below, unless `init` is True.
    _pending[maybe_class] = {**options, "slots": False, "init": True}
    setattr(maybe_class, _FIELDS, _Fields(maybe_class))
    maybe_class.__init__ = _first_init(maybe_class)  # type: ignore[misc]
    return maybe_class


def _first_init(cls: type) -> Callable[..., None]:
    def __init__(self: Any, *args: Any, **kwargs: Any) -> None:  # noqa: N807
        _finish(cls)
        cls.__init__(self, *args, **kwargs)  # type: ignore[misc]

    return __init__


def _finish(cls: type) -> None:
    from lsprotocol.types import ALL_TYPES_MAP  # noqa: PLC0415

    with _lock:  # the worker threads create LSP values too
        options = _pending.get(cls)
        if options is None:
            return
        _make(cls, **options)
        attrs.resolve_types(cls, ALL_TYPES_MAP, {})
        # Must come last, because other threads may use the class as soon as its entry is gone.
        del _pending[cls]
