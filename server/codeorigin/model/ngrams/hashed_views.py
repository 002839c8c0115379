"""Hashed n-gram views of functions: the wide part's input.

A view is a way to split a function into items: words, their shapes, characters, the words of comments. N-grams of items
are hashed to rows of a weight table and counted (:mod:`codeorigin.model.ngrams.hashing`), many functions at a time.
Which characters an n-gram covers is only computed for explanations.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from enum import StrEnum
from itertools import chain, pairwise

import numpy as np
import numpy.typing as npt

from codeorigin.model.folder import ManifestEntry
from codeorigin.model.ngrams.hashing import NO_ROW, Counted, Items, Rows, count, ngram_rows, sorted_rows
from codeorigin.model.reading.comments import read_comments
from codeorigin.model.reading.normalize import LEVEL_MARK, Normalized
from codeorigin.model.reading.words import Vocabulary, utf32, word_pattern


class ViewKind(StrEnum):
    """What the items of an n-gram are.

    ``words`` are identifiers, numbers and operators, ``shapes`` the same without their letters, ``characters`` those of
    the text without level marks. ``comments`` are only the words of comments and docstrings, with marks for how each
    comment is written: on its own line or after code, the case of its first letter, its last character, its length, and
    what follows it. The words view includes them too, but there the code drowns them out.
    """

    WORDS = "words"
    SHAPES = "shapes"
    CHARACTERS = "characters"
    COMMENTS = "comments"


@dataclass(frozen=True, slots=True)
class View(ManifestEntry):
    """One n-gram view: its items, the orders of its n-grams and the number of table rows that it owns.

    A function's values are divided by their Euclidean norm to the power ``norm_power``: at 1 every function has the
    same weight, below 1 a longer function, which holds more evidence, has more.
    """

    kind: ViewKind
    min_order: int
    max_order: int
    width: int
    norm_power: float = 1.0

    def __post_init__(self) -> None:
        if not 1 <= self.min_order <= self.max_order:
            raise ValueError(f"view {self.kind}: orders {self.min_order}-{self.max_order} are not a range")
        if self.width < 1:
            raise ValueError(f"view {self.kind}: width {self.width} is not positive")
        if not 0 <= self.norm_power <= 1:
            raise ValueError(f"view {self.kind}: norm_power {self.norm_power} does not lie in [0, 1]")

    @property
    def orders(self) -> range:
        return range(self.min_order, self.max_order + 1)


Ints = npt.NDArray[np.int32]

BATCH_CHARACTERS = 1 << 16
"""Most characters per batch, so that its arrays stay in the processor's cache; a single function may have more."""


@dataclass(frozen=True, slots=True)
class Occurrences:
    """Where the features occur: occurrence ``i`` is feature ``feature[i]`` over ``text[start[i]:end[i]]``.

    All three are int32 of shape ``(M,)``; ``feature`` indexes :attr:`WideFeatures.ids`. Empty unless requested, since
    they are many times larger than the features.
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
    """Extracts all views of functions into one id space, where the rows of view ``k`` follow those of view ``k - 1``.

    Not thread-safe, because it caches the words that it has seen.
    """

    def __init__(self, views: Sequence[View]) -> None:
        self.views = tuple(views)
        self.table_size = sum(view.width for view in self.views)
        if self.table_size > NO_ROW:
            raise ValueError(f"the views have {self.table_size} rows; at most {NO_ROW} can be told apart")
        self._vocabulary = Vocabulary()
        # The C library gives the memory of an array back at once, and every batch asks for it again, page by page, until
        # it has seen a larger one freed.
        np.empty(1 << 24, dtype=np.uint8)

    def extract(self, normalized: Normalized, language: str) -> WideFeatures:
        """All n-grams of one function, with their positions; empty arrays if the text has none."""
        text = normalized.text
        kinds = {view.kind for view in self.views}
        places = {kind: _places(text, kind, language) for kind in kinds}
        rows_of_views: list[Rows] = []
        all_starts, all_ends = [_NOWHERE.start], [_NOWHERE.end]
        for view, first_row, items in self._items_of_views([text], language):
            starts, ends = places[view.kind]
            of_view = [np.zeros(0, dtype=np.uint32)]
            for order, rows, outside in ngram_rows(items, view.orders, view.width):
                of_view.append(np.delete(rows + np.uint64(first_row), outside).astype(np.uint32))
                all_starts.append(np.delete(starts[: len(rows)], outside))
                all_ends.append(np.delete(ends[order - 1 :], outside))
            rows_of_views.append(np.concatenate(of_view))
        counted = self._count([np.sort(rows) for rows in rows_of_views])
        feature = np.searchsorted(counted.ids, np.concatenate(rows_of_views)).astype(np.int32)
        places_of_all = Occurrences(feature, np.concatenate(all_starts), np.concatenate(all_ends))
        return WideFeatures(counted.ids, counted.values, places_of_all)

    def extract_many(self, texts: Sequence[str], language: str) -> Iterator[WideFeatures]:
        """The n-grams of many functions, as normalised ``texts`` of a model language, in order, without positions."""
        for counted in self.count_many(texts, language):
            for start, end in pairwise(counted.borders.tolist()):
                yield WideFeatures(counted.ids[start:end], counted.values[start:end], _NOWHERE)

    def count_many(self, texts: Sequence[str], language: str) -> Iterator[Counted]:
        """The n-grams of :meth:`extract_many`, as one result per batch of functions."""
        for batch in _batches(texts):
            by_view = [
                sorted_rows(items, view.orders, view.width, first_row, len(batch))
                for view, first_row, items in self._items_of_views(batch, language)
            ]
            yield self._count(list(chain.from_iterable(zip(*by_view, strict=True))))

    def _count(self, parts: Sequence[Rows]) -> Counted:
        return count(parts, [view.norm_power for view in self.views])

    def _items_of_views(self, texts: Sequence[str], language: str) -> Iterator[tuple[View, int, Items]]:
        """Each view with its first row and its items."""
        items = self._items(texts, language)
        first_row = 0
        for view in self.views:
            yield view, first_row, items[view.kind]
            first_row += view.width

    def _items(self, texts: Sequence[str], language: str) -> dict[ViewKind, Items]:
        kinds = {view.kind for view in self.views}
        items: dict[ViewKind, Items] = {}
        everyone = np.arange(len(texts))
        vocabulary = self._vocabulary
        vocabulary.trim()
        if kinds & {ViewKind.WORDS, ViewKind.SHAPES}:
            numbers, counts = _word_numbers(texts, vocabulary)
            items[ViewKind.WORDS] = Items(vocabulary.words(numbers), counts, everyone)
            items[ViewKind.SHAPES] = Items(vocabulary.shapes(numbers, language), counts, everyone)
        if ViewKind.CHARACTERS in kinds:
            # Level marks are left out: the words view has the nesting, and characters should not depend on it.
            codes = utf32("".join(texts).replace(LEVEL_MARK, "")).astype(np.uint64)
            codes += np.uint64(1)
            lengths = np.array([len(text) - text.count(LEVEL_MARK) for text in texts])
            items[ViewKind.CHARACTERS] = Items(codes, lengths, everyone)
        if ViewKind.COMMENTS in kinds:
            items[ViewKind.COMMENTS] = comment_items(texts, language, vocabulary)
        return items


def _word_numbers(
    texts: Sequence[str], vocabulary: Vocabulary
) -> tuple[npt.NDArray[np.int32], npt.NDArray[np.int64]]:
    """The numbers ``(n,)`` of the words of ``texts``, end to end, and how many ``(texts,)`` each has."""
    found = [word_pattern(text).findall(text) for text in texts]
    counts = [len(words) for words in found]
    numbers = vocabulary.numbers(chain.from_iterable(found), sum(counts))
    return numbers, np.array(counts, dtype=np.int64)


_MARKS = 3
"""Marks per comment: two before its words and one after them."""


def comment_items(texts: Sequence[str], language: str, vocabulary: Vocabulary) -> Items:
    """The hashes of :meth:`codeorigin.model.reading.comments.Comment.items`, one group per comment."""
    owners: list[int] = []
    marks: list[str] = []
    written: list[str] = []
    for owner, text in enumerate(texts):
        for comment in read_comments(text, language):
            owners.append(owner)
            marks += (*comment.before, comment.after)
            written.append(comment.written)
    words, counts = _word_numbers(written, vocabulary)
    lengths = counts + _MARKS
    ends = np.cumsum(lengths)
    firsts = ends - lengths
    hashes = np.zeros(lengths.sum(), dtype=np.uint64)
    is_word = np.ones(len(hashes), dtype=np.bool_)
    of_marks = vocabulary.words(vocabulary.numbers(marks, len(marks))).reshape(-1, _MARKS)
    for column, places in enumerate((firsts, firsts + 1, ends - 1)):
        hashes[places] = of_marks[:, column]
        is_word[places] = False
    hashes[is_word] = vocabulary.words(words)
    return Items(hashes, lengths, np.array(owners, dtype=np.int64))


def _batches(texts: Sequence[str]) -> Iterator[Sequence[str]]:
    start, characters = 0, 0
    for place, text in enumerate(texts):
        if place > start and characters + len(text) > BATCH_CHARACTERS:
            yield texts[start:place]
            start, characters = place, 0
        characters += len(text)
    if start < len(texts):
        yield texts[start:]


def _places(text: str, kind: ViewKind, language: str) -> tuple[Ints, Ints]:
    """The first character of every item of a kind of view and one past its last, in the items' order."""
    match kind:
        case ViewKind.CHARACTERS:
            offsets = np.flatnonzero(utf32(text) != ord(LEVEL_MARK)).astype(np.int32)
            return offsets, offsets + np.int32(1)
        case ViewKind.COMMENTS:
            spans = [place for comment in read_comments(text, language) for place in comment.places()]
        case ViewKind.WORDS | ViewKind.SHAPES:
            spans = [match.span() for match in word_pattern(text).finditer(text)]
    bounds = np.array(spans, dtype=np.int32).reshape(-1, 2)
    return bounds[:, 0], bounds[:, 1]
