"""The hashes of the words of many texts."""

from collections.abc import Sequence
from dataclasses import dataclass
from itertools import chain

import numpy as np
import numpy.typing as npt

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
    return HashedWords(words, shapes, np.array([len(each) for each in found], dtype=np.int64))
