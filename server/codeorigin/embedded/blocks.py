"""A block of code as it stands in a document, before anybody asks for its language."""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Block:
    """``info`` names the language in the document's way, and may be empty.

    ``text`` is the code without what the lines begin with in the document; its lines end at ``\\n``, the last one too.
    ``first_line`` is where it begins in the document, from 0; ``shifts`` what to add to a column of each of its lines.
    """

    info: str
    text: str
    first_line: int
    shifts: tuple[int, ...]
