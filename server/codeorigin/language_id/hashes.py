"""The features of language identification: hashed n-grams of characters, of words and of words' shapes."""

import re
from functools import lru_cache

import numpy as np
import numpy.typing as npt

from codeorigin.languages import KEYWORDS

Ints = npt.NDArray[np.int64]
_Hashes = npt.NDArray[np.uint64]

CHARACTERS = 3072
"""Most characters that are read of a text; of a longer one, half come from its beginning and half from its middle."""

_MULTIPLIER = np.uint64(0x9E3779B97F4A7C15)
_MIX = np.uint64(0xBF58476D1CE4E5B9)
_SHIFT = np.uint64(31)
_CHARACTERS, _WORDS, _SHAPES = 0x51, 0x52, 0x53
_LETTER, _DIGIT, _BLANK, _NEWLINE, _OTHER = range(5)


def _classes() -> npt.NDArray[np.uint8]:
    """The class of each character below 128; anything above counts as a letter."""
    table = np.full(129, _OTHER, dtype=np.uint8)
    for code in range(128):
        character = chr(code)
        if character.isalpha() or character == "_":
            table[code] = _LETTER
        elif character.isdigit():
            table[code] = _DIGIT
    table[[ord(" "), ord("\t")]] = _BLANK
    table[ord("\n")] = _NEWLINE
    table[128] = _LETTER
    return table


_CLASSES = _classes()


def _powers() -> _Hashes:
    with np.errstate(over="ignore"):
        return np.cumprod(np.full(CHARACTERS + 1, _MULTIPLIER, dtype=np.uint64), dtype=np.uint64)


_POWERS = _powers()


def excerpt(text: str) -> str:
    """The part of ``text`` that is read, at most :data:`CHARACTERS` long and with ``\\n`` for every line end.

    Runs of blanks are collapsed, and so are runs of line ends, so that indentation or wide tables do not crowd out the
    rest.
    """
    if len(text) > 4 * CHARACTERS:
        middle = len(text) // 2
        text = f"{text[: 2 * CHARACTERS]}\n{text[middle : middle + 2 * CHARACTERS]}"
    text = text.replace("\r\n", "\n").replace("\r", "\n")
    text = re.sub(r"\t+", "\t", re.sub(r" +", " ", text))
    text = re.sub(r"\n[\n \t]*\n", "\n", text).strip("\n")
    if len(text) > CHARACTERS:
        half, middle = CHARACTERS // 2, len(text) // 2
        text = text[:half] + text[middle : middle + half]
    return text


def features(text: str, width: int) -> Ints:
    """The distinct rows below ``width`` that the n-grams of ``text`` hash to, ascending; int64, shape ``(n,)``.

    Empty if the text is blank.
    """
    codes = np.frombuffer(excerpt(text).encode("utf-32-le", "surrogatepass"), dtype=np.uint32)
    codes = np.minimum(codes, 128)
    classes = _CLASSES[codes]
    if not len(codes) or not np.any((classes != _BLANK) & (classes != _NEWLINE)):
        return np.zeros(0, dtype=np.int64)
    codes = np.where(classes == _DIGIT, np.uint32(ord("0")), codes)
    characters = codes.astype(np.uint64) + np.uint64(1)
    words, shapes = _words(characters, classes)
    hashes = [
        *_ngrams(characters, 1, 4, _CHARACTERS),
        *_ngrams(words, 1, 2, _WORDS),
        *_ngrams(shapes, 2, 4, _SHAPES),
    ]
    met = np.zeros(width, dtype=np.bool_)
    met[np.concatenate(hashes) % np.uint64(width)] = True
    return np.flatnonzero(met)


def _mixed(hashes: _Hashes) -> _Hashes:
    """Spread the polynomial's low bits before the modulo (the finaliser of splitmix64)."""
    mixed = (hashes ^ (hashes >> _SHIFT)) * _MIX
    return mixed ^ (mixed >> _SHIFT)


def _ngrams(items: _Hashes, low: int, high: int, salt: int) -> list[_Hashes]:
    """Hashes of all n-grams of ``low`` to ``high`` items, one array per order."""
    found = []
    rolling = np.zeros(len(items), dtype=np.uint64)
    for order in range(1, high + 1):
        left = len(items) - order + 1
        if left <= 0:
            break
        rolling = rolling[:left] * _MULTIPLIER + items[order - 1 :]
        if order >= low:
            found.append(_mixed(rolling ^ np.uint64(salt << 56 | order << 48)))
    return found


def _words(characters: _Hashes, classes: npt.NDArray[np.uint8]) -> tuple[_Hashes, _Hashes]:
    """Hashes of words, punctuation and line ends, in order: as written, and with shapes except for keywords."""
    inside = (classes == _LETTER) | (classes == _DIGIT)
    previous = np.concatenate([[False], inside[:-1]])
    begins = (classes != _BLANK) & ~(inside & previous)
    starts = np.flatnonzero(begins)
    if not len(starts):
        return np.zeros(0, dtype=np.uint64), np.zeros(0, dtype=np.uint64)
    places = np.arange(len(characters))
    # Anything before the first word is counted with it.
    begun = np.maximum.accumulate(np.where(begins, places, starts[0]))
    visible = np.where(classes == _BLANK, np.uint64(0), characters)
    words = np.add.reduceat(visible * _POWERS[places - begun], starts)
    first = characters[starts] - np.uint64(1)
    upper = (first >= ord("A")) & (first <= ord("Z"))
    digit = classes[starts] == _DIGIT
    single = np.add.reduceat((visible != 0).astype(np.int64), starts) == 1
    form = np.where(digit, 3, np.where(upper, np.where(single, 4, 2), 1)).astype(np.uint64)
    known = _keywords()
    nearest = np.minimum(np.searchsorted(known, words), len(known) - 1)
    keyword = (known[nearest] == words) | ~inside[starts]
    return words, np.where(keyword, words, form)


@lru_cache(maxsize=1)
def _keywords() -> _Hashes:
    """The hashes of every supported language's keywords, computed as in :func:`_words`, ascending."""
    names = sorted({name for keywords in KEYWORDS.values() for name in keywords})
    hashes = []
    for name in names:
        codes = np.array(
            [ord("0") if character.isdigit() else ord(character) for character in name], dtype=np.uint64
        )
        hashes.append(np.sum((codes + np.uint64(1)) * _POWERS[: len(codes)], dtype=np.uint64))
    return np.sort(np.array(hashes, dtype=np.uint64))
