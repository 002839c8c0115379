"""Hashed n-gram views of a function: the wide part's input, with the characters that each n-gram covers.

Feature hashing (Weinberger et al., ICML 2009) without a sign: an n-gram's polynomial hash modulo the view's
width is its row in the weight table. Counts are damped to ``1 + log(count)`` and every view is scaled to
unit Euclidean length, so that a long function is not louder than a short one.
"""

import re
from collections.abc import Sequence
from dataclasses import dataclass
from enum import StrEnum
from functools import lru_cache

import numpy as np
import numpy.typing as npt

from codeorigin.model.comments import find_comments
from codeorigin.model.keywords import KEYWORDS
from codeorigin.model.normalize import LEVEL_MARK, Normalized

Ints = npt.NDArray[np.int32]
Hashes = npt.NDArray[np.uint64]

_WORD = re.compile(
    r"\n\t*"
    r"|[^\W\d]\w*"
    r"|\d[\w.]*"
    r"|=>|->|::|\+\+|--|&&|\|\||\?\?|\?\.|[=!<>:+\-*/%&|^]=|===|!==|<<|>>|//+|/\*+|\*+/|\.\.\.?|\"\"\"|'''"
    r"|[^\w\s]"
)
_MULTIPLIER = np.uint64(0x9E3779B97F4A7C15)
_MIX = np.uint64(0xBF58476D1CE4E5B9)
_SHIFT = np.uint64(29)
_NOTHING = np.zeros(0, dtype=np.uint64), np.zeros(0, dtype=np.int32), np.zeros(0, dtype=np.int32)
_CODE_WORD = re.compile(r"\w+|[^\w\s]")
_COMMENT_MARKS = "/*#\"'! \t\n"


class ViewKind(StrEnum):
    """What the items of an n-gram are.

    ``comments`` are the words of comments and docstrings alone, with marks for how each is written: on a line of its
    own or behind code, its first letter's case, its last character, its length, and what comes after it. The words
    view has them too, but there they drown in the code.
    """

    WORDS = "words"
    SHAPES = "shapes"
    CHARACTERS = "characters"
    COMMENTS = "comments"


@dataclass(frozen=True, slots=True)
class View:
    """One n-gram view: its items, the orders of its n-grams and the rows of the table that it owns.

    A function's values are divided by their Euclidean norm to the power ``norm_power``: at 1 every function
    has the same weight, below 1 a longer one, which holds more evidence, has more.
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


@dataclass(frozen=True, slots=True)
class Occurrences:
    """Where the features stand: occurrence ``i`` is feature ``feature[i]`` over ``text[start[i]:end[i]]``.

    All three are int32 of one shape ``(M,)``; ``feature`` indexes :attr:`WideFeatures.ids`.
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


class NgramViews:
    """Extracts all views of a function into one id space: view ``k`` owns the rows after view ``k - 1``."""

    def __init__(self, views: Sequence[View]) -> None:
        self.views = tuple(views)
        self.table_size = sum(view.width for view in self.views)

    def extract(self, normalized: Normalized, language: str) -> WideFeatures:
        """All n-grams of ``normalized``; empty arrays where the text holds none."""
        parts: list[WideFeatures] = []
        items: tuple[Ints, Ints, Hashes, Hashes] | None = None
        first_row = 0
        for view in self.views:
            if view.kind is ViewKind.CHARACTERS:
                hashes, start, end = _character_ngrams(normalized.text, view)
            elif view.kind is ViewKind.COMMENTS:
                hashes, start, end = _comment_ngrams(normalized.text, language, view)
            else:
                items = items or _words(normalized.text, language)
                starts, ends, words, shapes = items
                chosen = words if view.kind is ViewKind.WORDS else shapes
                hashes, start, end = _item_ngrams(chosen, starts, ends, view)
            parts.append(_counted(hashes, start, end, view, first_row))
            first_row += view.width
        return _joined(parts)


def _counted(hashes: Hashes, start: Ints, end: Ints, view: View, first_row: int) -> WideFeatures:
    rows = (_mixed(hashes) % np.uint64(view.width)).astype(np.int64)
    ids, feature, counts = np.unique(rows, return_inverse=True, return_counts=True)
    values = (1.0 + np.log(counts)).astype(np.float32)
    norm = float(np.sqrt(np.dot(values, values)))
    if norm > 0:
        values /= np.float32(norm**view.norm_power)
    return WideFeatures(ids + first_row, values, Occurrences(feature.astype(np.int32), start, end))


def _joined(parts: list[WideFeatures]) -> WideFeatures:
    features: list[Ints] = []
    offset = 0
    for part in parts:
        features.append(part.occurrences.feature + np.int32(offset))
        offset += len(part.ids)
    return WideFeatures(
        np.concatenate([part.ids for part in parts]),
        np.concatenate([part.values for part in parts]),
        Occurrences(
            np.concatenate(features),
            np.concatenate([part.occurrences.start for part in parts]),
            np.concatenate([part.occurrences.end for part in parts]),
        ),
    )


def _mixed(hashes: Hashes) -> Hashes:
    """Spread the polynomial's low bits before the modulo (the finaliser of splitmix64)."""
    mixed = (hashes ^ (hashes >> _SHIFT)) * _MIX
    return mixed ^ (mixed >> _SHIFT)


def _character_ngrams(text: str, view: View) -> tuple[Hashes, Ints, Ints]:
    # Level marks are left out: the words view has the nesting, and characters should not depend on it.
    codes = np.frombuffer(text.encode("utf-32-le", "surrogatepass"), dtype=np.uint32)
    offsets = np.flatnonzero(codes != ord(LEVEL_MARK)).astype(np.int32)
    return _item_ngrams(codes[offsets].astype(np.uint64) + np.uint64(1), offsets, offsets + np.int32(1), view)


def _comment_ngrams(text: str, language: str, view: View) -> tuple[Hashes, Ints, Ints]:
    """N-grams of each comment by itself: none reaches over the code between two."""
    items: list[tuple[int, int, int]] = []
    owners: list[int] = []
    previous = 0
    for number, (start, end) in enumerate(find_comments(text, language)):
        gap = text[previous:start]
        own_line = (not previous or "\n" in gap) and not gap[gap.rfind("\n") + 1 :].strip(LEVEL_MARK)
        items += _comment_items(text, start, end, own_line, language)
        owners += [number] * (len(items) - len(owners))
        previous = end
    if not items:
        return _NOTHING
    words, starts, ends = zip(*items, strict=True)
    return _item_ngrams(
        np.array(words, dtype=np.uint64),
        np.array(starts, dtype=np.int32),
        np.array(ends, dtype=np.int32),
        view,
        np.array(owners, dtype=np.int32),
    )


def _comment_items(
    text: str, start: int, end: int, own_line: bool, language: str
) -> list[tuple[int, int, int]]:
    """Hash, first character and end of a comment's words, and of marks on its first and on its last character.

    No word of a text begins with the marks' first character and goes on.
    """
    comment = text[start:end]
    body = comment.strip(_COMMENT_MARKS)
    case = "A" if body[:1].isupper() else "a" if body[:1].islower() else "-"
    last = "" if body[-1:].isalnum() else body[-1:]
    length = min(len(body.split()) // 3, 6)
    following = _CODE_WORD.search(text, end)
    if following is None:
        after = "end"
    else:
        word = following.group()
        after = word if word in KEYWORDS.get(language, ()) else _shape(word)
    return [
        (_hash("§own" if own_line else "§behind"), start, start + 1),
        (_hash(f"§{case}{last}{length}"), start, start + 1),
        *(
            (_hash(match.group()), start + match.start(), start + match.end())
            for match in _WORD.finditer(comment)
        ),
        (_hash(f"§next {after}"), end - 1, end),
    ]


def _item_ngrams(
    items: Hashes, starts: Ints, ends: Ints, view: View, owners: Ints | None = None
) -> tuple[Hashes, Ints, Ints]:
    """Polynomial hashes of all n-grams of ``items``, with the first and last character of each.

    With ``owners``, one an item, in ascending order, an n-gram holds items of one owner alone.
    """
    all_hashes: list[Hashes] = []
    all_starts: list[Ints] = []
    all_ends: list[Ints] = []
    count = len(items)
    rolling = np.zeros(count, dtype=np.uint64)
    for order in range(1, view.max_order + 1):
        left = count - order + 1
        if left <= 0:
            break
        rolling = rolling[:left] * _MULTIPLIER + items[order - 1 :]
        if order >= view.min_order:
            whole = slice(None) if owners is None else owners[:left] == owners[order - 1 :]
            # The order goes in so that "ab" and an "a" whose hash happens to be the same stay apart.
            all_hashes.append((rolling * _MIX + np.uint64(order))[whole])
            all_starts.append(starts[:left][whole])
            all_ends.append(ends[order - 1 :][whole])
    if not all_hashes:
        return _NOTHING
    return np.concatenate(all_hashes), np.concatenate(all_starts), np.concatenate(all_ends)


def _words(text: str, language: str) -> tuple[Ints, Ints, Hashes, Hashes]:
    keywords = KEYWORDS.get(language, frozenset())
    starts: list[int] = []
    ends: list[int] = []
    words: list[int] = []
    shapes: list[int] = []
    for match in _WORD.finditer(text):
        word = match.group()
        start, end = match.span()
        starts.append(start)
        ends.append(end)
        words.append(_hash(word))
        shapes.append(_hash(word if word in keywords else _shape(word)))
    return (
        np.array(starts, dtype=np.int32),
        np.array(ends, dtype=np.int32),
        np.array(words, dtype=np.uint64),
        np.array(shapes, dtype=np.uint64),
    )


@lru_cache(maxsize=65536)
def _hash(word: str) -> int:
    """FNV-1a, 64 bits: the same on every machine, unlike ``hash``."""
    value = 0xCBF29CE484222325
    for byte in word.encode("utf-8", "surrogatepass"):
        value = ((value ^ byte) * 0x100000001B3) & 0xFFFFFFFFFFFFFFFF
    return value


@lru_cache(maxsize=65536)
def _shape(word: str) -> str:
    """An identifier's or a number's form: case pattern, parts and a coarse length, not its letters."""
    first = word[0]
    if first == "\n" or not (first.isalnum() or first == "_"):
        return word
    if first.isdigit():
        return "0" if len(word) == 1 else "0x" if word[1] in "xXbB" else "0.0" if "." in word else "00"
    pattern = re.sub(r"[A-Z]+", "A", re.sub(r"[^\W\dA-Z_]+", "a", word))
    return re.sub(r"\d+", "0", pattern) + str(min(len(word) // 4, 4))
