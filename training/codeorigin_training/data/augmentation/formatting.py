"""A uniform layout for Python, by Black."""

import re
from textwrap import dedent, indent

import black
import numpy as np

from codeorigin_training.data.augmentation.syntax import parse_function, with_line_feeds

_LONGEST = 50_000
_DEEPEST = 200
_MODE = black.Mode(line_length=88)
_DEFINITION = re.compile(r"\s*(?:async\s+)?def\b|\s*class\b|\s*@")


def formatted(code: str, language: str, generator: np.random.Generator) -> str:
    """``code`` as a formatter would write it, with line feeds as line ends.

    Python is formatted by Black with 88 columns; other languages are unchanged, as there is no formatter for them here.
    Unchanged too if Black fails, or if the result would have more syntax errors. ``generator`` is not used.
    """
    del generator
    if len(code) > _LONGEST or not code.strip() or language != "python":
        return code
    before = parse_function(code, language)
    # Black is recursive, slow on text that is not Python, and ends the process on a stack overflow.
    if before is None or before.errors or before.depth() > _DEEPEST:
        return code
    try:
        # Black cannot encode lone surrogates, and its tokenizer cannot read NUL.
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
        # Black raises many exceptions if a text is not Python, including RecursionError and AssertionError.
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
    """``code`` with its first line in the column of the others, since a method is cut out without its indentation."""
    first, _, rest = code.strip("\n").partition("\n")
    own = [line for line in rest.split("\n") if _DEFINITION.match(line)]
    margin = own[0][: len(own[0]) - len(own[0].lstrip())] if own and first.startswith("@") else ""
    return dedent(margin + first + "\n" + rest).strip("\n")
