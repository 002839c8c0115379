"""Finds comments and docstrings without a syntax tree: fast enough for every edit, and works on broken code.

String literals are skipped, so ``"http://"`` does not contain a comment. What only a parser can tell is not attempted:
slashes in a JavaScript regular expression, ``#`` in a Ruby or PHP heredoc, nested block comments in Rust.
"""

import re
from collections.abc import Iterator
from functools import cache, lru_cache
from typing import NamedTuple

from codeorigin.languages import KEYWORDS
from codeorigin.model.reading.normalize import LEVEL_MARK
from codeorigin.model.reading.words import shape, word_pattern

# Each piece matches what follows its first character, which a lookbehind checks, because a pattern that starts with a
# single character set is searched several times faster than an alternation. Anything unclosed extends to the end of its
# line or of the text and is read only once: going back to look for comments in it would take quadratic time.
_DOUBLE = r'(?<=")[^"\\\n]*+(?:\\.[^"\\\n]*+)*+"?'
_SINGLE = r"(?<=')[^'\\\n]*+(?:\\.[^'\\\n]*+)*+'?"
# Anything longer is not a character literal: Rust's lifetimes, C++'s digit separators.
_CHARACTER = r"(?<=')(?:\\[^'\n]{1,8}|\\'|[^'\\\n])'"
_BACKTICK = r"(?<=`)[^`\\]*+(?:\\.[^`\\]*+)*+`?"
_RAW = r"(?<=`)[^`]*+`?"
_SLASHES = r"(?<=/)(?:/[^\n]*|\*(?:[^*]*+\*++(?:[^*/][^*]*+\*++)*+/|[\s\S]*))"
_HASH = r"(?<=#)[^\n]*"
_TRIPLE_DOUBLE = r'(?<=")""[^"]*+(?:"{1,2}(?!")[^"]*+)*+(?:"""|\Z)'
_TRIPLE_SINGLE = r"(?<=')''[^']*+(?:'{1,2}(?!')[^']*+)*+(?:'''|\Z)"
_TRIPLE = f"(?:{_TRIPLE_DOUBLE}|{_TRIPLE_SINGLE})"
# A triple-quoted string at the start of a line counts as a docstring.
_DOCSTRING = rf"""(?<![^\n\t]["']){_TRIPLE}"""
_PREFIXED_DOCSTRING = rf"""(?<=[rRuU]["'])(?<![^\n\t][rRuU]["']){_TRIPLE}"""
_BEGIN_END = r"(?<![^\n\t]=)(?<==)begin[\s\S]*?(?:\n\t*=end|\Z)"


def _lexer(firsts: str, comment: str, *strings: str, prefixed: str = r"(?!)") -> str:
    """Pattern for comments (group 1), comments with a prefix letter (group 2), and strings."""
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
# A text without any of these has no comment. That holds for most functions, and the check is faster than the lexer.
_C_LIKE_SIGNS = ("//", "/*")
_SIGNS = {
    "python": ("#", '"""', "'''"),
    "ruby": ("#", "=begin"),
    "php": (*_C_LIKE_SIGNS, "#"),
}


@cache
def _compiled(lexer: str) -> re.Pattern[str]:
    """Compile on first use, so that a server starts without it."""
    return re.compile(lexer)


def find_comments(text: str, language: str) -> list[tuple[int, int]]:
    """Positions of the comments in normalised ``text``: (first character, one past the last), in order, disjoint.

    A model language without its own rules is read like C.
    """
    if not any(map(text.__contains__, _SIGNS.get(language, _C_LIKE_SIGNS))):
        return []
    lexer = _compiled(_LEXERS.get(language, _C_LIKE))
    return [
        (match.start() - (match.lastindex == _PREFIXED), match.end())
        for match in lexer.finditer(text)
        if match.lastindex
    ]


_CODE_WORD = re.compile(r"\w+|[^\w\s]")
_LONGEST_KNOWN = 32
"""Longer words cannot be keywords and are not cached."""
_MOST_PARTS = 6
"""Comments of at least three times this many words all get the same length."""
_COMMENT_MARKS = "/*#\"'! \t\n"


class Comment(NamedTuple):
    """A comment of a text, ``text[start:end]``, and its marks.

    The two marks ``before`` are placed on its first character: whether it is on its own line, and the case of its first
    letter, its last character and its length. The mark ``after``, on its last character, is the code that follows.
    Marks cannot collide with words, because no longer word of a text starts with a mark's first character.
    """

    text: str
    start: int
    end: int
    before: tuple[str, str]
    after: str

    @property
    def written(self) -> str:
        return self.text[self.start : self.end]

    def items(self) -> list[str]:
        """Its marks and words, in order."""
        return [*self.before, *word_pattern(self.written).findall(self.written), self.after]

    def places(self) -> list[tuple[int, int]]:
        """Position of each item: its first character and one past its last."""
        words = word_pattern(self.text).finditer(self.text, self.start, self.end)
        first, last = (self.start, self.start + 1), (self.end - 1, self.end)
        return [first, first, *(match.span() for match in words), last]


def read_comments(text: str, language: str) -> Iterator[Comment]:
    """The comments of normalised ``text``, in order."""
    previous = 0
    for start, end in find_comments(text, language):
        line_end = text.rfind("\n", previous, start)
        own_line = (line_end >= 0 or not previous) and not text[line_end + 1 : start].strip(LEVEL_MARK)
        following = _CODE_WORD.search(text, end)
        after = "§next end" if following is None else _next_mark(following.group(), language)
        before = ("§own" if own_line else "§behind", _written(text[start:end]))
        yield Comment(text, start, end, before, after)
        previous = end


def _next_mark(word: str, language: str) -> str:
    return _known_next_mark(word, language) if len(word) <= _LONGEST_KNOWN else f"§next {shape(word)}"


@lru_cache(maxsize=4096)
def _known_next_mark(word: str, language: str) -> str:
    return f"§next {word if word in KEYWORDS.get(language, ()) else shape(word)}"


def _written(comment: str) -> str:
    """The case of the first letter, the last character unless it is alphanumeric, and a coarse number of words."""
    body = comment.strip(_COMMENT_MARKS)
    case = "A" if body[:1].isupper() else "a" if body[:1].islower() else "-"
    last = "" if body[-1:].isalnum() else body[-1:]
    words = len(body.split(maxsplit=3 * _MOST_PARTS))
    return f"§{case}{last}{min(words // 3, _MOST_PARTS)}"
