"""Guesses the language of an unnamed document from its text, without flicker while the user types."""

import logging

from codeorigin.core.errors import ModelError
from codeorigin.languages import Language, get_language

logger = logging.getLogger(__name__)

UNNAMED = frozenset({"", "plaintext", "text", "fundamental"})
"""Language ids that clients use for a document whose language they do not know."""

_LEAST = 32
"""An edit of at most this many characters never counts as large."""
_SHARE = 4
"""An edit of more than a quarter of the text counts as large."""


class DetectedLanguage:
    """The guessed language of one document.

    A guess is kept until the text has changed a lot. Otherwise, near the threshold, it would come and go as the user
    types.
    """

    def __init__(self) -> None:
        self._text: str | None = None
        self._language: Language | None = None

    def of(self, text: str) -> Language | None:
        """The language of ``text``, or None if the text does not clearly indicate one."""
        old = self._text
        if old is None or (text != old and (self._language is None or changed_much(old, text))):
            self._text, self._language = text, guessed(text)
        return self._language


def guessed(text: str) -> Language | None:
    """Guess the language of ``text``; None if the guess is uncertain, or the model for it is missing."""
    from codeorigin.language_id import guess_language  # noqa: PLC0415 - loads a model

    try:
        guess = guess_language(text)
    except ModelError as error:
        logger.warning("no language can be guessed: %s", error)
        return None
    return None if guess.language is None else get_language(guess.language)


def changed_much(old: str, new: str) -> bool:
    """Whether the span from the first to the last difference is over 32 characters and a quarter of ``old``."""
    before = _common_length(old, new)
    after = min(_common_length(old[::-1], new[::-1]), min(len(old), len(new)) - before)
    changed = max(len(old), len(new)) - before - after
    return changed > max(_LEAST, len(old) // _SHARE)


def _common_length(first: str, second: str) -> int:
    """Length of the common prefix, by bisection, because comparing slices is faster than characters."""
    low, high = 0, min(len(first), len(second))
    while low < high:
        middle = (low + high + 1) // 2
        if first[low:middle] == second[low:middle]:
            low = middle
        else:
            high = middle - 1
    return low
