"""Guesses the language of an unnamed document from its text, without flicker while the user types."""

import logging

from codeorigin.core.errors import ModelError
from codeorigin.languages import Language, get_language

logger = logging.getLogger(__name__)

UNNAMED = frozenset({"", "plaintext", "text", "fundamental"})
"""Language ids that clients use for a document whose language they do not know."""


class DetectedLanguage:
    """The guessed language of one document.

    A guess is kept until there is another one or no text: near the threshold, it would come and go as the user types.
    """

    def __init__(self) -> None:
        self._text: str | None = None
        self._language: Language | None = None

    def of(self, text: str) -> Language | None:
        """The language of ``text``, or None if no text of the document has clearly indicated one."""
        if text != self._text:
            self._text, known = text, self._language if text.strip() else None
            self._language = guessed(text) or known
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
