"""How much memory objects take."""

import sys
from typing import Any

from codeorigin.explain.explanation import Baseline, Method
from codeorigin.model.verdict import Band


def deep_size(value: Any) -> int:
    """The bytes of an object and all that it refers to, except what all share (enumerations, None)."""
    if value is None or isinstance(value, Band | Method | Baseline | bool):
        return 0
    if isinstance(value, tuple):
        return sys.getsizeof(value) + sum(map(deep_size, value))
    fields = getattr(value, "__slots__", ())
    if isinstance(value, int | float | str):
        return sys.getsizeof(value)
    return sys.getsizeof(value) + sum(deep_size(getattr(value, name)) for name in fields)
