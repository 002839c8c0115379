"""One layout for everybody: Python by Black, the other languages by a small formatter of our own."""

import re
from textwrap import dedent, indent

import black
import numpy as np

from codeorigin_training.corpus.augmentation.nesting import nested_layout
from codeorigin_training.corpus.augmentation.syntax import parse_function, with_line_feeds

_LONGEST = 50_000
_DEEPEST = 200
_MODE = black.Mode(line_length=88)
_DEFINITION = re.compile(r"\s*(?:async\s+)?def\b|\s*class\b|\s*@")


def formatted(code: str, language: str, generator: np.random.Generator) -> str:
    """``code`` as a formatter leaves it, with line feeds at the ends of its lines.

    Python goes through Black with 88 columns. For the other languages there is no formatter here, so
    :func:`nested_layout` does part of the work of one: indentation by nesting in the syntax tree, braces, blank
    lines and trailing blanks. It breaks and joins no statements, and does not touch the blanks inside a line.
    Unchanged when Black refuses, or when the result would have more syntax errors. ``generator`` is not used.
    """
    del generator
    if len(code) > _LONGEST or not code.strip():
        return code
    if language != "python":
        return nested_layout(code, language)
    before = parse_function(code, language)
    # Black is recursive, slow on texts that are no Python, and ends the process where a stack overflows.
    if before is None or before.errors or before.depth() > _DEEPEST:
        return code
    try:
        # A lone surrogate is no text to Black, and a NUL none to its tokenizer.
        code.encode("utf-8")
    except UnicodeEncodeError:
        return code
    result = _blackened(with_line_feeds(code))
    after = parse_function(result or "", language)
    return result if result and after is not None and not after.errors else code


def _blackened(code: str) -> str | None:
    for attempt in (code.strip("\n"), _aligned(code)):
        try:
            return black.format_str(attempt, mode=_MODE).rstrip("\n")
        # Black has many ways to say that a text is no Python, RecursionError and AssertionError among them.
        except Exception:
            continue
    wrapped = "class A:\n" + indent(_aligned(code), "    ")
    try:
        formatted_class = black.format_str(wrapped, mode=_MODE)
    except Exception:
        return None
    _, _, body = formatted_class.partition("\n")
    return dedent(body).strip("\n")


def _aligned(code: str) -> str:
    """``code`` with its first line in the column of the others: a method is cut out without its indentation."""
    first, _, rest = code.strip("\n").partition("\n")
    own = [line for line in rest.split("\n") if _DEFINITION.match(line)]
    margin = own[0][: len(own[0]) - len(own[0].lstrip())] if own and first.startswith("@") else ""
    return dedent(margin + first + "\n" + rest).strip("\n")
