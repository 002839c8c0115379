"""Lines and columns of a text, in code points internally, converted from and to UTF-8 bytes and LSP units."""

import re
from array import array
from bisect import bisect_right
from enum import StrEnum
from functools import cached_property
from itertools import accumulate

_LINE_END = re.compile(r"\r\n|\r|\n")
_CHUNK = 256
_CONTINUATION_BYTES = bytes(range(0x80, 0xC0))


class PositionEncoding(StrEnum):
    """The unit in which an LSP client counts columns (LSP 3.17, ``PositionEncodingKind``)."""

    UTF8 = "utf-8"
    UTF16 = "utf-16"
    UTF32 = "utf-32"


def encode_utf8(text: str) -> bytes:
    """Encode any ``str`` as UTF-8; a lone surrogate becomes its three WTF-8 bytes instead of raising an error."""
    return text.encode("utf-8", "surrogatepass")


class LineIndex:
    """The lines of a text as LSP counts them, with conversions between offsets and positions.

    A line ends at ``\\n``, ``\\r\\n`` or ``\\r``; a form feed, U+2028 or NEL is an ordinary character.
    Offsets and columns are 0-based and count code points unless a name says otherwise. No argument raises an error:
    values outside the text are clamped to its nearest end, as LSP requires for positions.
    """

    def __init__(self, text: str) -> None:
        self.text = text
        self.is_ascii = text.isascii()
        if "\r" in text:
            ends = [match.start() for match in _LINE_END.finditer(text)]
            starts = [match.end() for match in _LINE_END.finditer(text)]
        else:
            # One past each line feed.
            starts = list(accumulate(map((1).__add__, map(len, text.split("\n")))))
            starts.pop()
            ends = list(map((-1).__add__, starts))
        starts.insert(0, 0)
        ends.append(len(text))
        # A list of numbers takes nine times as much, and an editor may have thousands of documents open.
        self._starts, self._ends = array("I", starts), array("I", ends)

    @property
    def line_count(self) -> int:
        """Number of lines. An empty text has one; a text that ends with a line ending has an empty last line."""
        return len(self._starts)

    def line_start(self, line: int) -> int:
        """Code point offset of the first character of ``line``."""
        return self._starts[self._clamp_line(line)]

    def line_end(self, line: int) -> int:
        """Code point offset just after the last character of ``line``, before its line ending."""
        return self._ends[self._clamp_line(line)]

    def line_text(self, line: int) -> str:
        """The characters of ``line`` without its line ending."""
        line = self._clamp_line(line)
        return self.text[self._starts[line] : self._ends[line]]

    def offset_to_position(self, offset: int) -> tuple[int, int]:
        """Code point offset -> (line, column). An offset between ``\\r`` and ``\\n`` gives the end of the line."""
        if not 0 <= offset <= len(self.text):
            offset = min(max(offset, 0), len(self.text))
        line = bisect_right(self._starts, offset) - 1
        end = self._ends[line]
        return line, (offset if offset <= end else end) - self._starts[line]

    def position_to_offset(self, line: int, column: int) -> int:
        """(line, column) -> code point offset, clamped to the line and to the text."""
        if line < 0:
            return 0
        if line >= len(self._starts):
            return len(self.text)
        return min(self._starts[line] + max(column, 0), self._ends[line])

    def byte_to_offset(self, byte: int) -> int:
        """UTF-8 byte offset -> code point offset, rounded down to the start of a character."""
        if self.is_ascii:
            return byte if 0 <= byte <= len(self.text) else min(max(byte, 0), len(self.text))
        data, chunk_starts = self._encoded
        if byte >= len(data):
            return len(self.text)
        if byte <= 0:
            return 0
        while data[byte] & 0xC0 == 0x80:
            byte -= 1
        chunk = bisect_right(chunk_starts, byte) - 1
        within = data[chunk_starts[chunk] : byte].translate(None, _CONTINUATION_BYTES)
        return chunk * _CHUNK + len(within)

    def column_to_units(self, line: int, column: int, encoding: PositionEncoding) -> int:
        """Column in code points -> column in the units of ``encoding``, clamped to the line."""
        prefix = self.line_text(line)[: max(column, 0)]
        if encoding is PositionEncoding.UTF32 or prefix.isascii():
            return len(prefix)
        if encoding is PositionEncoding.UTF8:
            return len(encode_utf8(prefix))
        return len(prefix.encode("utf-16-le", "surrogatepass")) // 2

    def units_to_column(self, line: int, units: int, encoding: PositionEncoding) -> int:
        """Column in the units of ``encoding`` -> column in code points, rounded down to the start of a character."""
        text = self.line_text(line)
        units = max(units, 0)
        if encoding is PositionEncoding.UTF32 or text.isascii():
            return min(units, len(text))
        if encoding is PositionEncoding.UTF8:
            data = encode_utf8(text)
            if units >= len(data):
                return len(text)
            while data[units] & 0xC0 == 0x80:
                units -= 1
            return len(data[:units].translate(None, _CONTINUATION_BYTES))
        # Count instead of decoding, because two adjacent lone surrogates would decode to one character.
        for first in range(0, len(text), _CHUNK):
            chunk = text[first : first + _CHUNK]
            width = len(chunk.encode("utf-16-le", "surrogatepass")) // 2
            if units < width:
                ends = accumulate(2 if character > "\uffff" else 1 for character in chunk)
                return first + next(column for column, end in enumerate(ends) if units < end)
            units -= width
        return len(text)

    @cached_property
    def _encoded(self) -> tuple[bytes, list[int]]:
        """The UTF-8 bytes, and the byte offset of each chunk of ``_CHUNK`` code points."""
        starts = [0]
        chunks = []
        for first in range(0, len(self.text), _CHUNK):
            chunk = encode_utf8(self.text[first : first + _CHUNK])
            chunks.append(chunk)
            starts.append(starts[-1] + len(chunk))
        return b"".join(chunks), starts

    def _clamp_line(self, line: int) -> int:
        return min(max(line, 0), len(self._starts) - 1)
