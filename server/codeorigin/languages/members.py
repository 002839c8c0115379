"""Parses methods without their class, such as a method copied on its own, as if they were inside a class.

Most grammars with classes accept methods only there. They parse a method on its own as an error, or as a function
without its modifiers, so that the model would see a different text from what it sees inside the class. The same goes
for entries of object literals and accessors of properties.
"""

import codecs
import re
from dataclasses import dataclass

from tree_sitter import Node

from codeorigin.languages.captures import CapturedFunction, Syntax
from codeorigin.languages.language import Language, Wrapping

_TAG = re.compile(rb"\s*<\?php\b", re.IGNORECASE)
_BESIDE = re.compile(rb"(?>\s++|//[^\n]*+|/\*.*?\*/|#(?!\[)[^\n]*+)*+", re.DOTALL)
_FUNCTIONS = frozenset(
    {
        "arrow_function",
        "func_literal",
        "function_declaration",
        "function_expression",
        "generator_function",
        "generator_function_declaration",
    }
)
# In a class, a statement with parentheses and a block is parsed as a method named after its keyword.
_BRACKET = re.compile(rb"\s*+\(")
_STATEMENTS = frozenset(
    {b"if", b"for", b"while", b"switch", b"catch", b"with", b"foreach", b"using", b"lock"}
)
_COLON = re.compile(rb"\s*+:")
_TYPE = re.compile(rb"[\w$.\s|&<>,\[\]\"']*+")
# No statement starts with one of these.
_MODIFIER = re.compile(
    rb"\b(?:public|protected|private|internal|static|abstract|final|override|virtual|function|async|get|set)\b"
)


def possible_surroundings(
    root: Node, data: bytes, language: Language, *, found: bool
) -> tuple[Wrapping, ...]:
    """The entries of ``language.around`` in which a text parsed as ``root`` may become readable; none for a whole file.

    ``found`` means that the text has functions. It is then a whole file with an error somewhere, unless the very first
    code is broken.
    """
    if not language.around or not _may_be_a_piece(root, data, language, found=found):
        return ()
    tag = _tag(data) if language.fragment_unless else None
    begin = _BESIDE.match(data, _start(data) if tag is None else tag.end())
    place = 0 if begin is None else begin.end()
    return tuple(
        around
        for around in language.around
        if around.begins is None or around.begins.match(data, place) is not None
    )


def _may_be_a_piece(root: Node, data: bytes, language: Language, *, found: bool) -> bool:
    if language.fragment_unless and language.fragment_unless.encode() in data and _tag(data) is None:
        return True  # a page, unless the tag is in a string or a comment; the first code decides
    if not root.has_error:
        return _reads_as_statements(root, language, found=found)
    if not found:
        return True
    first = next((child for child in root.children if child.is_error or not _is_beside(child)), None)
    return first is not None and first.has_error


def _reads_as_statements(root: Node, language: Language, *, found: bool) -> bool:
    """Whether the text consists only of members that the grammar takes for statements.

    In JavaScript and TypeScript, a method with its brace on a separate line is parsed as a call and a block, and a
    TypeScript field as an assignment to an undeclared name.
    """
    children = [child for child in root.named_children if not _is_beside(child)]
    if children and all(map(_is_entry, children)):
        return True
    if found:
        return (
            language.fields_alone
            and bool(children)
            and all(_named_by(child, "assignment_expression", "left") for child in children)
        )
    return (
        bool(children)
        and len(children) % 2 == 0
        and all(
            _is_bare_call(call) and block.type == "statement_block"
            for call, block in zip(children[::2], children[1::2], strict=True)
        )
    )


def _is_entry(node: Node) -> bool:
    """Whether a statement is a function after a label, or a match against a literal, as entries of literals look."""
    if node.type == "match_pattern":
        value = node.child_by_field_name("value")
        return value is not None and value.type in {"string", "simple_symbol"}
    if node.type != "labeled_statement":
        return False
    inside = node.named_children[-1]
    if inside.type == "expression_statement" and inside.child_count == 1:
        inside = inside.children[0]
    return inside.type in _FUNCTIONS


def _is_bare_call(node: Node) -> bool:
    """Whether a statement is ``name(...)`` without a semicolon."""
    return _named_by(node, "call_expression", "function") and not any(
        child.type == ";" for child in node.children
    )


def _named_by(node: Node, kind: str, field: str) -> bool:
    """Whether a statement is a single expression of this ``kind`` with a plain name in its ``field``."""
    inside = [child for child in node.named_children if not _is_beside(child)]
    if node.type != "expression_statement" or [child.type for child in inside] != [kind]:
        return False
    name = inside[0].child_by_field_name(field)
    return name is not None and name.type == "identifier"


def _start(data: bytes) -> int:
    # A byte order mark only counts at the very start.
    return len(codecs.BOM_UTF8) if data.startswith(codecs.BOM_UTF8) else 0


def _tag(data: bytes) -> re.Match[bytes] | None:
    return _TAG.match(data, _start(data))


def _is_beside(node: Node) -> bool:
    return node.is_extra or "comment" in node.type or node.type == "php_tag"


@dataclass(frozen=True, slots=True)
class WrappedText:
    """A text with something around it: ``data`` is what to parse, with ``added`` bytes inserted at ``start``.

    The text ends at ``end`` in ``data``, without trailing blanks and a trailing comma.
    """

    data: bytes
    start: int
    added: int
    end: int
    names: frozenset[bytes]

    def are_listed(self, syntax: Syntax) -> bool:
        """Whether the functions found are really functions, not statements or types that look like them."""
        outermost = syntax.outermost()
        return all(map(self._is_member, outermost)) and not all(map(self._may_be_type, outermost))

    def _is_member(self, function: CapturedFunction) -> bool:
        name = self.data[slice(*function.name)]
        if name in _STATEMENTS and _BRACKET.match(self.data, function.name[1]):
            return _MODIFIER.search(self.data, function.range[0], function.name[0]) is not None
        return not self.names or name in self.names

    def _may_be_type(self, function: CapturedFunction) -> bool:
        """Whether it may be a member of a TypeScript interface: ``name: (key: Key) => Type``."""
        body = self.data[slice(*function.body)]
        return _COLON.match(self.data, function.name[1]) is not None and _TYPE.fullmatch(body) is not None

    def moved_back(self, syntax: Syntax, data: bytes) -> Syntax:
        """The captures moved to their positions in the text itself, ``data``, without what was put around it."""
        end = len(data.rstrip())

        def back(place: int) -> int:
            return min(place if place <= self.start else max(place - self.added, self.start), end)

        def moved(span: tuple[int, int]) -> tuple[int, int]:
            return back(span[0]), back(span[1])

        syntax.functions = [
            function._replace(
                range=moved(function.range),
                name=moved(function.name),
                body=moved(function.body),
                owner=moved(function.owner) if isinstance(function.owner, tuple) else function.owner,
            )
            for function in syntax.functions
        ]
        syntax.scopes = [
            scope._replace(range=moved(scope.range), name=None if scope.name is None else moved(scope.name))
            for scope in syntax.scopes
            if scope.range[0] >= self.start + self.added
        ]
        for places in (syntax.attributes, syntax.attribute_ends, syntax.comments, syntax.comment_ends):
            known = [(back(key), back(value)) for key, value in places.items()]
            places.clear()
            places.update(known)
        syntax.data = data
        return syntax


def as_members(data: bytes, closers: bytes, language: Language, around: Wrapping) -> WrappedText:
    """``data`` with ``around`` put around it, after PHP's tag if any; ``closers`` close what is open at its end."""
    opening, closing = around.opening.encode(), around.closing.encode()
    start = _start(data)
    if language.fragment_unless:
        if (tag := _tag(data)) is not None:
            start, opening = tag.end(), b" " + opening
        elif language.fragment_unless.encode() in data:
            opening = b"<?php " + opening
    # A member of an object, followed by a comma, is a method like any other.
    inside = data.rstrip()
    if inside.endswith(b","):
        inside = inside[:-1]
    wrapped = data[:start] + opening + inside[start:] + closers + b"\n" + closing
    return WrappedText(wrapped, start, len(opening), len(opening) + len(inside), around.names)
