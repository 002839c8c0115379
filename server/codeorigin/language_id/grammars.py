"""Tells C from C++ and JavaScript from TypeScript by whether their grammars accept a text.

Much C is also valid C++, and nearly all JavaScript is valid TypeScript. A text that only one of the two grammars
accepts is most likely in that language; how likely is part of the trained model.
"""

import re
from collections.abc import Mapping
from enum import StrEnum
from types import MappingProxyType

from codeorigin.languages import LANGUAGES
from codeorigin.text.positions import encode_utf8

PAIRS: Mapping[str, tuple[str, str]] = MappingProxyType(
    {"c/cpp": ("c", "cpp"), "javascript/typescript": ("javascript", "typescript")}
)
"""Pairs of languages that have most texts in common, by the pair's name in a model's manifest."""

LONGEST = 1200
"""Most characters of a text that are parsed. More would take longer than all the rest and improve no answer."""

_SECONDS = 1.0
"""Processor time for both grammars, a thousand times what they usually take. An editor may be waiting."""

_PIECES = re.compile(
    r"""
      "(?:\\.|[^"\\\n])*" | '(?:\\.|[^'\\\n])*' | `(?:\\.|[^`\\])*`  # texts
    | //[^\n]* | /\*.*?\*/                                             # comments
    | [(){}\[\];]
    """,
    re.DOTALL | re.VERBOSE,
)
_CLOSING = {"(": ")", "[": "]", "{": "}"}
_LINE_END = re.compile(r"[ \t]*(?://[^\n]*)?\n")

_MARKUP = ("</", "/>")
"""Every text that is TSX but not plain TypeScript contains one of these."""


class Legality(StrEnum):
    """Which of two grammars parse a text without an error."""

    BOTH = "both"
    FIRST = "first"
    SECOND = "second"
    NEITHER = "neither"


def legality(text: str, pair: tuple[str, str]) -> Legality:
    """Which grammars of ``pair`` accept ``text``, or the :func:`beginning` of a long one.

    Neither, if that takes a parser much longer than usual.
    """
    # Only texts that the model cannot decide need a parser.
    from codeorigin.languages.parse_budget import ParseBudgetError  # noqa: PLC0415
    from codeorigin.languages.parser_pool import bounded  # noqa: PLC0415

    try:
        return bounded(_legality, beginning(text), " ".join(pair), seconds=_SECONDS)
    except ParseBudgetError:
        return Legality.NEITHER


def _legality(text: str, pair: str) -> Legality:
    first, second = (_is_legal(text, language) for language in pair.split())
    if first:
        return Legality.BOTH if second else Legality.FIRST
    return Legality.SECOND if second else Legality.NEITHER


def beginning(text: str) -> str:
    """At most the first :data:`LONGEST` characters of ``text`` up to the end of a statement, and the closing brackets.

    Without brackets to close what is open there, no grammar would accept the cut text. A cut inside parentheses, which
    may be in the middle of markup, is made only if the alternative keeps no more than half of :data:`LONGEST`.
    """
    if len(text) <= LONGEST:
        return text
    closing, inside, outside = "", "", ""
    for piece in _PIECES.finditer(text, 0, LONGEST):
        mark = piece.group()
        if mark in _CLOSING:
            closing = _CLOSING[mark] + closing
        elif mark == closing[:1]:
            closing = closing[1:]
        if mark in ("{", "}", ";") and _LINE_END.match(text, piece.end()):
            cut = text[: piece.end()] + closing
            inside, outside = (cut, outside) if ")" in closing else (inside, cut)
    longest = outside if len(outside) > LONGEST // 2 else inside or outside
    return longest or text[:LONGEST]


def _is_legal(text: str, language: str) -> bool:
    if language == "typescript" and any(mark in text for mark in _MARKUP):
        return _parses(text, "tsx") or _parses(text, language)
    return _parses(text, language)


def _parses(text: str, name: str) -> bool:
    if _has_no_error(text, name):
        return True
    # These grammars accept a method only inside a class.
    around = LANGUAGES[name].around[:1]
    return any(
        _has_no_error(f"{surroundings.opening}{text}{surroundings.closing}", name) for surroundings in around
    )


def _has_no_error(text: str, name: str) -> bool:
    from tree_sitter import Parser  # noqa: PLC0415

    data = encode_utf8(text)
    return not Parser(LANGUAGES[name].grammar_for(data)).parse(data).root_node.has_error
