"""A text while a client's edits are applied to it, each at the cost of its own size and not of the text's."""

import re

from codeorigin.text.positions import LineIndex, PositionEncoding

_LINE = re.compile(r"[^\r\n]*(?:\r\n|\r|\n)|[^\r\n]+")


def split_lines(text: str) -> list[str]:
    """The lines with their endings, as LSP counts them; the last one has none, and may be empty."""
    lines: list[str] = _LINE.findall(text)
    if not lines or lines[-1][-1] in "\r\n":
        lines.append("")
    return lines


class EditedText:
    """The lines of a text, kept in two stacks that meet at the last edit.

    An editor sends the edits of many cursors in the order of their lines, so there are few lines from one to the next.
    """

    def __init__(self, text: str, encoding: PositionEncoding) -> None:
        self._above: list[str] = []
        self._below = split_lines(text)[::-1]
        self._encoding = encoding

    @property
    def text(self) -> str:
        """The whole text."""
        return "".join(self._above) + "".join(reversed(self._below))

    def replace(self, start: tuple[int, int], end: tuple[int, int], text: str) -> tuple[int, int, int]:
        """Put ``text`` in place of what is between two positions (line and column in units of the encoding).

        Positions outside the text are clamped, and an end before the start counts as the start.

        Returns:
            The line of the start, and the last line of the replaced text before and after.
        """
        first, first_column = self._clamped(*start)
        last, last_column = max(self._clamped(*end), (first, first_column))
        prefix, suffix = self._line(first)[:first_column], self._line(last)[last_column:]
        self._go_to(first)
        del self._below[len(self._below) - (last - first + 1) :]
        changed = prefix + text + suffix
        if changed.startswith("\n") and self._above and self._above[-1].endswith("\r"):
            changed = self._above.pop() + changed  # they are one line ending now
        lines = split_lines(changed)
        if self._below:
            lines.pop()  # it is empty: what was replaced ends with the ending of its last line
        self._below += reversed(lines)
        return first, last, first + len(split_lines(text)) - 1

    def _clamped(self, line: int, column: int) -> tuple[int, int]:
        """The position with its column in code points."""
        count = len(self._above) + len(self._below)
        if line < 0:
            return 0, 0
        if line >= count:
            return count - 1, len(self._line(count - 1))
        return line, LineIndex(self._line(line)).units_to_column(0, column, self._encoding)

    def _line(self, line: int) -> str:
        above = len(self._above)
        return self._above[line] if line < above else self._below[above - line - 1]

    def _go_to(self, line: int) -> None:
        """Move lines from one stack to the other until ``line`` is the first one below."""
        above, below = self._above, self._below
        if line < len(above):
            below += reversed(above[line:])
            del above[line:]
        elif line > len(above):
            rest = len(below) - (line - len(above))
            above += reversed(below[rest:])
            del below[rest:]
