"""Telling C from C++ and JavaScript from TypeScript by whether their grammars accept a text.

Much of C is C++ as well, and nearly all of JavaScript is TypeScript. A text that only one of the two grammars reads
without an error is most likely that one's; how likely, a model has learnt.
"""

from collections.abc import Mapping
from enum import StrEnum
from functools import lru_cache
from types import MappingProxyType
from typing import TYPE_CHECKING

from codeorigin.source.text import encode_utf8

if TYPE_CHECKING:
    from tree_sitter import Language as Grammar

PAIRS: Mapping[str, tuple[str, str]] = MappingProxyType(
    {"c/cpp": ("c", "cpp"), "javascript/typescript": ("javascript", "typescript")}
)
"""Languages that share most of their texts, by the name that a model's manifest has for the pair."""

LONGEST = 6000
"""Characters of a text that are parsed; the rest would take longer than all else and says little more."""

_MARKUP = ("</", "/>")
"""What every text has that is TSX and not TypeScript."""


class Legality(StrEnum):
    """Which of two grammars reads a text without an error."""

    BOTH = "both"
    FIRST = "first"
    SECOND = "second"
    NEITHER = "neither"


def legality(text: str, pair: tuple[str, str]) -> Legality:
    """What the grammars of ``pair`` say of the first :data:`LONGEST` characters of ``text``, up to a line end."""
    if len(text) > LONGEST:
        text = text[: text.rfind("\n", 0, LONGEST) + 1] or text[:LONGEST]
    first, second = (_is_legal(text, language) for language in pair)
    if first:
        return Legality.BOTH if second else Legality.FIRST
    return Legality.SECOND if second else Legality.NEITHER


def _is_legal(text: str, language: str) -> bool:
    if language == "typescript" and any(mark in text for mark in _MARKUP):
        return _parses(text, "tsx") or _parses(text, language)
    return _parses(text, language)


def _parses(text: str, name: str) -> bool:
    from codeorigin.languages import LANGUAGES  # noqa: PLC0415

    if _has_no_error(text, name):
        return True
    # A method stands in a class; its text alone is none to these grammars.
    around = LANGUAGES[name].class_around
    return around is not None and _has_no_error(f"{around[0]}{text}{around[1]}", name)


def _has_no_error(text: str, name: str) -> bool:
    from codeorigin.languages.parsing import parse_tree  # noqa: PLC0415

    return not parse_tree(_grammar(name), encode_utf8(text)).root_node.has_error


@lru_cache(maxsize=8)
def _grammar(name: str) -> "Grammar":
    # Only texts that words leave open need a parser.
    from tree_sitter import Language as Grammar  # noqa: PLC0415

    from codeorigin.languages import LANGUAGES  # noqa: PLC0415

    return Grammar(LANGUAGES[name].grammar())
