"""What the rest of the program knows about a programming language."""

import re
from collections.abc import Callable
from dataclasses import dataclass
from functools import lru_cache
from importlib import import_module
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from tree_sitter import Language as Grammar
    from tree_sitter import Node


def grammar_of(module: str, function: str = "language") -> Callable[[], object]:
    """A function that returns a grammar and imports its ``module`` only on the first call, since imports are slow."""
    return lambda: getattr(import_module(module), function)()  # noqa: PLW0108


def words(text: str) -> frozenset[str]:
    """The words of a text with blanks between them."""
    return frozenset(text.split())


@dataclass(frozen=True, slots=True)
class DeclaredName:
    """The name in a C or C++ declarator: its byte range, and the text of the scope before it."""

    start_byte: int
    end_byte: int
    owner: str | None = None


@dataclass(frozen=True, slots=True)
class Wrapping:
    """Text to put before and after a piece of code that its grammar accepts only inside something else.

    ``begins`` is matched at the start of the first code in a text; without a match the text is not such a piece, and
    nothing is parsed. ``names`` are the only legal names for the functions directly inside; empty for any name.
    """

    opening: str
    closing: str
    begins: re.Pattern[bytes] | None = None
    names: frozenset[bytes] = frozenset()


CLASS = Wrapping("class X {", "}")


@dataclass(frozen=True, slots=True, eq=False)
class Language:
    """One language: names, grammar, the query that finds its functions, keywords, comment syntax.

    ``id`` is the program's name for it and ``model_language`` the model's. ``extensions`` include their dot;
    ``filenames`` are whole file names. ``lsp_ids`` are other ids that editors use. ``line_comment`` starts a
    comment that runs to the end of the line. ``separator`` joins the parts of a qualified name; ``block_end``
    closes a block (empty if indentation does).

    ``keywords`` are reserved words, and built-in names that are used like them; the model reads them as they are and
    reduces other identifiers to their shapes, so it must be trained again if they change. ``raising_calls`` are called
    to raise an error, if the grammar has no statement for it.

    ``query`` is a tree-sitter query with these captures:

    - ``@function`` (the range without wrappers), ``@name``, ``@body``, ``@owner`` (receiver or object, put
      before the name), ``@declarator`` (``declared_name`` finds its name);
    - ``@scope`` with ``@scope.name``: a class, module, namespace or object that functions are named after;
    - ``@wrapper`` around ``@wrapped``: an export, decorators, a statement; it widens the range of what it
      wraps if it wraps nothing else;
    - ``@attribute`` and ``@comment``.

    Properties: ``separator`` (before the name of a function; after the name of a scope), ``member`` (after a
    scope's name before a function), ``prefix`` (of the name), ``scope "file"`` (extends to the end of the file
    or to the next such scope).

    ``fragment_grammar`` parses texts in which ``fragment_unless`` does not occur (PHP without its tag).
    ``around`` is what to put around a function on its own, if the grammar accepts some functions only in classes or
    object literals; the first one in which such a text can be parsed is used. ``fields_alone`` means that a text of
    nothing but functions assigned to names consists of class fields. ``name_mark`` before a name is no part of it.
    """

    id: str
    name: str
    model_language: str
    extensions: tuple[str, ...]
    line_comment: str
    grammar: Callable[[], object]
    query: str
    keywords: frozenset[str]
    lsp_ids: tuple[str, ...] = ()
    filenames: tuple[str, ...] = ()
    separator: str = "."
    block_end: str = "}"
    raising_calls: frozenset[str] = frozenset()
    declared_name: "Callable[[Node, Node], DeclaredName | None] | None" = None
    fragment_grammar: Callable[[], object] | None = None
    fragment_unless: str = ""
    around: tuple[Wrapping, ...] = ()
    fields_alone: bool = False
    name_mark: str = ""

    def grammar_for(self, data: bytes) -> "Grammar":
        """The grammar that parses a text, which for a fragment can be another one."""
        is_fragment = self.fragment_grammar is not None and self.fragment_unless.encode() not in data
        return _loaded(self.fragment_grammar if is_fragment and self.fragment_grammar else self.grammar)


@lru_cache(maxsize=32)
def _loaded(grammar: Callable[[], object]) -> "Grammar":
    from tree_sitter import Language as Grammar  # noqa: PLC0415 - slow

    return Grammar(grammar())
