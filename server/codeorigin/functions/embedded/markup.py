"""The markup of a code block in a document."""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Markup:
    """A code block before its language is known; ``info`` names it in the syntax of the document, and may be empty.

    ``text`` is the code without the prefixes that its lines have in the document; every line, including the last, ends
    with ``\\n``. ``opening`` is the document's line (0-based) with the opening markup, ``first_line`` the one with the
    first line of code. ``shifts`` holds, for each line, what to add to a column to get the column in the document.
    """

    info: str
    text: str
    opening: int
    first_line: int
    shifts: tuple[int, ...]
