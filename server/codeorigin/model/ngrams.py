"""Hashed n-gram views of functions: the wide part's input.

A view is a way to cut a function into items: words, their shapes, characters, the words of comments. N-grams of items
are hashed to rows of a weight table (:mod:`codeorigin.model.hashing`) and counted
(:mod:`codeorigin.model.counting`), many functions at a time. Which characters an n-gram covers is worked out for
explanations alone.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import pairwise

import numpy as np
import numpy.typing as npt

from codeorigin.model.comment_items import comment_items
from codeorigin.model.counting import Counted, Keys, count, key_type, no_key
from codeorigin.model.hashing import Items, Places, ngram_rows
from codeorigin.model.item_places import item_places
from codeorigin.model.normalize import LEVEL_MARK, Normalized
from codeorigin.model.text_words import hash_texts
from codeorigin.model.views import View, ViewKind
from codeorigin.model.words import Vocabulary, utf32

Ints = npt.NDArray[np.int32]

BATCH_CHARACTERS = 1 << 16
"""Most characters of one batch; one function alone may have more. Its arrays stay in the processor's cache."""


@dataclass(frozen=True, slots=True)
class Occurrences:
    """Where the features stand: occurrence ``i`` is feature ``feature[i]`` over ``text[start[i]:end[i]]``.

    All three are int32 of one shape ``(M,)``; ``feature`` indexes :attr:`WideFeatures.ids`. Empty where nobody asked
    for them: they are many times larger than the features.
    """

    feature: Ints
    start: Ints
    end: Ints


@dataclass(frozen=True, slots=True)
class WideFeatures:
    """Distinct hashed n-grams of one function.

    ``ids`` are int64 rows of the weight table, ``values`` float32 damped and scaled counts, both ``(N,)``.
    """

    ids: npt.NDArray[np.int64]
    values: npt.NDArray[np.float32]
    occurrences: Occurrences


_NOWHERE = Occurrences(*(np.zeros(0, dtype=np.int32) for _ in range(3)))


class NgramViews:
    """Extracts all views of functions into one id space: view ``k`` owns the rows after view ``k - 1``.

    One thread at a time may use it: the words that it has met are kept.
    """

    def __init__(self, views: Sequence[View]) -> None:
        self.views = tuple(views)
        self.table_size = sum(view.width for view in self.views)
        self._vocabulary = Vocabulary()

    def extract(self, normalized: Normalized, language: str) -> WideFeatures:
        """All n-grams of one function, with their places; empty arrays where the text holds none."""
        text = normalized.text
        places = item_places(text, {view.kind for view in self.views}, language)
        all_keys: list[Keys] = [np.zeros(0, dtype=key_type(1, self.table_size))]
        all_starts, all_ends = [_NOWHERE.start], [_NOWHERE.end]
        for kind, order, keys, outside in self._ngrams([text], language):
            starts, ends = places[kind]
            all_keys.append(np.delete(keys, outside))
            all_starts.append(np.delete(starts[: len(keys)], outside))
            all_ends.append(np.delete(ends[order - 1 :], outside))
        keys = np.concatenate(all_keys)
        counted = self._count(keys.copy(), 1)
        feature = np.searchsorted(counted.ids, keys).astype(np.int32)
        places_of_all = Occurrences(feature, np.concatenate(all_starts), np.concatenate(all_ends))
        return WideFeatures(counted.ids, counted.values, places_of_all)

    def extract_many(self, texts: Sequence[str], language: str) -> Iterator[WideFeatures]:
        """The n-grams of many functions of one language, in their order, without places.

        Args:
            texts: normalised code, as :attr:`codeorigin.model.normalize.Normalized.text`.
            language: a model language.
        """
        for counted in self.count_many(texts, language):
            for start, end in pairwise(counted.borders.tolist()):
                yield WideFeatures(counted.ids[start:end], counted.values[start:end], _NOWHERE)

    def count_many(self, texts: Sequence[str], language: str) -> Iterator[Counted]:
        """The n-grams of :meth:`extract_many`, in batches of functions."""
        for batch in _batches(texts):
            dtype = key_type(len(batch), self.table_size)
            parts: list[Keys] = [np.zeros(0, dtype=dtype)]
            for _, _, keys, outside in self._ngrams(batch, language):
                keys[outside] = no_key(dtype)
                parts.append(keys)
            yield self._count(np.concatenate(parts), len(batch))

    def _count(self, keys: Keys, functions: int) -> Counted:
        widths, norm_powers = zip(*((view.width, view.norm_power) for view in self.views), strict=True)
        return count(keys, functions, widths, norm_powers)

    def _ngrams(self, texts: Sequence[str], language: str) -> Iterator[tuple[ViewKind, int, Keys, Places]]:
        """By view and order: the key of the n-gram at each item, and the places of those that are none."""
        dtype = key_type(len(texts), self.table_size)
        items = self._items(texts, language)
        first_row = 0
        for view in self.views:
            of_view = items[view.kind]
            bases = np.repeat((of_view.owners * self.table_size + first_row).astype(dtype), of_view.lengths)
            orders = range(view.min_order, view.max_order + 1)
            for order, rows, outside in ngram_rows(of_view, orders, view.width):
                keys = rows.astype(dtype)
                keys += bases[: len(keys)]
                yield view.kind, order, keys, outside
            first_row += view.width

    def _items(self, texts: Sequence[str], language: str) -> dict[ViewKind, Items]:
        kinds = {view.kind for view in self.views}
        items: dict[ViewKind, Items] = {}
        everyone = np.arange(len(texts))
        vocabulary = self._vocabulary
        vocabulary.trim()
        if kinds & {ViewKind.WORDS, ViewKind.SHAPES}:
            words = hash_texts(texts, language, vocabulary)
            items[ViewKind.WORDS] = Items(words.words, words.counts, everyone)
            items[ViewKind.SHAPES] = Items(words.shapes, words.counts, everyone)
        if ViewKind.CHARACTERS in kinds:
            # Level marks are left out: the words view has the nesting, and characters should not depend on it.
            codes = utf32("".join(texts).replace(LEVEL_MARK, "")).astype(np.uint64)
            codes += np.uint64(1)
            lengths = np.array([len(text) - text.count(LEVEL_MARK) for text in texts])
            items[ViewKind.CHARACTERS] = Items(codes, lengths, everyone)
        if ViewKind.COMMENTS in kinds:
            items[ViewKind.COMMENTS] = comment_items(texts, language, vocabulary)
        return items


def _batches(texts: Sequence[str]) -> Iterator[Sequence[str]]:
    start, characters = 0, 0
    for place, text in enumerate(texts):
        if place > start and characters + len(text) > BATCH_CHARACTERS:
            yield texts[start:place]
            start, characters = place, 0
        characters += len(text)
    if start < len(texts):
        yield texts[start:]
