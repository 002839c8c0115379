"""Hashes the words of ASCII texts in bulk, without creating a string for each word.

:func:`codeorigin.model.reading.words.word_pattern` defines what a word is. Code is mostly ASCII, and for ASCII the
boundaries and hashes of all words in a batch can be computed in a few passes over its bytes.
"""

import re
from collections.abc import Sequence
from dataclasses import dataclass
from functools import lru_cache

import numpy as np
import numpy.typing as npt

from codeorigin.model.reading.keywords import KEYWORDS
from codeorigin.model.reading.words import Hashes, fnv1a, word_pattern

Bytes = npt.NDArray[np.uint8]
Flags = npt.NDArray[np.bool_]
Ints = npt.NDArray[np.int64]

_PRIME = np.uint64(0x100000001B3)
# Longer words are hashed one by one, because every character of the longest word costs a pass.
_LONG = 64

_OPERATORS = ".=-:+\"'&|?!<>%^/*"
_NUMBER = re.compile(rb"[A-Za-z0-9_.]*")


# Kinds of characters; _SINGLE characters are words by themselves.
_BLANK, _LETTER, _DIGIT, _OPERATOR, _SINGLE = range(5)


def _kind(character: str) -> int:
    if character.isspace() and character != "\n":
        return _BLANK
    if character in _OPERATORS:
        return _OPERATOR
    if character.isdigit():
        return _DIGIT
    return _LETTER if character.isalpha() or character == "_" else _SINGLE


_KINDS = bytes(_kind(chr(code)) for code in range(128)) + bytes(128)
# What each character becomes in a shape; 0 if it is not part of a name.
_FORMS = bytes(
    ord("A" if each.isupper() else "a" if each.islower() else "0" if each.isdigit() else each)
    if each.isalnum() or each == "_"
    else 0
    for each in map(chr, range(128))
) + bytes(128)
_FIRST = np.array([fnv1a(chr(code)) for code in range(128)], dtype=np.uint64)
_NUMBER_FORMS = np.array([fnv1a(form) for form in ("00", "0.0", "0x", "0")], dtype=np.uint64)


def _joined_pairs() -> Flags:
    """Which runs of exactly two operators are a single word: ``[first, second]``."""
    pairs = np.zeros((128, 128), dtype=np.bool_)
    for first in _OPERATORS:
        for second in _OPERATORS:
            pairs[ord(first), ord(second)] = len(word_pattern("").findall(first + second)) == 1
    return pairs


_JOINED = _joined_pairs()


@dataclass(frozen=True, slots=True)
class HashedWords:
    """The words of several texts, end to end.

    ``words`` and ``shapes`` ``(n,)`` are the hashes of each word and of its shape, ``counts`` ``(texts,)`` the number
    of words in each text. Without a language, ``shapes`` equals ``words``.
    """

    words: Hashes
    shapes: Hashes
    counts: Ints


def hash_words(texts: Sequence[str], language: str | None) -> HashedWords:
    """The words of ASCII ``texts``; a reserved word of ``language``, a model language, is its own shape.

    If ``language`` is None, shapes are not computed.
    """
    # A blank ends every word.
    data = " ".join(texts).encode("ascii")
    text_ends = np.cumsum([len(text) + 1 for text in texts], dtype=np.int64)
    codes = np.frombuffer(data, dtype=np.uint8)
    kinds = np.frombuffer(bytearray(data.translate(_KINDS)), dtype=np.uint8)
    is_start, is_part, with_dots = _borders(codes, kinds, data)
    starts = np.flatnonzero(is_start)
    counts = np.diff(np.searchsorted(starts, text_ends), prepend=0)
    if not len(starts):
        return HashedWords(_FIRST[:0], _FIRST[:0], counts)
    lengths = np.add.reduceat(is_part, starts, dtype=np.int64)
    words = _hashes(codes, starts, lengths)
    if language is None:
        return HashedWords(words, words, counts)
    shapes = words.copy()
    firsts = kinds[starts]
    _hash_forms(shapes, data, is_start, starts, lengths, firsts, language)
    numbers = np.flatnonzero(firsts == _DIGIT)
    if len(numbers):
        shapes[numbers] = _number_forms(codes, starts[numbers], lengths[numbers], with_dots)
    return HashedWords(words, shapes, counts)


def _borders(codes: Bytes, kinds: Bytes, data: bytes) -> tuple[Flags, Flags, Ints]:
    """Flags for where words begin and which characters are part of one, and where numbers with dots begin."""
    is_part = kinds != _BLANK
    is_word = (kinds == _LETTER) | (kinds == _DIGIT)
    is_operator = kinds == _OPERATOR
    is_start = kinds == _SINGLE
    begins = is_word.copy()
    begins[1:] &= ~is_word[:-1]
    is_start |= begins
    with_dots = _take_dots(codes, kinds, data, np.flatnonzero(begins), is_start, is_operator)
    _split_operators(codes, is_start, is_operator)
    _take_marks(codes, is_part)
    return is_start, is_part, with_dots


def _take_dots(
    codes: Bytes, kinds: Bytes, data: bytes, begins: Ints, is_start: Flags, is_operator: Flags
) -> Ints:
    """Make dots in numbers, and what follows them, part of the number; return where such numbers begin."""
    dots: Ints = np.flatnonzero(codes == ord("."))
    dots = dots[dots > 0]
    before = kinds[dots - 1]
    dots = dots[(before == _LETTER) | (before == _DIGIT)]
    if not len(dots):
        return dots
    numbers = begins[np.searchsorted(begins, dots) - 1]
    found: list[int] = []
    end = 0
    for start in numbers[kinds[numbers] == _DIGIT].tolist():
        if start < end:
            continue
        match = _NUMBER.match(data, start)
        end = match.end() if match else start
        is_start[start + 1 : end] = False
        is_operator[start:end] = False
        found.append(start)
    return np.array(found, dtype=np.int64)


def _split_operators(codes: Bytes, is_start: Flags, is_operator: Flags) -> None:
    """Mark where the words in each run of operators begin."""
    edges = np.flatnonzero(np.diff(is_operator, prepend=False, append=False))
    firsts, ends = edges[::2], edges[1::2]
    is_start[firsts] = True
    lengths = ends - firsts
    pairs = firsts[lengths == 2]
    is_start[pairs + 1] = ~_JOINED[codes[pairs], codes[pairs + 1]]
    longer = np.flatnonzero(lengths > 2)
    if not len(longer):
        return
    sizes = lengths[longer]
    stops = np.cumsum(sizes)
    places = np.arange(stops[-1]) + np.repeat(firsts[longer] - (stops - sizes), sizes)
    runs = np.insert(codes[places], stops[:-1], ord(" ")).tobytes().decode("ascii")
    words = list(map(len, word_pattern(runs).findall(runs)))
    is_start[places[np.cumsum(words) - words]] = True


def _take_marks(codes: Bytes, is_part: Flags) -> None:
    """Make the tabs directly after a line feed part of its word."""
    tabs = np.flatnonzero(codes == ord("\t"))
    if not len(tabs):
        return
    begins = np.flatnonzero(np.diff(tabs, prepend=-2) != 1)
    marks = np.repeat(codes[tabs[begins] - 1] == ord("\n"), np.diff(begins, append=len(tabs)))
    # A text that begins with tabs has no line feed before them, though the array's last character may be one.
    marks &= tabs >= np.argmax(codes != ord("\t"))
    is_part[tabs] = marks


def _hashes(codes: Bytes, starts: Ints, lengths: Ints) -> Hashes:
    """FNV-1a ``(n,)`` of the non-empty words of ``lengths`` at ``starts``, one character of every word per pass."""
    hashes = _FIRST[codes[starts]]
    several = np.flatnonzero(lengths > 1)
    # Longest first, so that the words still unfinished are always at the front.
    short = np.minimum(lengths[several], _LONG + 1).astype(np.uint8)
    several = several[np.argsort(_LONG + 1 - short, kind="stable")]
    going = np.cumsum(np.bincount(short, minlength=_LONG + 2)[::-1])[::-1]
    hashed = hashes[several]
    places = starts[several]
    for character in range(1, _LONG):
        left = going[character + 1]
        if not left:
            break
        places[:left] += 1
        hashed[:left] ^= codes.take(places[:left])
        hashed[:left] *= _PRIME
    hashes[several] = hashed
    for each in np.flatnonzero(lengths > _LONG).tolist():
        word = codes[starts[each] : starts[each] + lengths[each]].tobytes()
        hashes[each] = fnv1a(word.decode("ascii"))
    return hashes


def _hash_forms(
    shapes: Hashes, data: bytes, is_start: Flags, starts: Ints, lengths: Ints, firsts: Bytes, language: str
) -> None:
    """Replace the hashes of all identifiers that are not reserved by the hashes of their forms."""
    reserved = _reserved(language)
    named = np.flatnonzero((firsts == _LETTER) & (reserved[shapes & np.uint64(len(reserved) - 1)] != shapes))
    if not len(named):
        return
    forms = np.frombuffer(data.translate(_FORMS), dtype=np.uint8)
    # A run of one kind becomes one character, but every underscore is kept.
    kept = is_start | (forms == ord("_"))
    kept[1:] |= forms[1:] != forms[:-1]
    kept &= forms != 0
    kept_before = np.zeros(len(kept) + 1, dtype=np.int64)
    np.cumsum(kept, out=kept_before[1:])
    begins = starts[named]
    sizes = lengths[named]
    form_begins = kept_before[begins]
    hashed = _hashes(forms[kept], form_begins, kept_before[begins + sizes] - form_begins)
    hashed ^= (ord("0") + np.minimum(sizes >> 2, 4)).astype(np.uint64)
    hashed *= _PRIME
    shapes[named] = hashed


def _number_forms(codes: Bytes, starts: Ints, lengths: Ints, with_dots: Ints) -> Hashes:
    second = codes[np.minimum(starts + 1, len(codes) - 1)] | 0x20
    forms = np.zeros(len(starts), dtype=np.int64)
    forms[np.searchsorted(starts, with_dots)] = 1
    forms[(second == ord("x")) | (second == ord("b"))] = 2
    forms[lengths == 1] = 3
    return _NUMBER_FORMS[forms]


@lru_cache(maxsize=32)
def _reserved(language: str) -> Hashes:
    """A table of the reserved words' hashes, indexed by their low bits; its size is a power of two."""
    hashes = [fnv1a(word) for word in KEYWORDS.get(language, ())]
    size = 256
    while len({value % size for value in hashes}) < len(hashes):
        size *= 2
    # Free slots hold the hash of the empty string, which is never a word.
    table = np.full(size, fnv1a(""), dtype=np.uint64)
    for value in hashes:
        table[value % size] = value
    return table
