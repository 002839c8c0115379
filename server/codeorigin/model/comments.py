"""Finds comments and docstrings without a syntax tree: fast enough for every edit, and at work in broken code too.

String literals are read over, so that ``"http://"`` holds no comment. What only a parser can tell is not tried: slashes
in a regular expression of JavaScript, ``#`` in a heredoc of Ruby or PHP, nested block comments of Rust.
"""

import re

# What nothing closes goes on to the end of its line or of the text, and is read once: going back to look for comments in
# it would take time that grows with its square.
_DOUBLE = r'"(?:\\.|[^"\\\n])*"?'
_SINGLE = r"'(?:\\.|[^'\\\n])*'?"
# A longer one is no character: Rust's lifetimes, C++'s digit separators.
_CHARACTER = r"'(?:\\[^'\n]{1,8}|\\'|[^'\\\n])'"
_BACKTICK = r"`(?:\\.|[^`\\])*`?"
_RAW = r"`[^`]*`?"
_SLASHES = r"//[^\n]*|/\*[\s\S]*?(?:\*/|\Z)"
_TRIPLE = r'"""[\s\S]*?(?:"""|\Z)|' + r"'''[\s\S]*?(?:'''|\Z)"
_AT_LINE_START = r"(?<![^\n\t])"


def _lexer(comment: str, *strings: str) -> re.Pattern[str]:
    return re.compile("|".join([f"(?P<comment>{comment})", *strings]))


_C_LIKE = _lexer(_SLASHES, _DOUBLE, _CHARACTER)
_JAVASCRIPT = _lexer(_SLASHES, _DOUBLE, _SINGLE, _BACKTICK)
_LEXERS = {
    # A string in triple quotes that begins a line is taken for a docstring.
    "python": _lexer(rf"{_AT_LINE_START}[rRuU]?(?:{_TRIPLE})|#[^\n]*", _TRIPLE, _DOUBLE, _SINGLE),
    "ruby": _lexer(rf"#[^\n]*|{_AT_LINE_START}=begin[\s\S]*?(?:\n\t*=end|\Z)", _DOUBLE, _SINGLE, _BACKTICK),
    # "#[" begins an attribute.
    "php": _lexer(rf"{_SLASHES}|#(?!\[)[^\n]*", _DOUBLE, _SINGLE),
    "javascript": _JAVASCRIPT,
    "typescript": _JAVASCRIPT,
    "go": _lexer(_SLASHES, _DOUBLE, _CHARACTER, _RAW),
}


def find_comments(text: str, language: str) -> list[tuple[int, int]]:
    """Where the comments of normalised ``text`` stand: (first character, one past the last), in order, disjoint.

    Args:
        text: :attr:`codeorigin.model.normalize.Normalized.text`, whose lines begin with level marks.
        language: a model language; one without rules of its own is read like C.
    """
    lexer = _LEXERS.get(language, _C_LIKE)
    return [match.span() for match in lexer.finditer(text) if match.lastgroup == "comment"]
