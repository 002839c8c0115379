"""Parse trees of functions that were cut out of their file."""

import re
from functools import lru_cache

import tree_sitter_php
from tree_sitter import Language as Grammar
from tree_sitter import Node, Parser, Query, QueryCursor

from codeorigin.languages import LANGUAGES, get_language
from codeorigin.languages.parse import parseable

_ERRORS = "[(ERROR) (MISSING)] @error"

# For these grammars, a method without its class is an error; for JavaScript's, also one of an object literal.
_CLASS, _OBJECT = (b"class A {\n", b"\n}"), (b"x = {\n", b"\n}")
_BARE = (b"", b"")
_SCRIPT, _METHODS = (_BARE, _CLASS, _OBJECT), (_BARE, _CLASS)
_WRAPPERS = {
    **dict.fromkeys(("javascript", "typescript", "tsx"), _SCRIPT),
    **dict.fromkeys(("java", "csharp", "cpp", "php"), _METHODS),
}

# Text that starts like a method is tried in a class first, because error recovery as a statement is slow.
_SCRIPT_METHOD = re.compile(
    r"\s*(?:(?:public|private|protected|static|override|async|get|set)\s+)*"
    r"(?!function\b|if\b|for\b|while\b|switch\b|return\b)[*#]?\w+\s*(?:<[^>(]*>)?\("
)
_PHP_METHOD = re.compile(r"\s*(?:public|private|protected|static|final|abstract)\b")
_LIKE_A_METHOD = {**dict.fromkeys(("javascript", "typescript", "tsx"), _SCRIPT_METHOD), "php": _PHP_METHOD}


def parse_function(code: str, language: str) -> Node:
    """The root of a function's tree, in the wrapper that gives the fewest errors; ``language`` is known."""
    name, parsed = get_language(language).id, parseable(code)
    method = _LIKE_A_METHOD.get(name)
    best: tuple[int, Node] | None = None
    for grammar, prefix, suffix in _attempts(name, method is not None and method.match(code) is not None):
        root = Parser(grammar).parse(prefix + parsed + suffix).root_node
        errors = (
            len(QueryCursor(Query(grammar, _ERRORS)).captures(root).get("error", ())) if root.has_error else 0
        )
        if best is None or errors < best[0]:
            best = errors, root
        if not errors:
            break
    assert best is not None
    return best[1]


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
