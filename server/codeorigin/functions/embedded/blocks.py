"""A code block in a document, before its language is determined."""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Block:
    """A code block; ``info`` names its language in the document's syntax, and may be empty.

    ``text`` is the code without the prefixes that its lines have in the document; every line, including the last, ends
    with ``\\n``. ``opening`` is the document's line (0-based) with the opening markup, ``first_line`` the one with the
    first line of code. ``shifts`` holds, for each line, what to add to a column to get the column in the document.
    """

    info: str
    text: str
    opening: int
    first_line: int
    shifts: tuple[int, ...]
