"""A block of code as it stands in a document, before anybody asks for its language."""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Block:
    """``info`` names the language in the document's way, and may be empty.

    ``text`` is the code without what the lines begin with in the document; its lines end at ``\\n``, the last one too.
    ``opening`` is the document's line of its markup, from 0, ``first_line`` that of its code; ``shifts`` what to add to
    a column of each of its lines to get the document's.
    """

    info: str
    text: str
    opening: int
    first_line: int
    shifts: tuple[int, ...]
