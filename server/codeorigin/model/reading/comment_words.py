"""The words of comments and docstrings, with marks for how each is written."""

import re
from collections.abc import Iterator
from functools import lru_cache
from typing import NamedTuple

from codeorigin.languages import KEYWORDS
from codeorigin.model.reading.comments import find_comments
from codeorigin.model.reading.normalize import LEVEL_MARK
from codeorigin.model.reading.words import shape, word_pattern

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
        """The comment itself."""
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
