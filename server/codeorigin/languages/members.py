"""Methods without their class, such as one that was copied alone: read as if a class stood round them.

Most grammars with classes know methods only there. They read one that stands alone as an error, or as a function
without its modifiers, so that the model would see another text than it sees inside the class.
"""

import codecs
import re
from dataclasses import dataclass

from tree_sitter import Node

from codeorigin.languages.captures import Syntax
from codeorigin.languages.language import Language

_TAG = re.compile(rb"\s*<\?php\b", re.IGNORECASE)
# In a class, a statement with brackets and a block reads as a method of its keyword's name.
_STATEMENTS = frozenset(
    {b"if", b"for", b"while", b"switch", b"catch", b"with", b"foreach", b"using", b"lock"}
)


def may_be_members(root: Node, data: bytes, language: Language, *, found: bool) -> bool:
    """Whether a text that was parsed to ``root`` may hold methods alone.

    ``found``: there are functions in it. It is then a whole file, broken somewhere, unless it is broken at once.
    """
    if language.class_around is None:
        return False
    if not root.has_error:
        return _reads_as_statements(root, language, found=found)
    if language.fragment_unless and not _begins_with_code(data, language.fragment_unless.encode()):
        return False
    if not found:
        return True
    first = next((child for child in root.children if child.is_error or not _is_beside(child)), None)
    return first is not None and first.has_error


def _reads_as_statements(root: Node, language: Language, *, found: bool) -> bool:
    """Whether members alone are statements to the grammar, and the text is nothing else.

    In JavaScript and TypeScript, a method whose brace has a line of its own is a call and a block, and a TypeScript
    field is an assignment to a name that nobody has declared.
    """
    children = [child for child in root.named_children if not _is_beside(child)]
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


def _is_bare_call(node: Node) -> bool:
    """Whether a statement is ``name(...)``, without the semicolon that calls have in this style."""
    return _named_by(node, "call_expression", "function") and not any(
        child.type == ";" for child in node.children
    )


def _named_by(node: Node, kind: str, field: str) -> bool:
    """Whether a statement is one expression of a ``kind`` that has a plain name in its ``field``."""
    inside = [child for child in node.named_children if not _is_beside(child)]
    if node.type != "expression_statement" or [child.type for child in inside] != [kind]:
        return False
    name = inside[0].child_by_field_name(field)
    return name is not None and name.type == "identifier"


def _begins_with_code(data: bytes, tag: bytes) -> bool:
    """Whether the text is no page with code in it, though it may leave the code and come back."""
    return (
        tag not in data
        or _TAG.match(data.removeprefix(codecs.BOM_UTF8)) is not None
        or _leaves_code_first(data, tag)
    )


def _leaves_code_first(data: bytes, tag: bytes) -> bool:
    return 0 <= data.find(b"?>") < data.find(tag)


def _is_beside(node: Node) -> bool:
    return node.is_extra or "comment" in node.type or node.type == "php_tag"


@dataclass(frozen=True, slots=True)
class Members:
    """A text with a class round it: ``data`` is what to parse, with ``added`` bytes put in at ``start``."""

    data: bytes
    start: int
    added: int

    def are_listed(self, syntax: Syntax) -> bool:
        """Whether methods are what the class holds, and no statements that look like them."""
        names = [self.data[slice(*function.name)] for function in syntax.functions]
        return bool(names) and _STATEMENTS.isdisjoint(names)

    def moved_back(self, syntax: Syntax, data: bytes) -> Syntax:
        """The captures in the text itself, without the class. ``data`` is the text."""
        end = len(data.rstrip())

        def back(place: int) -> int:
            return min(place if place <= self.start else max(place - self.added, self.start), end)

        def moved(span: tuple[int, int]) -> tuple[int, int]:
            return back(span[0]), back(span[1])

        for function in syntax.functions:
            function.range, function.name, function.body = map(
                moved, (function.range, function.name, function.body)
            )
            if isinstance(function.owner, tuple):
                function.owner = moved(function.owner)
        syntax.scopes = [scope for scope in syntax.scopes if scope.range[0] >= self.start + self.added]
        for scope in syntax.scopes:
            scope.range = moved(scope.range)
            scope.name = None if scope.name is None else moved(scope.name)
        for places in (syntax.attributes, syntax.attribute_ends, syntax.comments, syntax.comment_ends):
            known = [(back(key), back(value)) for key, value in places.items()]
            places.clear()
            places.update(known)
        syntax.data = data
        return syntax


def as_members(data: bytes, closers: bytes, language: Language) -> Members:
    """``data`` with the language's class round it, behind PHP's tag; ``closers`` end what breaks off in it."""
    opening, closing = (each.encode() for each in language.class_around or ("", ""))
    # A byte order mark is one at the very start alone.
    start = len(codecs.BOM_UTF8) if data.startswith(codecs.BOM_UTF8) else 0
    if language.fragment_unless:
        if (tag := _TAG.match(data, start)) is not None:
            start, opening = tag.end(), b" " + opening
        elif _leaves_code_first(data, language.fragment_unless.encode()):
            opening = b"<?php " + opening
    # Members of an object, which commas separate, are methods like others.
    inside = data.rstrip()
    if inside.endswith(b","):
        inside = inside[:-1]
    return Members(data[:start] + opening + inside[start:] + closers + b"\n" + closing, start, len(opening))
