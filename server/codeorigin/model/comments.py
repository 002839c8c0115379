"""Finds comments and docstrings without a syntax tree: fast enough for every edit, and at work in broken code too.

String literals are read over, so that ``"http://"`` holds no comment. What only a parser can tell is not tried: slashes
in a regular expression of JavaScript, ``#`` in a heredoc of Ruby or PHP, nested block comments of Rust.
"""

import re
from functools import cache

# Each piece is what follows its first character, which a lookbehind names: an expression that begins with one plain set
# is searched for several times as fast as a choice. What nothing closes goes on to the end of its line or of the text,
# and is read once: going back to look for comments in it would take time that grows with its square.
_DOUBLE = r'(?<=")[^"\\\n]*+(?:\\.[^"\\\n]*+)*+"?'
_SINGLE = r"(?<=')[^'\\\n]*+(?:\\.[^'\\\n]*+)*+'?"
# A longer one is no character: Rust's lifetimes, C++'s digit separators.
_CHARACTER = r"(?<=')(?:\\[^'\n]{1,8}|\\'|[^'\\\n])'"
_BACKTICK = r"(?<=`)[^`\\]*+(?:\\.[^`\\]*+)*+`?"
_RAW = r"(?<=`)[^`]*+`?"
_SLASHES = r"(?<=/)(?:/[^\n]*|\*(?:[^*]*+\*++(?:[^*/][^*]*+\*++)*+/|[\s\S]*))"
_HASH = r"(?<=#)[^\n]*"
_TRIPLE_DOUBLE = r'(?<=")""[^"]*+(?:"{1,2}(?!")[^"]*+)*+(?:"""|\Z)'
_TRIPLE_SINGLE = r"(?<=')''[^']*+(?:'{1,2}(?!')[^']*+)*+(?:'''|\Z)"
_TRIPLE = f"(?:{_TRIPLE_DOUBLE}|{_TRIPLE_SINGLE})"
# A string in triple quotes that begins a line is taken for a docstring.
_DOCSTRING = rf"""(?<![^\n\t]["']){_TRIPLE}"""
_PREFIXED_DOCSTRING = rf"""(?<=[rRuU]["'])(?<![^\n\t][rRuU]["']){_TRIPLE}"""
_BEGIN_END = r"(?<![^\n\t]=)(?<==)begin[\s\S]*?(?:\n\t*=end|\Z)"


def _lexer(firsts: str, comment: str, *strings: str, prefixed: str = r"(?!)") -> str:
    """Finds comments (group 1), those with a letter in front (group 2), and strings."""
    return f"[{firsts}](?:{'|'.join([f'({comment})', f'({prefixed})', *strings])})"


_C_LIKE = _lexer("/\"'", _SLASHES, _DOUBLE, _CHARACTER)
_JAVASCRIPT = _lexer("/\"'`", _SLASHES, _DOUBLE, _SINGLE, _BACKTICK)
_LEXERS = {
    "python": _lexer(
        "\"'#", f"{_DOCSTRING}|{_HASH}", _TRIPLE, _DOUBLE, _SINGLE, prefixed=_PREFIXED_DOCSTRING
    ),
    "ruby": _lexer("#=\"'`", f"{_HASH}|{_BEGIN_END}", _DOUBLE, _SINGLE, _BACKTICK),
    # "#[" begins an attribute.
    "php": _lexer("/#\"'", rf"{_SLASHES}|(?!\[){_HASH}", _DOUBLE, _SINGLE),
    "javascript": _JAVASCRIPT,
    "typescript": _JAVASCRIPT,
    "go": _lexer("/\"'`", _SLASHES, _DOUBLE, _CHARACTER, _RAW),
}
_PREFIXED = 2
# A text without any of these has no comment: most functions, and looking for two words is faster than reading.
_C_LIKE_SIGNS = ("//", "/*")
_SIGNS = {
    "python": ("#", '"""', "'''"),
    "ruby": ("#", "=begin"),
    "php": (*_C_LIKE_SIGNS, "#"),
}


@cache
def _compiled(lexer: str) -> re.Pattern[str]:
    """Compiled when it is first needed: a server starts without."""
    return re.compile(lexer)


def find_comments(text: str, language: str) -> list[tuple[int, int]]:
    """Where the comments of normalised ``text`` stand: (first character, one past the last), in order, disjoint.

    Args:
        text: :attr:`codeorigin.model.normalize.Normalized.text`, whose lines begin with level marks.
        language: a model language; one without rules of its own is read like C.
    """
    if not _may_have_comments(text, language):
        return []
    lexer = _compiled(_LEXERS.get(language, _C_LIKE))
    return [
        (match.start() - (match.lastindex == _PREFIXED), match.end())
        for match in lexer.finditer(text)
        if match.lastindex
    ]


def has_comments(text: str, language: str) -> bool:
    """Whether :func:`find_comments` finds any."""
    if not _may_have_comments(text, language):
        return False
    lexer = _compiled(_LEXERS.get(language, _C_LIKE))
    return any(match.lastindex for match in lexer.finditer(text))


def _may_have_comments(text: str, language: str) -> bool:
    return any(map(text.__contains__, _SIGNS.get(language, _C_LIKE_SIGNS)))
