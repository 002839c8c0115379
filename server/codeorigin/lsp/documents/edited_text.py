"""A text while a client's edits are applied to it, each at the cost of its own size and not of the text's."""

from collections.abc import Iterator
from dataclasses import dataclass
from functools import cached_property

from codeorigin.text.positions import LineIndex, PositionEncoding

CHUNK = 1024
"""Largest size of a chunk in code points."""

Position = tuple[int, int]
"""Line, and column in units of the client's encoding, both 0-based."""


@dataclass(frozen=True)
class _Chunk:
    """A part of the text; never begins between the two characters of a line ending."""

    text: str
    encoding: PositionEncoding

    @cached_property
    def line_ends(self) -> int:
        return self.text.count("\n") + self.text.count("\r") - self.text.count("\r\n")

    @cached_property
    def _last_line(self) -> int:
        """Width of what follows the last line ending, in units of the encoding."""
        rest = self.text[max(self.text.rfind("\n"), self.text.rfind("\r")) + 1 :]
        return LineIndex(rest).column_to_units(0, len(rest), self.encoding)

    def end(self, start: Position) -> Position:
        """The position after the chunk, which begins at ``start``."""
        line, column = start
        return line + self.line_ends, self._last_line + (0 if self.line_ends else column)

    def split(self, start: Position, place: Position) -> tuple["_Chunk", "_Chunk"]:
        """The parts before and after ``place``, which is clamped to its line, if the chunk begins at ``start``."""
        line = place[0] - start[0]
        units = place[1] - (0 if line else start[1])
        index = LineIndex(self.text)
        at = index.position_to_offset(line, index.units_to_column(line, units, self.encoding))
        return _Chunk(self.text[:at], self.encoding), _Chunk(self.text[at:], self.encoding)

    def joined(self, other: "_Chunk") -> "_Chunk":
        return _Chunk(self.text + other.text, self.encoding)


class EditedText:
    """The chunks of a text, kept in two stacks that meet at the last edit.

    An editor sends the edits of many cursors in the order of their positions, so there is little text from one to the
    next.
    """

    def __init__(self, text: str, encoding: PositionEncoding) -> None:
        self._encoding = encoding
        self._above: list[_Chunk] = []
        self._starts: list[Position] = []
        """Where each of the chunks above begins."""
        self._below = list(self._chunks(text))[::-1]
        self._here: Position = (0, 0)
        """Where the two stacks meet."""

    @property
    def text(self) -> str:
        """The whole text."""
        return "".join(chunk.text for chunk in (*self._above, *reversed(self._below)))

    def replace(self, start: Position, end: Position, text: str) -> tuple[int, int, int]:
        """Put ``text`` in place of what is between two positions.

        Positions outside the text are clamped, and an end before the start counts as the start.

        Returns:
            The line of the start, and the last line of the replaced text before and after.
        """
        self._go_to(start)
        here = self._here
        for _ in self._passed(end):
            pass  # it is replaced
        first, last = here[0], self._here[0]
        self._here = here
        self._insert(text)
        return first, last, first + _Chunk(text, self._encoding).line_ends

    def _go_to(self, place: Position) -> None:
        """Move chunks from one stack to the other until they meet at ``place``."""
        while self._above and self._here > place:
            self._here = self._starts.pop()
            self._put_below(self._above.pop())
        for chunk in self._passed(place):
            self._put_above(chunk)

    def _passed(self, place: Position) -> Iterator[_Chunk]:
        """Take the chunks from here to ``place`` off the stack below."""
        while self._below and self._here < place:
            chunk = self._below.pop()
            end = chunk.end(self._here)
            if end > place:
                chunk, rest = chunk.split(self._here, place)
                self._put_below(rest)
                place = end = chunk.end(self._here)
            yield chunk
            self._here = end

    def _insert(self, text: str) -> None:
        """Insert ``text`` here; the first and the last character may become part of a line ending."""
        if self._above and self._above[-1].text.endswith("\r"):
            text = self._above.pop().text + text
            self._here = self._starts.pop()
        if self._below and text.endswith("\r"):
            text += self._below.pop().text
        for chunk in self._chunks(text):
            self._put_above(chunk)

    def _chunks(self, text: str) -> Iterator[_Chunk]:
        start = 0
        while start < len(text):
            end = start + CHUNK
            if text[end - 1 : end + 1] == "\r\n":
                end += 1
            yield _Chunk(text[start:end], self._encoding)
            start = end

    def _put_above(self, chunk: _Chunk) -> None:
        if self._above and len(self._above[-1].text) + len(chunk.text) <= CHUNK:
            chunk = self._above.pop().joined(chunk)
            self._here = self._starts.pop()
        if chunk.text:
            self._above.append(chunk)
            self._starts.append(self._here)
            self._here = chunk.end(self._here)

    def _put_below(self, chunk: _Chunk) -> None:
        if self._below and len(chunk.text) + len(self._below[-1].text) <= CHUNK:
            chunk = chunk.joined(self._below.pop())
        if chunk.text:
            self._below.append(chunk)
