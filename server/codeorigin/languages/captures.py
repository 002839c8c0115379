"""What a language's query captures in a text, as plain byte ranges."""

from dataclasses import dataclass, field
from typing import NamedTuple


class CapturedFunction(NamedTuple):
    """A function's byte ranges: (start, end) of the whole function, of its name and of its body."""

    range: tuple[int, int]
    name: tuple[int, int]
    body: tuple[int, int]
    owner: tuple[int, int] | str | None
    prefix: str
    separator: str | None


class CapturedScope(NamedTuple):
    """A class, module, namespace or object that functions are named after."""

    range: tuple[int, int]
    name: tuple[int, int] | None
    separator: str | None
    member: str | None


@dataclass(slots=True)
class Syntax:
    """The captures of one text. ``data`` is what was parsed, exactly as long as the text in UTF-8.

    ``attributes`` and ``comments`` map a start byte to an end byte, the ``..._ends`` an end byte to a start byte.
    """

    data: bytes
    functions: list[CapturedFunction] = field(default_factory=list)
    scopes: list[CapturedScope] = field(default_factory=list)
    attributes: dict[int, int] = field(default_factory=dict)
    attribute_ends: dict[int, int] = field(default_factory=dict)
    comments: dict[int, int] = field(default_factory=dict)
    comment_ends: dict[int, int] = field(default_factory=dict)

    def outermost(self) -> list[CapturedFunction]:
        """The functions that are in no other one, in order."""
        found: list[CapturedFunction] = []
        for function in sorted(self.functions, key=lambda item: (item.range[0], -item.range[1])):
            if not found or function.range[0] >= found[-1].range[1]:
                found.append(function)
        return found
