"""``codeorigin: ignore`` and ``codeorigin: ignore-file``: which comments are meant, and what each applies to.

Only comments of the syntax tree count, never a string with the same text, and only those in which the words stand
at the beginning of the comment, of a line in it, or behind another comment sign (``# noqa  # codeorigin: ignore``).
"""

import re

from codeorigin.languages.captures import Syntax

IGNORE_FILE_LINES = 10
"""The comment that switches a file off stands in one of its first lines."""

_BLANKS = b" \t\r\n\x0b\x0c"
_LEAD = rb"(?:^|[#/*!;,|])[ \t]*"
_FUNCTION = re.compile(_LEAD + rb"codeorigin:[ \t]*ignore(?![\w-])", re.MULTILINE)
_FILE = re.compile(_LEAD + rb"codeorigin:[ \t]*ignore-file(?![\w-])", re.MULTILINE)
# What may stand before a comment that has its line for itself: a byte order mark, PHP's opening tag.
_NOTHING = re.compile(rb"\s*(?:\xef\xbb\xbf)?\s*(?:<\?(?:php)?)?\s*", re.IGNORECASE)


class IgnoreComments:
    """The comments of one parsed text."""

    def __init__(self, syntax: Syntax) -> None:
        self._data = syntax.data
        self._comment_ends = syntax.comment_ends
        self._marks: list[int] = []
        self._file_marks: list[tuple[int, int]] = []
        if b"codeorigin:" not in syntax.data:
            return
        for start, end in sorted(syntax.comments.items()):
            text = syntax.data[start:end]
            if _FUNCTION.search(text):
                self._marks.append(start)
            if found := _FILE.search(text):
                self._file_marks.append((start, start + found.end()))

    def ignores_file(self) -> bool:
        """Whether a comment in the first ten lines, with nothing before it on its line, switches the file off."""
        return any(
            self._data.count(b"\n", 0, words) < IGNORE_FILE_LINES
            and (b"\n" in self._data[comment:words] or self._begins_its_line(comment))
            for comment, words in self._file_marks
        )

    def ignores_function(self, start: int, header_end: int) -> bool:
        """Whether a comment switches off the function whose text begins at ``start`` (both in bytes).

        It stands in the function's head (among its decorators too), behind the head on the same line, directly
        before the function on its line, or in the comments directly above, without a blank line in between.
        Behind other code it is about that code.
        """
        if not self._marks:
            return False
        line_end = self._data.find(b"\n", header_end)
        if any(start <= mark < (line_end if line_end >= 0 else len(self._data)) for mark in self._marks):
            return True
        line_start = self._data.rfind(b"\n", 0, start) + 1
        return self._is_marked_before(start) or self._is_marked_before(line_start)

    def _is_marked_before(self, position: int) -> bool:
        while True:
            end = position
            while end > 0 and self._data[end - 1] in _BLANKS:
                end -= 1
            comment = self._comment_ends.get(end)
            if comment is None:
                return False
            gap = self._data.count(b"\n", end, position)
            if gap > 1 or (gap == 1 and not self._begins_its_line(comment)):
                return False
            if comment in self._marks:
                return True
            position = comment

    def _begins_its_line(self, position: int) -> bool:
        line_start = self._data.rfind(b"\n", 0, position) + 1
        return _NOTHING.fullmatch(self._data, line_start, position) is not None
