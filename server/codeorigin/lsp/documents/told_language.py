"""The language of a document that has no name for it, told from its text, and steady while it is typed."""

import logging

from codeorigin.errors import ModelError
from codeorigin.languages import Language, get_language

logger = logging.getLogger(__name__)

UNNAMED = frozenset({"", "plaintext", "text", "fundamental"})
"""What clients call a document whose language they do not know."""

_LEAST = 32
"""Characters of an edit that never are much."""
_SHARE = 4
"""An edit of more than a quarter of the text is much."""


class ToldLanguage:
    """What the texts of one document were taken for.

    A language, once told, holds until the text has changed much: near the threshold it would come and go as one types.
    """

    def __init__(self) -> None:
        self._text: str | None = None
        self._language: Language | None = None

    def of(self, text: str) -> Language | None:
        """The language of ``text``, or None where it does not tell it clearly."""
        old = self._text
        if old is None or (text != old and (self._language is None or changed_much(old, text))):
            self._text, self._language = text, guessed(text)
        return self._language


def guessed(text: str) -> Language | None:
    """The language that ``text`` is taken for; None where the guess is not sure, or the model for it is missing."""
    from codeorigin.language_id import guess_language  # noqa: PLC0415 - loads a model

    try:
        guess = guess_language(text)
    except ModelError as error:
        logger.warning("no language can be guessed: %s", error)
        return None
    return None if guess.language is None else get_language(guess.language)


def changed_much(old: str, new: str) -> bool:
    """Whether what differs between two texts, from the first to the last place, is more than a quarter of them."""
    before = _common_length(old, new)
    after = min(_common_length(old[::-1], new[::-1]), min(len(old), len(new)) - before)
    changed = max(len(old), len(new)) - before - after
    return changed > max(_LEAST, len(old) // _SHARE)


def _common_length(first: str, second: str) -> int:
    """How many characters two texts begin with alike, by halving: comparing slices is quicker than characters."""
    low, high = 0, min(len(first), len(second))
    while low < high:
        middle = (low + high + 1) // 2
        if first[low:middle] == second[low:middle]:
            low = middle
        else:
            high = middle - 1
    return low
