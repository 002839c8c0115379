"""The hashes of the words of many texts, and of the items of their comments."""

from collections.abc import Sequence
from dataclasses import dataclass
from itertools import chain

import numpy as np
import numpy.typing as npt

from codeorigin.model.ngrams.hashing import Items
from codeorigin.model.reading.comments import read_comments
from codeorigin.model.reading.words import Hashes, Vocabulary, word_pattern


@dataclass(frozen=True, slots=True)
class HashedWords:
    """The words of several texts, end to end: hashes of the words and of their shapes, ``(n,)`` each.

    ``counts`` int64 ``(texts,)`` is the number of words of each text.
    """

    words: Hashes
    shapes: Hashes
    counts: npt.NDArray[np.int64]


def hash_words(texts: Sequence[str], language: str | None, vocabulary: Vocabulary) -> HashedWords:
    """The words of ``texts``, in order.

    Args:
        texts: any texts.
        language: a model language; if None, shapes are not computed, and ``shapes`` are the words again.
        vocabulary: caches the words.
    """
    found = [word_pattern(text).findall(text) for text in texts]
    numbers = vocabulary.numbers(chain.from_iterable(found))
    words = vocabulary.words(numbers)
    shapes = words if language is None else vocabulary.shapes(numbers, language)
    return HashedWords(
        words, shapes, np.array([len(words_of_text) for words_of_text in found], dtype=np.int64)
    )


_MARKS = 3
"""Marks per comment: two before its words and one after them."""


def comment_items(texts: Sequence[str], language: str, vocabulary: Vocabulary) -> Items:
    """The hashes of :meth:`codeorigin.model.reading.comments.Comment.items`, one group per comment.

    Args:
        texts: normalised code.
        language: a model language.
        vocabulary: caches the hashes of words and marks.
    """
    owners: list[int] = []
    marks: list[str] = []
    written: list[str] = []
    for owner, text in enumerate(texts):
        for comment in read_comments(text, language):
            owners.append(owner)
            marks += (*comment.before, comment.after)
            written.append(comment.written)
    words = hash_words(written, None, vocabulary)
    lengths = words.counts + _MARKS
    ends = np.cumsum(lengths)
    firsts = ends - lengths
    hashes = np.zeros(lengths.sum(), dtype=np.uint64)
    is_word = np.ones(len(hashes), dtype=np.bool_)
    of_marks = vocabulary.words(vocabulary.numbers(marks)).reshape(-1, _MARKS)
    for column, places in enumerate((firsts, firsts + 1, ends - 1)):
        hashes[places] = of_marks[:, column]
        is_word[places] = False
    hashes[is_word] = words.words
    return Items(hashes, lengths, np.array(owners, dtype=np.int64))
