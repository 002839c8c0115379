"""A text while a client's edits are applied to it, each at the cost of the lines that it touches."""

from codeorigin.text.positions import LineIndex, PositionEncoding

Position = tuple[int, int]
"""Line, and column in units of the client's encoding, both 0-based."""


def split_lines(text: str) -> list[str]:
    """The lines of ``text`` with their line endings; the last one has none and may be empty."""
    index = LineIndex(text)
    starts = [index.line_start(line) for line in range(index.line_count)]
    return [text[start:end] for start, end in zip(starts, [*starts[1:], len(text)], strict=True)]


class EditedText:
    """The lines of a text. An editor sends an edit for each of its cursors, so none may cost as much as the text."""

    def __init__(self, text: str, encoding: PositionEncoding) -> None:
        self._lines = split_lines(text)
        self._encoding = encoding

    @property
    def text(self) -> str:
        """The whole text."""
        return "".join(self._lines)

    def replace(self, start: Position, end: Position, text: str) -> None:
        """Put ``text`` in place of what is between two positions.

        Positions outside the text are clamped, and an end before the start counts as the start.
        """
        first, column = self._clamped(start)
        last, end_column = max((first, column), self._clamped(end))
        new = self._lines[first][:column] + text + self._lines[last][end_column:]
        from_line = first
        if first and new.startswith("\n") and self._lines[first - 1].endswith("\r"):
            from_line = first - 1  # the two characters become one line ending
            new = self._lines[from_line] + new
        lines = split_lines(new)
        if last < len(self._lines) - 1:
            lines.pop()  # the empty one before the line that follows
        self._lines[from_line : last + 1] = lines

    def _clamped(self, place: Position) -> Position:
        """The nearest line, and the column in code points."""
        line, units = place
        if line < 0:
            return 0, 0
        if line >= len(self._lines):
            return len(self._lines) - 1, len(self._lines[-1])
        return line, LineIndex(self._lines[line]).units_to_column(0, units, self._encoding)
