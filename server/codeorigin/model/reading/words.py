"""The words of normalised code, and what is hashed for each: the word itself and its shape.

A word is an identifier, a number, an operator, a punctuation character, or a line feed with the level marks
after it; blanks are not words. The shape of a word is its form without its letters (``fooBar`` -> ``aAa1``).
"""

import re
from array import array
from collections.abc import Iterable
from functools import lru_cache

import numpy as np
import numpy.typing as npt

from codeorigin.languages import KEYWORDS

Hashes = npt.NDArray[np.uint64]

_ANY_WORD = re.compile(
    r"\n\t*"
    r"|[^\W\d]\w*"
    r"|\d[\w.]*"
    r"|=>|->|::|\+\+|--|&&|\|\||\?\?|\?\.|[=!<>:+\-*/%&|^]=|===|!==|<<|>>|//+|/\*+|\*+/|\.\.\.?|\"\"\"|'''"
    r"|[^\w\s]"
)
# The same words in ASCII text. The first character of a word selects the branch, the most frequent ones first, and
# sets are spelt out because a class such as \w costs a call for every character.
_ASCII_WORD = re.compile(
    r"[A-Za-z_][A-Za-z0-9_]*"
    r"|[()\[\]{},;@#$\\`~\x00-\x08\x0e-\x1b\x7f]"
    r"|\n\t*"
    r"|\.\.?\.?|=[>=]?"
    r"|[0-9][A-Za-z0-9_.]*"
    r"|-[>\-=]?|:[:=]?|\+[+=]?|\"(?:\"\")?|'(?:'')?|&[&=]?|\|[|=]?|\?[?.]?|!=?|<[=<]?|>[=>]?|[%^]=?"
    r"|/(?:=|/+|\*+)?|\*(?:=|\**/)?"
)

_FNV_BASIS = 0xCBF29CE484222325
_FNV_PRIME = 0x100000001B3
_64_BITS = 0xFFFFFFFFFFFFFFFF

_RESERVED = sorted(frozenset[str]().union(*KEYWORDS.values()))
_MOST_CHARACTERS = 400_000
_MOST_FORMS = 4096

_FORM = str.maketrans(
    "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789", "a" * 26 + "A" * 26 + "0" * 10
)


def word_pattern(text: str) -> re.Pattern[str]:
    """The pattern that finds the words of ``text``; ASCII texts have a faster one that finds the same words."""
    return _ASCII_WORD if text.isascii() else _ANY_WORD


def utf32(text: str) -> npt.NDArray[np.uint32]:
    """The code points ``(len(text),)``, including lone surrogates."""
    return np.frombuffer(text.encode("utf-32-le", "surrogatepass"), dtype=np.uint32)


def fnv1a(word: str) -> int:
    """64-bit FNV-1a of the UTF-8 bytes, which is the same on every machine, unlike ``hash``."""
    value = _FNV_BASIS
    for byte in word.encode("utf-8", "surrogatepass"):
        value = ((value ^ byte) * _FNV_PRIME) & _64_BITS
    return value


def shape(word: str) -> str:
    """The form of an identifier or number, without its letters: case pattern, parts and a coarse length.

    Any other word is its own shape.
    """
    first = word[0]
    if first == "\n" or not (first.isalnum() or first == "_"):
        return word
    if first.isdigit():
        return "0" if len(word) == 1 else "0x" if word[1] in "xXbB" else "0.0" if "." in word else "00"
    if word.isascii():
        return _shape_of_form(word.translate(_FORM))
    form = re.sub(r"[A-Z]+", "A", re.sub(r"[^\W\dA-Z_]+", "a", word))
    return re.sub(r"\d+", "0", form) + str(min(len(word) // 4, 4))


@lru_cache(_MOST_FORMS)
def _shape_of_form(form: str) -> str:
    """The shape of an ASCII word whose letters and digits are all ``a``, ``A`` and ``0``; many words share one."""
    shape = form
    for letter in "aA0":
        while letter * 2 in shape:
            shape = shape.replace(letter * 2, letter)
    return shape + str(min(len(form) // 4, 4))


class Vocabulary(dict[str, int]):
    """The words seen so far, numbered in order, with their hashes; code repeats words, so most are found here.

    The reserved words of all languages come first. :meth:`trim` drops the others once there are many.
    """

    def __init__(self) -> None:
        super().__init__()
        self._words = array("Q")
        self._shapes = array("Q")
        self._characters = 0
        self._shape_hashes: dict[str, int] = {}
        self._reserve()

    def __missing__(self, word: str) -> int:
        form = shape(word)
        if form not in self._shape_hashes:
            self._shape_hashes[form] = fnv1a(form)
        self._words.append(fnv1a(word))
        self._shapes.append(self._shape_hashes[form])
        self._characters += len(word)
        number = self[word] = len(self)
        return number

    def numbers(self, words: Iterable[str], count: int) -> npt.NDArray[np.int32]:
        """The number ``(count,)`` of each word; valid until the next :meth:`trim`."""
        return np.fromiter(map(self.__getitem__, words), dtype=np.int32, count=count)

    def words(self, numbers: npt.NDArray[np.int32]) -> Hashes:
        """The hash ``(n,)`` of each numbered word."""
        return np.frombuffer(self._words, dtype=np.uint64)[numbers]

    def shapes(self, numbers: npt.NDArray[np.int32], language: str) -> Hashes:
        """The hash ``(n,)`` of each numbered word's shape, or of the word itself if ``language`` reserves it."""
        hashes = np.frombuffer(self._shapes, dtype=np.uint64)[numbers]
        reserved = np.flatnonzero(self._is_reserved(language)[np.minimum(numbers, len(_RESERVED))])
        hashes[reserved] = self.words(numbers[reserved])
        return hashes

    def trim(self) -> None:
        """Drop the words that are not reserved if they take more than a few MiB."""
        if self._characters > _MOST_CHARACTERS:
            self._characters = 0
            self.clear()
            self._shape_hashes.clear()
            self._words, self._shapes = array("Q"), array("Q")
            self._reserve()

    def _reserve(self) -> None:
        for word in _RESERVED:
            self[word]

    def _is_reserved(self, language: str) -> npt.NDArray[np.bool_]:
        keywords = KEYWORDS.get(language, frozenset())
        return np.array([*(word in keywords for word in _RESERVED), False])
