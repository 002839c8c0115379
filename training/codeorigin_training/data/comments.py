"""A function's text without its comments or with those of another, as the server's syntax tree tells them apart."""

from collections.abc import Iterator
from typing import NamedTuple

from codeorigin.core.errors import LanguageError
from codeorigin.languages.constructs import CONSTRUCTS, Construct
from codeorigin.languages.find_constructs import character_constructs
from codeorigin.languages.parse_budget import ParseBudgetError

_COMMENTS = frozenset({CONSTRUCTS.index(Construct.COMMENT), CONSTRUCTS.index(Construct.DOCSTRING)})
_SIGNATURE = CONSTRUCTS.index(Construct.SIGNATURE)


class _Line(NamedTuple):
    """A line: ``indent``, the ``text`` after it, the ``constructs`` of the text, and that ``after`` which it stands."""

    indent: str
    text: str
    constructs: list[int]
    after: int


def _lines(code: str, language: str) -> Iterator[_Line]:
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
        yield _Line(line[: len(line) - len(text)], text, of_text, after)
        after = of_text[-1] if of_text else after
        start += len(line) + 1


def without_comments(code: str, language: str) -> tuple[str, list[str]]:
    """``code`` without comments and docstrings, and these line by line.

    Lines that hold nothing else are dropped, and so are blank lines after them. Nothing takes the place of a docstring,
    also where Python asks for a statement. Code of comments alone is unchanged, and so is what cannot be read.
    """
    left: list[str] = []
    taken: list[str] = []
    try:
        for line in _lines(code, language):
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


def with_comments_of(code: str, other: str, language: str) -> str:
    """``code`` with its comment lines replaced by those of ``other``, all of them at the start of its body."""
    bare, _ = without_comments(code, language)
    _, lines = without_comments(other, language)
    if not lines:
        return bare
    rows = bare.split("\n")
    header = 0
    try:
        read = list(_lines(bare, language))
    except ParseBudgetError:
        return code
    for number, line in enumerate(read):
        if _SIGNATURE in line.constructs:
            header = number
        elif line.text:
            break
    # A brace on a separate line stays above the comments.
    place = header + 1
    if place < len(rows) and rows[place].strip() == "{":
        place += 1
    body = next((row for row in rows[place:] if row.strip()), "    ")
    indent = body[: len(body) - len(body.lstrip())] or "    "
    return "\n".join([*rows[:place], *(indent + line for line in lines), *rows[place:]])
