"""Changes to a function's text that do not change its origin: another indentation, and no comments.

Both know what each character is from the server's syntax tree. Neither raises, whatever the text: what cannot be read
is returned unchanged.
"""

from collections.abc import Callable, Iterator, Mapping
from types import MappingProxyType
from typing import NamedTuple

import numpy as np

from codeorigin.core.errors import LanguageError
from codeorigin.languages.construct import CONSTRUCTS, Construct
from codeorigin.languages.constructs import character_constructs
from codeorigin.languages.parse_budget import ParseBudgetError

Perturbation = Callable[[str, str, np.random.Generator], str]
"""(code, language, generator) -> code."""

UNITS = ("  ", "   ", "    ", "        ", "\t")
"""The possible indentations for one level."""

_COMMENTS = frozenset({CONSTRUCTS.index(Construct.COMMENT), CONSTRUCTS.index(Construct.DOCSTRING)})
_LITERAL = CONSTRUCTS.index(Construct.LITERAL)
_IN_COLUMN = ("}", ")", "]", "end", "@", "def ", "async def ")
"""What a line in the function's own column begins with, if the first one was cut out of its line."""


class Line(NamedTuple):
    """A line: ``indent``, the ``text`` after it, the ``constructs`` of the text, and that ``after`` which it stands."""

    indent: str
    text: str
    constructs: list[int]
    after: int

    @property
    def width(self) -> int:
        """The indentation in columns; a tab reaches to the next multiple of four."""
        return len(self.indent.expandtabs(4))


def read_lines(code: str, language: str) -> Iterator[Line]:
    """The lines of ``code``.

    Raises:
        LanguageError: the language is unknown.
        ParseBudgetError: the text takes too much time or memory.
    """
    codes = character_constructs(code, language).tolist()
    start, after = 0, -1
    for line in code.split("\n"):
        text = line.lstrip()
        of_text = codes[start + len(line) - len(text) : start + len(line)]
        yield Line(line[: len(line) - len(text)], text, of_text, after)
        after = of_text[-1] if of_text else after
        start += len(line) + 1


def without_comments(code: str, language: str) -> tuple[str, list[str]]:
    """``code`` without comments and docstrings, and these line by line.

    Lines that hold nothing else are dropped, and so are blank lines after them. Nothing takes the place of a docstring,
    also where Python asks for a statement. Code of comments alone is unchanged.
    """
    left: list[str] = []
    taken: list[str] = []
    try:
        for line in read_lines(code, language):
            comment, rest = (
                "".join(
                    character
                    for character, construct in zip(line.text, line.constructs, strict=True)
                    if (construct in _COMMENTS) is wanted
                ).strip()
                for wanted in (True, False)
            )
            if comment:
                taken.append(comment)
            if rest:
                left.append(line.indent + (rest if comment else line.text))
            elif not comment and line.after not in _COMMENTS:
                left.append(line.indent)
    except (LanguageError, ParseBudgetError):
        return code, []
    return ("\n".join(left), taken) if "".join(left).strip() else (code, [])


def reindented(code: str, language: str, generator: np.random.Generator) -> str:
    """``code`` with the same levels of indentation, each written as one unit drawn from :data:`UNITS`.

    Any deeper indentation is one level more, so text aligned under a bracket becomes one level deeper. Comments of
    several lines move as blocks, and strings of several lines are unchanged, as are lines of a preprocessor.
    """
    unit = UNITS[generator.integers(len(UNITS))]
    try:
        first, *lines = read_lines(code, language)
    except (LanguageError, ParseBudgetError):
        return code
    counted = [line for line in lines if line.text and not _is_inside(line) and not line.text.startswith("#")]
    least = min((line.width for line in counted), default=0)
    in_column = any(line.width == least and line.text.startswith(_IN_COLUMN) for line in counted)
    stack = [least if in_column else least - 1]
    result = [first.indent + first.text]
    begun = least
    for line in lines:
        if (
            not line.text
            or (_is_inside(line) and line.constructs[0] == _LITERAL)
            or line.indent + line.text[:1] == "#"
        ):
            result.append(line.indent + line.text)
            continue
        extra = 0
        if _is_inside(line):
            extra = max(line.width - begun, 0)
        else:
            begun = line.width
            while len(stack) > 1 and begun < stack[-1]:
                stack.pop()
            if begun > stack[-1]:
                stack.append(begun)
        result.append(unit * (len(stack) - 1) + " " * extra + line.text)
    return "\n".join(result)


def _is_inside(line: Line) -> bool:
    """Whether the line goes on with a string or a comment; two strings in a row count as one."""
    begins = line.constructs[0] if line.constructs else -1
    within = begins == _LITERAL and (line.after == _LITERAL or line.text.startswith("`"))
    return within or (begins in _COMMENTS and line.after in _COMMENTS)


def comments_removed(code: str, language: str, _: np.random.Generator) -> str:
    """The text without its comments."""
    return without_comments(code, language)[0]


PERTURBATIONS: Mapping[str, Perturbation] = MappingProxyType(
    {
        "reindented": reindented,
        "comments_removed": comments_removed,
    }
)
"""Every perturbation by its name."""
