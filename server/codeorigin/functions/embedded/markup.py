"""The markup of a code block in a document, and the language in its info string, in the notations of various tools."""

import re
from dataclasses import dataclass

from codeorigin.core.errors import LanguageError
from codeorigin.languages import get_language, language_for_path


@dataclass(frozen=True, slots=True)
class Markup:
    """A code block before its language is known; ``info`` names it in the syntax of the document, and may be empty.

    ``text`` is the code without the prefixes that its lines have in the document; every line, including the last, ends
    with ``\\n``. ``opening`` is the document's line (0-based) with the opening markup, ``first_line`` the one with the
    first line of code. ``shifts`` holds, for each line, what to add to a column to get the column in the document.
    """

    info: str
    text: str
    opening: int
    first_line: int
    shifts: tuple[int, ...]


_ALIASES = {
    "py3": "python",
    "python2": "python",
    "python3": "python",
    "ipython": "python",
    "ipython3": "python",
    "node": "javascript",
    "nodejs": "javascript",
    "es6": "javascript",
    "ecmascript": "javascript",
    "golang": "go",
    "c++": "cpp",
    "c#": "csharp",
    "html+php": "php",
}
_DIRECTIVES = frozenset({"code-block", "code", "sourcecode", "code-cell"})
_BRACED = re.compile(r"\{([^}]*)\}\s*(\S*)")
_CLASS = re.compile(r"(?:^|\s)\.([^\s.=]+)")
_PLAIN = re.compile(r"[^\s{,:;]+")


def language_word(info: str) -> str:
    """The word for the language in ``info``, the text after the opening fence; empty if there is none.

    Supports the notations of GitHub (``js``, ``js {1,3}``), rustdoc (``rust,ignore``), Pandoc (``{.js #id}``), R
    Markdown and Quarto (``{python, echo=FALSE}``) and MyST (``{code-block} python``).
    """
    info = info.strip()
    braced = _BRACED.match(info)
    if braced is None:
        plain = _PLAIN.match(info)
        word = plain[0] if plain is not None else ""
    elif braced[1].strip() in _DIRECTIVES:
        word = braced[2]
    elif (by_class := _CLASS.search(braced[1])) is not None:
        word = by_class[1]
    else:
        word = re.split(r"[\s,]", braced[1].strip(), maxsplit=1)[0]
    return "" if "=" in word or word.startswith("#") or word.isdigit() else word.lower()


def language_of_word(word: str) -> str | None:
    """The id of the language that ``word`` names, or has as a file extension; None for any other word."""
    try:
        return get_language(_ALIASES.get(word, word)).id
    except LanguageError:
        found = language_for_path(f"code.{word}") if word.isalnum() else None
        return None if found is None else found.id
