"""Captures of a query -> the spans of the functions, nested as in the text."""

import re
from dataclasses import dataclass, field
from operator import itemgetter

from codeorigin.core.cancellation import NEVER, CancelToken, checked
from codeorigin.functions.ignore_comments import IgnoreComments
from codeorigin.functions.spans import FunctionSpan, TextRange
from codeorigin.languages.captures import CapturedFunction, CapturedScope, Syntax
from codeorigin.languages.language import Language
from codeorigin.text.positions import LineIndex

MAX_NESTING = 64
"""Functions nested deeper than this are not listed, so recursion over ``nested`` is safe."""

_BLANKS = b" \t\r\n\x0b\x0c"
_BLANKS_IN_A_ROW = 64
_SELF = frozenset({"self", "this", "$this", "cls", "static"})
_LONGEST_NAME = 200
_LONGEST_PREFIX = 2000
_OWNER = re.compile(r"[\w.$:>\\-]{1,120}")
_QUOTES = "\"'`"


@dataclass(slots=True)
class _Frame:
    """A function or scope that is open at the current byte, and what it contributes to the names inside it."""

    end: int
    qualified_name: str
    separator: str
    member: str
    depth: int
    function: CapturedFunction | None = None
    start: int = 0
    header_start: int = 0
    name: str = ""
    children: list[FunctionSpan] = field(default_factory=list)


class SpanBuilder:
    """Builds the spans of one text; ``comments`` are its ``codeorigin: ignore`` comments."""

    def __init__(self, lines: LineIndex, syntax: Syntax, language: Language) -> None:
        self._lines = lines
        self._syntax = syntax
        self._data = syntax.data
        self._language = language
        self._places: dict[int, tuple[int, int, int]] = {}
        self.comments = IgnoreComments(syntax, map(self._start, syntax.functions))

    def build(self, cancel: CancelToken = NEVER) -> tuple[FunctionSpan, ...]:
        """Sweep over the byte ranges, outer before inner, with a stack of the open ones; raises Cancelled."""
        items: list[tuple[int, int, int, CapturedFunction | CapturedScope]] = [
            *((scope.range[0], -scope.range[1], 0, scope) for scope in self._syntax.scopes),
            *(
                (self._start(function), -function.range[1], 1, function)
                for function in self._syntax.functions
            ),
        ]
        items.sort(key=itemgetter(0, 1, 2))
        root = _Frame(len(self._data), "", "", "", 0)
        stack = [root]
        for start, negative_end, _, item in checked(items, cancel):
            while len(stack) > 1 and stack[-1].end <= start:
                self._close(stack)
            parent = stack[-1]
            if -negative_end > parent.end or parent.depth >= MAX_NESTING:
                continue
            if isinstance(item, CapturedScope):
                stack.append(self._open_scope(item, parent))
            else:
                stack.append(self._open_function(item, start, parent))
        while len(stack) > 1:
            self._close(stack)
        return tuple(root.children)

    def _open_scope(self, scope: CapturedScope, parent: _Frame) -> _Frame:
        separator = scope.separator or self._language.separator
        member = scope.member or separator
        name = parent.qualified_name
        if scope.name is not None and len(name) < _LONGEST_PREFIX:
            name = _joined(name, parent.separator, self._name(scope.name))
        # A function is listed under the nearest enclosing function, so a scope shares its parent's list.
        return _Frame(scope.range[1], name, separator, member, parent.depth, children=parent.children)

    def _open_function(self, function: CapturedFunction, start: int, parent: _Frame) -> _Frame:
        written = self._name(function.name)
        name = function.prefix + written
        owner = self._owner(function)
        separator = self._language.separator
        owned = f"{owner}{separator}{name}" if owner else name
        qualified_name = _joined(parent.qualified_name, function.separator or parent.member, owned)
        header_start = self._header_start(start, function)
        return _Frame(
            function.range[1],
            qualified_name,
            separator,
            separator,
            parent.depth + 1,
            function,
            start,
            header_start,
            name,
        )

    def _close(self, stack: list[_Frame]) -> None:
        frame = stack.pop()
        function = frame.function
        if function is None:
            return
        header_start = frame.header_start
        header_end = self._header_end(header_start, function)
        doc = self._doc_comment(frame.start)
        whole = self._range(frame.start, frame.end)
        own_start = function.range[0]
        stack[-1].children.append(
            FunctionSpan(
                name=frame.name,
                qualified_name=frame.qualified_name,
                language=self._language.id,
                range=whole,
                code=whole if own_start == frame.start else self._range(own_start, frame.end),
                header=self._range(header_start, header_end),
                name_range=self._range(*function.name),
                doc_comment=self._range(*doc) if doc else None,
                nested=tuple(frame.children),
                ignored=self.comments.ignores_function(frame.start, header_end),
            )
        )

    def _start(self, function: CapturedFunction) -> int:
        """Start of the function, including attributes above it that are siblings in the grammar's tree."""
        start = position = function.range[0]
        while True:
            position = self._before_blanks(position)
            if (attribute := self._syntax.attribute_ends.get(position)) is not None:
                start = position = attribute
            elif (comment := self._syntax.comment_ends.get(position)) is not None:
                position = comment
            else:
                return start

    def _header_start(self, start: int, function: CapturedFunction) -> int:
        position = start
        while position < function.name[0]:
            end = self._syntax.attributes.get(position) or self._syntax.comments.get(position)
            if end is None or end > function.name[0]:
                break
            position = self._after_blanks(end)
        return position

    def _header_end(self, header_start: int, function: CapturedFunction) -> int:
        # Only in broken code can the body come before the name; then the header is the whole function.
        position = function.body[0] if function.body[0] > header_start else function.range[1]
        while True:
            position = self._before_blanks(position)
            comment = self._syntax.comment_ends.get(position)
            if comment is None or comment <= header_start:
                return max(position, header_start)
            position = comment

    def _doc_comment(self, start: int) -> tuple[int, int] | None:
        """The run of comments directly above ``start``, with no blank line in between."""
        data = self._data
        first: int | None = None
        last = 0
        position = start
        while True:
            end = self._before_blanks(position)
            comment = self._syntax.comment_ends.get(end)
            if comment is None or data.count(b"\n", end, position) > 1:
                break
            indent = self._before_blanks(comment)
            if indent > 0 and b"\n" not in data[indent:comment]:
                break  # it follows code on its line and belongs to that
            first, last = comment, last or end
            position = comment
        return None if first is None else (first, last)

    def _before_blanks(self, position: int) -> int:
        data = self._data
        while position > 0:
            # Runs of blanks are usually short; a longer one takes another iteration.
            start = max(0, position - _BLANKS_IN_A_ROW)
            if length := len(data[start:position].rstrip(_BLANKS)):
                return start + length
            position = start
        return position

    def _after_blanks(self, position: int) -> int:
        data = self._data
        while position < len(data) and data[position] in _BLANKS:
            position += 1
        return position

    def _owner(self, function: CapturedFunction) -> str | None:
        owner = function.owner
        if owner is None:
            return None
        if isinstance(owner, tuple):
            owner = self._slice(*owner)
            head, dot, rest = owner.partition(".")
            owner = rest if dot and head in _SELF else owner
        if owner in _SELF or not _OWNER.fullmatch(owner):
            return None
        return owner

    def _name(self, span: tuple[int, int]) -> str:
        written = self._slice(*span)
        if written.isidentifier() and len(written) <= _LONGEST_NAME:
            return written
        # In broken code a name can consist of blanks alone (some grammars take NEL for a letter).
        name = " ".join(written.split()) or written
        if len(name) > _LONGEST_NAME:
            return f"{name[: _LONGEST_NAME - 1]}…"
        if len(name) > 2 and name[0] in _QUOTES and name[0] == name[-1]:
            return name[1:-1]
        return name.removeprefix(self._language.name_mark)

    def _slice(self, start: int, end: int) -> str:
        if self._lines.is_ascii:
            return self._lines.text[start:end]
        return self._lines.text[self._lines.byte_to_offset(start) : self._lines.byte_to_offset(end)]

    def _range(self, start_byte: int, end_byte: int) -> TextRange:
        start, start_line, start_column = self._places.get(start_byte) or self._place(start_byte)
        end, end_line, end_column = self._places.get(end_byte) or self._place(end_byte)
        return TextRange(start_byte, end_byte, start, end, start_line, start_column, end_line, end_column)

    def _place(self, byte: int) -> tuple[int, int, int]:
        """Offset, line and column of a byte, cached because a function's ranges share most of their ends."""
        offset = self._lines.byte_to_offset(byte)
        line, column = self._lines.offset_to_position(offset)
        place = self._places[byte] = (offset, line, column)
        return place


def _joined(prefix: str, separator: str, name: str) -> str:
    return f"{prefix}{separator}{name}" if prefix else name
