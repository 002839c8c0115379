"""Parses a text and collects what the language's query captures in it, as plain byte ranges.

Everything is taken from the query's matches in one pass, because asking nodes for parents or siblings walks from the
root each time, and a recursive walk would hit Python's recursion limit on deeply nested code.
"""

import re
from collections import Counter
from collections.abc import Sequence
from functools import lru_cache
from itertools import product

from tree_sitter import Language as Grammar
from tree_sitter import Node, Parser, Query, QueryCursor

from codeorigin.core.cancellation import NEVER, CancelToken
from codeorigin.languages import get_language
from codeorigin.languages.captures import CapturedFunction, CapturedScope, Syntax
from codeorigin.languages.language import Language
from codeorigin.languages.members import as_members, possible_surroundings
from codeorigin.languages.parse_budget import ParserInput
from codeorigin.languages.parser_pool import bounded_all
from codeorigin.languages.repair import missing_closers
from codeorigin.languages.second_reading import BlankedText, first_reading, hides_a_class, second_readings

_SURROGATE = re.compile("[\ud800-\udfff]")
_LONE_CR = re.compile(rb"\r(?!\n)")
_BLANKS = b" \t\r\n\x0b\x0c"


def parseable(text: str) -> bytes:
    """UTF-8 bytes for the parser, as many as the text has, without what grammars cannot handle.

    A lone surrogate is not valid UTF-8, a NUL is taken for the end of the text, and a lone carriage return does not
    end a line comment in any grammar, although it ends a line in every editor.
    """
    try:
        data = text.encode("utf-8")
    except UnicodeEncodeError:
        data = _SURROGATE.sub("\ufffd", text).encode("utf-8")
    if b"\r" in data:
        data = _LONE_CR.sub(b"\n", data)
    return data.replace(b"\0", b" ")


def parse(text: str, language: Language, cancel: CancelToken = NEVER) -> Syntax:
    """Parse ``text``, with or without syntax errors, and collect what the language's query captures.

    Raises Cancelled, and :class:`~codeorigin.languages.parse_budget.ParseBudgetError` if that would take too much.
    """
    (found,) = parse_all([ParserInput.of(text, language.id)], cancel)
    if isinstance(found, Exception):
        raise found
    return found


def parse_all(texts: Sequence[ParserInput], cancel: CancelToken = NEVER) -> list[Syntax | Exception]:
    """:func:`parse` of many texts: the captures, or the error that it would raise, except for Cancelled."""
    found = bounded_all(_captured, texts, cancel)
    for text, syntax in zip(texts, found, strict=True):
        if isinstance(syntax, Syntax):
            syntax.data = parseable(text.text)
    return found


def _captured(text: str, language_id: str) -> Syntax:
    """What is captured in ``text``, without ``data``, which the caller has."""
    language = get_language(language_id)
    data = parseable(text)
    grammar = language.grammar_for(data)
    query = _query(grammar, language.query)
    parser = Parser(grammar)
    original = data
    data = first_reading(data, language.id)
    root = parser.parse(data).root_node
    syntax = _Collector(data, language, query).collect(root)
    if root.has_error or hides_a_class(data, language.id):
        fewest = _errors(root, grammar), -len(syntax.scopes)
        for reading in second_readings(data, language.id):
            read = bytes(reading.data)
            other = parser.parse(read).root_node
            found = _Collector(read, language, query).collect(other)
            errors = _errors(other, grammar), -len(found.scopes)
            expected = [
                function for function in syntax.outermost() if not _begins_in_a_branch(function, read, data)
            ]
            if errors < fewest and len(found.outermost()) >= len(expected):
                data, root, fewest, syntax = read, other, errors, _as_written(found, reading, original)
                if not errors[0]:
                    break
    closers = b""
    if root.has_error and language.block_end:
        closers = missing_closers(root, grammar, data, language.block_end)
        if closers:
            closed = _Collector(data, language, query).collect(parser.parse(data + closers).root_node)
            if len(closed.functions) > len(syntax.functions):
                syntax = closed
    pieces = possible_surroundings(root, data, language, found=bool(syntax.functions))
    # If quotes were misread, so may be the brackets that seem to be missing.
    endings = (closers,) if syntax.functions or not closers else (closers, b"")
    for around, ending in product(pieces, endings):
        members = as_members(data, ending, language, around)
        wrapped = parser.parse(members.data).root_node
        if not wrapped.has_error:
            inside = _Collector(members.data, language, query).collect(wrapped)
            if members.are_listed(inside):
                syntax = members.moved_back(inside, data)
                break
    syntax.data = b""
    return syntax


def _errors(root: Node, grammar: Grammar) -> int:
    query = _query(grammar, "[(ERROR) (MISSING)] @error")
    return len(QueryCursor(query).matches(root)) if root.has_error else 0


@lru_cache(maxsize=128)
def _query(grammar: Grammar, source: str) -> Query:
    return Query(grammar, source)


def _begins_in_a_branch(function: CapturedFunction, read: bytes, data: bytes) -> bool:
    """Whether a function was only found because its head, which is blanked in ``read``, is in another branch."""
    name, last = function.name[0], function.range[1] - 1
    return read[name] == 32 != data[name] and read[last] == data[last]


def _as_written(syntax: Syntax, reading: BlankedText, original: bytes) -> Syntax:
    """The captures of a second reading, with the macros before functions and the names of tests as they are written."""
    leading = {_after_blanks(original, end): start for start, end in reading.leading}
    changed = []
    for function in syntax.functions:
        start, end = function.range
        while (before := leading.get(start)) is not None:
            start = before
        name = reading.names.get(start, function.name)
        if original[name[1] : name[1] + 1] == b"=" and reading.data[name[1]] == 32:
            name = (name[0], name[1] + 1)
        changed.append(function._replace(range=(start, end), name=name))
    syntax.functions = changed
    return syntax


def _after_blanks(data: bytes, position: int) -> int:
    while position < len(data) and data[position] in _BLANKS:
        position += 1
    return position


class _Collector:
    def __init__(self, data: bytes, language: Language, query: Query) -> None:
        self._syntax = Syntax(data)
        # Ranges exclude trailing blanks and closers appended to the text.
        self._limit = len(data.rstrip(_BLANKS))
        self._language = language
        self._query = query
        self._settings = [query.pattern_settings(index) for index in range(query.pattern_count)]
        self._functions: dict[int, CapturedFunction] = {}
        self._bodies: set[tuple[int, int]] = set()
        self._wrappers: dict[int, Node] = {}
        self._wrapped_count: Counter[int] = Counter()
        self._open_file_scope: int | None = None

    def collect(self, root: Node) -> Syntax:
        for pattern, captures in QueryCursor(self._query).matches(root):
            if comment := captures.get("comment"):
                self._comment(comment[0])
            elif wrapped := captures.get("wrapped"):
                self._wrapper(captures["wrapper"][0], wrapped[0])
            elif function := captures.get("function"):
                self._function(function[0], captures, self._settings[pattern])
            elif scope := captures.get("scope"):
                self._scope(scope[0], captures, self._settings[pattern])
            elif attribute := captures.get("attribute"):
                self._syntax.attributes[attribute[0].start_byte] = attribute[0].end_byte
                self._syntax.attribute_ends[attribute[0].end_byte] = attribute[0].start_byte
        for node_id, captured in self._functions.items():
            if node_id in self._wrappers:
                whole = captured._replace(range=self._widened(node_id, captured.range))
                self._syntax.functions.append(whole)
            else:
                self._syntax.functions.append(captured)
        return self._syntax

    def _comment(self, node: Node) -> None:
        data = self._syntax.data
        # Closers appended to the text may have become part of a comment at its end.
        start, end = node.start_byte, min(node.end_byte, len(data))
        if end > start and data[end - 1] in _BLANKS:
            end = start + len(data[start:end].rstrip(_BLANKS))
        self._syntax.comments[start] = end
        self._syntax.comment_ends[end] = start

    def _wrapper(self, wrapper: Node, wrapped: Node) -> None:
        if wrapped.id not in self._wrappers:
            self._wrappers[wrapped.id] = wrapper
            self._wrapped_count[wrapper.id] += 1

    def _function(self, node: Node, captures: dict[str, list[Node]], settings: dict[str, str | None]) -> None:
        owner: tuple[int, int] | str | None = None
        if declarator := captures.get("declarator"):
            resolve = self._language.declared_name
            declared = resolve(node, declarator[0]) if resolve is not None else None
            if declared is None:
                return
            name, owner = self._clamped(declared.start_byte, declared.end_byte), declared.owner
        else:
            name = self._range(captures["name"][0])
            if "owner" in captures:
                owner = self._range(captures["owner"][0])
        body = self._range(captures["body"][0]) if "body" in captures else self._body(node)
        # A named function expression that is assigned is one function, not two; the binding was captured first.
        if name[0] == name[1] or body[0] == body[1] or body in self._bodies:
            return
        if body[0] >= node.end_byte != name[1]:
            return  # a macro call followed by a semicolon defines nothing
        self._bodies.add(body)
        start, end = self._range(node)
        self._functions[node.id] = CapturedFunction(
            range=(start, max(end, body[1])),
            name=name,
            body=body,
            owner=owner,
            prefix=settings.get("prefix") or "",
            separator=settings.get("separator"),
        )

    def _scope(self, node: Node, captures: dict[str, list[Node]], settings: dict[str, str | None]) -> None:
        scopes = self._syntax.scopes
        scope = CapturedScope(
            range=self._range(node),
            name=self._range(captures["scope.name"][0]) if "scope.name" in captures else None,
            separator=settings.get("separator"),
            member=settings.get("member"),
        )
        if settings.get("scope") == "file":
            if self._open_file_scope is not None:
                before = scopes[self._open_file_scope]
                scopes[self._open_file_scope] = before._replace(range=(before.range[0], node.start_byte))
            scope = scope._replace(range=(node.start_byte, len(self._syntax.data)))
            self._open_file_scope = len(scopes)
        scopes.append(scope)

    def _widened(self, node_id: int, span: tuple[int, int]) -> tuple[int, int]:
        """The range of the outermost wrapper around this function that wraps nothing else."""
        wrapper = self._wrappers.get(node_id)
        while wrapper is not None and self._wrapped_count[wrapper.id] == 1:
            span = self._range(wrapper)
            wrapper = self._wrappers.get(wrapper.id)
        return span

    def _body(self, node: Node) -> tuple[int, int]:
        """The body of a function whose pattern does not capture it; if empty, the closing keyword."""
        body = node.child_by_field_name("body")
        if body is not None:
            return self._range(body)
        last = node.child(node.child_count - 1) if node.child_count else None
        return self._range(last) if last is not None else self._range(node)

    def _range(self, node: Node) -> tuple[int, int]:
        end = node.end_byte
        return (node.start_byte, end) if end <= self._limit else self._clamped(node.start_byte, end)

    def _clamped(self, start: int, end: int) -> tuple[int, int]:
        return (start, end) if end <= self._limit else (min(start, self._limit), self._limit)
