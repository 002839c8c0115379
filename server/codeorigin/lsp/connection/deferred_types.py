"""LSP's types, made by attrs when they are first used.

lsprotocol defines 554 classes, for each of which attrs writes and compiles methods: more than half of what the server
needed to answer ``initialize``. A session uses a few dozen of them. Here its module is imported with a stand-in for
`attrs.define` that only notes the class; the first instance, or the first question for the class' fields, makes it.
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
    """In the place of a class' fields, which attrs and cattrs look up: makes the class."""

    def __init__(self, of: type) -> None:
        self._of = of

    def __get__(self, instance: object, owner: type) -> object:
        _finish(self._of)
        return getattr(owner, _FIELDS)


def import_types() -> None:
    """Import ``lsprotocol.types`` with its classes unfinished. Does nothing where it was imported before."""
    attrs.define = _defer
    try:
        import lsprotocol.types  # noqa: F401, PLC0415
    finally:
        attrs.define = _make
    if _pending:
        from lsprotocol import _hooks  # noqa: PLC0415

        # It would resolve the annotations of all classes before the first message, and so make them all.
        _hooks._resolved_forward_references = True


def unfinished() -> int:
    """How many classes nobody has used so far."""
    return len(_pending)


def _defer(maybe_class: type | None = None, /, **options: Any) -> Any:
    """As `attrs.define`, later."""
    if maybe_class is None:
        return lambda cls: _defer(cls, **options)
    if maybe_class.__module__ != "lsprotocol.types":
        return _make(maybe_class, **options)
    # A class with slots would be another class than the one that everybody has by then, and attrs leaves an `__init__`
    # that it finds, here the one below, unless it is told.
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

    with _lock:  # the worker's threads make LSP's values too
        options = _pending.get(cls)
        if options is None:
            return
        _make(cls, **options)
        attrs.resolve_types(cls, ALL_TYPES_MAP, {})
        # Last: whoever finds it gone may use the class.
        del _pending[cls]
