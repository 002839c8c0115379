"""Parse trees of standalone functions, and edits of their text by byte range."""

import re
from collections.abc import Iterable
from dataclasses import dataclass
from functools import lru_cache

import tree_sitter_php
from tree_sitter import Language as Grammar
from tree_sitter import Node, Parser, Query, QueryCursor

from codeorigin.core.errors import LanguageError
from codeorigin.languages import LANGUAGES, get_language
from codeorigin.languages.parse import parseable
from codeorigin.text.positions import encode_utf8

_LINE_END = re.compile(r"\r\n|\r")
_ERRORS = "[(ERROR) (MISSING)] @error"

# For these grammars, a method without its class is an error; for JavaScript's, also one of an object literal.
_CLASS, _OBJECT = (b"class A {\n", b"\n}"), (b"x = {\n", b"\n}")
_BARE = (b"", b"")
_WRAPPERS: dict[str, tuple[tuple[bytes, bytes], ...]] = {
    "javascript": (_BARE, _CLASS, _OBJECT),
    "typescript": (_BARE, _CLASS, _OBJECT),
    "tsx": (_BARE, _CLASS, _OBJECT),
    "java": (_BARE, _CLASS),
    "csharp": (_BARE, _CLASS),
    "cpp": (_BARE, _CLASS),
    "php": (_BARE, _CLASS),
}

# Text that starts like a method is tried in a class first, because error recovery as a statement is slow.
_SCRIPT_METHOD = re.compile(
    r"\s*(?:(?:public|private|protected|static|override|async|get|set)\s+)*"
    r"(?!function\b|if\b|for\b|while\b|switch\b|return\b)[*#]?\w+\s*(?:<[^>(]*>)?\("
)
_METHODS = {
    "javascript": _SCRIPT_METHOD,
    "typescript": _SCRIPT_METHOD,
    "tsx": _SCRIPT_METHOD,
    "php": re.compile(r"\s*(?:public|private|protected|static|final|abstract)\b"),
}


@dataclass(frozen=True, slots=True)
class Tree:
    """A parsed function. ``data`` is its text as UTF-8 (lone surrogates as WTF-8), without the wrapper.

    ``shift`` is the number of bytes of the wrapper before it in the tree; ``errors`` counts syntax errors.
    """

    language: str
    data: bytes
    root: Node
    grammar: Grammar
    shift: int
    errors: int

    def nodes(self, query: str) -> dict[str, list[Node]]:
        """The nodes of every capture name of a tree-sitter query."""
        return QueryCursor(_compiled(self.grammar, query)).captures(self.root)

    def span(self, node: Node) -> tuple[int, int]:
        """The byte range of ``node`` in ``data``, without any part in the wrapper."""
        size = len(self.data)
        return min(max(node.start_byte - self.shift, 0), size), min(max(node.end_byte - self.shift, 0), size)

    def text(self, node: Node) -> str:
        """The text of ``node``."""
        start, end = self.span(node)
        return decoded(self.data[start:end])

    def kinds(self, names: Iterable[str]) -> str:
        """A query pattern for those of the named node kinds that the grammar knows; empty if it knows none."""
        known = [f"({name})" for name in names if self.grammar.id_for_node_kind(name, True) is not None]
        return f"[{' '.join(known)}]" if known else ""

    def shape(self) -> list[int]:
        """The tree without its text: the kind of every node, and -1 at the end of a node's children."""
        cursor = self.root.walk()
        kinds: list[int] = []
        while True:
            node = cursor.node
            if node is not None:
                kinds.append(node.kind_id)
            if cursor.goto_first_child():
                continue
            while not cursor.goto_next_sibling():
                if not cursor.goto_parent():
                    return kinds
                kinds.append(-1)


def parse_function(code: str, language: str) -> Tree | None:
    """Parse a standalone function, in the wrapper that gives the fewest errors.

    ``language`` is an id or model language; None if there is no such language.
    """
    try:
        name = get_language(language).id
    except LanguageError:
        return None
    data, parsed = encode_utf8(code), parseable(code)
    best: Tree | None = None
    method = _METHODS.get(name)
    for grammar, prefix, suffix in _attempts(name, method is not None and method.match(code) is not None):
        root = Parser(grammar).parse(prefix + parsed + suffix).root_node
        if not root.has_error:
            return Tree(name, data, root, grammar, len(prefix), 0)
        errors = len(QueryCursor(_compiled(grammar, _ERRORS)).captures(root).get("error", ()))
        if best is None or errors < best.errors:
            best = Tree(name, data, root, grammar, len(prefix), errors)
    return best


def same_shape(tree: Tree, code: str) -> bool:
    """Whether ``code`` parses to the same tree as ``tree``, except for text."""
    other = parse_function(code, tree.language)
    return (
        other is not None
        and other.errors == tree.errors
        and other.shift == tree.shift
        and other.shape() == tree.shape()
    )


def edited(data: bytes, edits: Iterable[tuple[int, int, bytes]]) -> str:
    """The text of ``data`` with each (start, end, replacement) applied; if two overlap, the first one wins."""
    pieces: list[bytes] = []
    position = 0
    for start, end, replacement in sorted(edits):
        if start >= position:
            pieces += [data[position:start], replacement]
            position = end
    return decoded(b"".join([*pieces, data[position:]]))


def decoded(data: bytes) -> str:
    """The reverse of :func:`codeorigin.text.positions.encode_utf8`."""
    return data.decode("utf-8", "surrogatepass")


def with_line_feeds(code: str) -> str:
    """``code`` with every line end replaced by a line feed."""
    return _LINE_END.sub("\n", code)


@lru_cache(maxsize=256)
def _compiled(grammar: Grammar, query: str) -> Query:
    return Query(grammar, query)


@lru_cache(maxsize=32)
def _attempts(language: str, method: bool) -> tuple[tuple[Grammar, bytes, bytes], ...]:
    """Each (grammar, prefix, suffix) to try, in order."""
    wrappers = _WRAPPERS.get(language, (_BARE,))
    if method:
        wrappers = (_CLASS, _BARE, *wrappers[2:])
    grammars = [(Grammar(LANGUAGES[language].grammar()), b"")]
    if language == "typescript":
        grammars.append((Grammar(LANGUAGES["tsx"].grammar()), b""))
    elif language == "php":
        grammars = [(Grammar(tree_sitter_php.language_php_only()), b""), (grammars[0][0], b"<?php ")]
    return tuple((grammar, tag + prefix, suffix) for grammar, tag in grammars for prefix, suffix in wrappers)
