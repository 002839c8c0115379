"""``codeorigin: ignore`` and ``codeorigin: ignore-file``: which comments count, and what each applies to.

Only comments in the syntax tree count, never a string with the same text. The words must be at the start of the
comment, at the start of a line in it, or right after another comment sign (``# noqa  # codeorigin: ignore``).
"""

import re
from array import array
from bisect import bisect_left, bisect_right
from collections.abc import Iterable
from itertools import accumulate

from codeorigin.languages.captures import Syntax

IGNORE = "codeorigin: ignore"
"""In a comment at a function: the function gets no verdict."""
IGNORE_FILE = "codeorigin: ignore-file"
"""In a comment in the first lines of a file: nothing in the file gets a verdict."""
IGNORE_FILE_LINES = 10
"""An ``ignore-file`` comment must be within this many lines from the start of the file."""

_BLANKS = b" \t\r\n\x0b\x0c"
_LEAD = rb"(?:^|[#/*!;,|])[ \t]*"
_FUNCTION = re.compile(_LEAD + rb"codeorigin:[ \t]*ignore(?![\w-])", re.MULTILINE)
_FILE = re.compile(_LEAD + rb"codeorigin:[ \t]*ignore-file(?![\w-])", re.MULTILINE)
_SPACE = re.compile(rb"[ \t]*+")
# What may precede a comment that counts as alone on its line: blanks, a byte order mark, PHP's opening tag. The
# quantifiers are possessive, since a line of blanks may be long and must not be retried.
_NOTHING = re.compile(rb"\s*+(?:\xef\xbb\xbf)?+\s*+(?:<\?(?:php)?+)?+\s*+", re.IGNORECASE)


class IgnoreComments:
    """The ignore comments of one parsed text. The cost of a query does not grow with their number."""

    def __init__(self, syntax: Syntax, function_starts: Iterable[int]) -> None:
        """``function_starts`` are byte offsets, consumed only if there is an ``ignore`` comment."""
        self._data = syntax.data
        self._comment_ends = syntax.comment_ends
        self._marks: list[int] = []
        self._file_marks: list[tuple[int, int]] = []
        self._line_starts = array("Q", [0])
        self._first_code: dict[int, int] = {}
        self._answers: dict[int, bool] = {}
        if b"codeorigin:" not in syntax.data:
            return
        for start, end in sorted(syntax.comments.items()):
            text = syntax.data[start:end]
            if _FUNCTION.search(text):
                self._marks.append(start)
            if found := _FILE.search(text):
                self._file_marks.append((start, start + found.end()))
        self._is_mark = frozenset(self._marks)
        if self._marks or self._file_marks:
            self._line_starts.extend(accumulate(len(line) + 1 for line in syntax.data.split(b"\n")))
        # A comment directly before a function applies to that function, not to the code before the comment.
        ahead = _before_functions(syntax, frozenset(function_starts)) if self._marks else frozenset()
        self._trailing = [mark for mark in self._marks if mark not in ahead]

    def ignores_file(self) -> bool:
        """Whether a comment in the first ten lines, with no code before it on its line, switches the file off."""
        starts = self._line_starts
        behind = starts[IGNORE_FILE_LINES] if len(starts) > IGNORE_FILE_LINES else starts[-1]
        for comment, words in self._file_marks:
            own_line = self._line_start(comment) != self._line_start(words) or self._begins_its_line(comment)
            if words < behind and own_line:
                return True
        return False

    def ignores_function(self, start: int, header_end: int) -> bool:
        """Whether a comment switches off the function that begins at ``start`` (both are byte offsets).

        The comment may be in the function's header (including its decorators), after the header on the same line,
        directly before the function on its line, or in the comments directly above, with no blank line in between.
        A comment after other code applies to that code, unless it is directly before another function on that line:
        then it applies to that function. A comment above a line, or at its end, applies to all functions that begin
        on the line.
        """
        if not self._marks:
            return False
        if _has(self._marks, start, header_end) or _has(self._trailing, start, self._line_end(header_end)):
            return True
        return self._is_marked_before(start) or self._is_marked_before(self._line_start(start))

    def _is_marked_before(self, position: int) -> bool:
        passed = []
        while (answer := self._answers.get(position)) is None:
            passed.append(position)
            comment = self._comment_before(position)
            if comment is None or comment in self._is_mark:
                answer = comment is not None
                break
            position = comment
        self._answers.update(dict.fromkeys(passed, answer))
        return answer

    def _comment_before(self, position: int) -> int | None:
        """Start of the comment just before ``position``, on the same line or alone on the line above."""
        end = position
        while end > 0 and self._data[end - 1] in _BLANKS:
            end -= 1
        comment = self._comment_ends.get(end)
        gap = self._data.count(b"\n", end, position)
        if comment is None or gap > 1 or (gap == 1 and not self._begins_its_line(comment)):
            return None
        return comment

    def _begins_its_line(self, position: int) -> bool:
        line_start = self._line_start(position)
        first = self._first_code.get(line_start)
        if first is None:
            found = _NOTHING.match(self._data, line_start)
            first = self._first_code[line_start] = found.end() if found else line_start
        return first == position

    def _line_start(self, position: int) -> int:
        return self._line_starts[bisect_right(self._line_starts, position) - 1]

    def _line_end(self, position: int) -> int:
        """Start of the next line, or the end of the text."""
        return self._line_starts[bisect_right(self._line_starts, position)]


def _has(sorted_marks: list[int], start: int, end: int) -> bool:
    """Whether any mark is in the half-open range from ``start`` to ``end``."""
    first = bisect_left(sorted_marks, start)
    return first < len(sorted_marks) and sorted_marks[first] < end


def _before_functions(syntax: Syntax, function_starts: frozenset[int]) -> frozenset[int]:
    """The comments followed on their last line by a function, with only blanks and comments in between."""
    found: set[int] = set()
    for start, end in sorted(syntax.comments.items(), reverse=True):
        blanks = _SPACE.match(syntax.data, end)
        behind = blanks.end() if blanks else end
        if behind in function_starts or behind in found:
            found.add(start)
    return frozenset(found)
