"""Hashes the words of any texts: ASCII texts in bulk, the others word by word."""

from collections.abc import Sequence
from itertools import chain

import numpy as np

from codeorigin.model.reading.ascii_words import HashedWords, hash_words
from codeorigin.model.reading.words import Vocabulary, word_pattern


def hash_texts(texts: Sequence[str], language: str | None, vocabulary: Vocabulary) -> HashedWords:
    """The words of ``texts`` in order, in the form of :func:`codeorigin.model.reading.ascii_words.hash_words`.

    Args:
        texts: any texts.
        language: a model language; if None, shapes are not computed.
        vocabulary: caches the words of texts that are not ASCII.
    """
    others = [place for place, text in enumerate(texts) if not text.isascii()]
    if not others:
        return hash_words(texts, language)
    found = [word_pattern(texts[place]).findall(texts[place]) for place in others]
    numbers = vocabulary.numbers(chain.from_iterable(found))
    of_others = vocabulary.words(numbers)
    rest: list[int] = sorted(set(range(len(texts))) - set(others))
    of_rest = hash_words([texts[place] for place in rest], language)
    counts = np.zeros(len(texts), dtype=np.int64)
    counts[rest] = of_rest.counts
    counts[others] = [len(words) for words in found]
    owners = np.concatenate([np.repeat(each, counts[each]) for each in (rest, others)])
    order = np.argsort(owners, kind="stable")
    words = np.concatenate([of_rest.words, of_others])[order]
    if language is None:
        return HashedWords(words, words, counts)
    shapes = np.concatenate([of_rest.shapes, vocabulary.shapes(numbers, language)])
    return HashedWords(words, shapes[order], counts)
