"""Positions of a view's items in a text, for explanations."""

from collections.abc import Collection

import numpy as np
import numpy.typing as npt

from codeorigin.model.ngrams.views import ViewKind
from codeorigin.model.reading.comment_words import read_comments
from codeorigin.model.reading.normalize import LEVEL_MARK
from codeorigin.model.reading.words import utf32, word_pattern

Ints = npt.NDArray[np.int32]


def item_places(text: str, kinds: Collection[ViewKind], language: str) -> dict[ViewKind, tuple[Ints, Ints]]:
    """For each kind of view, the first character of every item and one past its last, in the items' order.

    Args:
        text: normalised code.
        kinds: the kinds of views wanted.
        language: a model language.
    """
    return {kind: _places(text, kind, language) for kind in kinds}


def _places(text: str, kind: ViewKind, language: str) -> tuple[Ints, Ints]:
    if kind is ViewKind.CHARACTERS:
        offsets = np.flatnonzero(utf32(text) != ord(LEVEL_MARK)).astype(np.int32)
        return offsets, offsets + np.int32(1)
    if kind is ViewKind.COMMENTS:
        spans = [place for comment in read_comments(text, language) for place in comment.places()]
    else:
        spans = [match.span() for match in word_pattern(text).finditer(text)]
    bounds = np.array(spans, dtype=np.int32).reshape(-1, 2)
    return bounds[:, 0], bounds[:, 1]
