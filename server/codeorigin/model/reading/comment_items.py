"""Hashes the items of comments, for many functions at a time."""

from collections.abc import Sequence

import numpy as np

from codeorigin.model.ngrams.hashing import Items
from codeorigin.model.reading.comment_words import read_comments
from codeorigin.model.reading.hashed_words import hash_words
from codeorigin.model.reading.words import Vocabulary

_MARKS = 3
"""Marks per comment: two before its words and one after them."""


def comment_items(texts: Sequence[str], language: str, vocabulary: Vocabulary) -> Items:
    """The hashes of :meth:`codeorigin.model.reading.comment_words.Comment.items`, one group per comment.

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
