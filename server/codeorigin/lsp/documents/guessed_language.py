"""Guesses the language of an unnamed document or selection from its text."""

import logging

from codeorigin.core.errors import ModelError
from codeorigin.languages import Language, get_language

logger = logging.getLogger(__name__)

UNNAMED = frozenset({"", "plaintext", "text", "fundamental"})
"""Language ids that clients use for a document whose language they do not know."""


def guessed(text: str) -> Language | None:
    """Guess the language of ``text``; None if the guess is uncertain, or the model for it is missing."""
    from codeorigin.language_id import guess_language  # noqa: PLC0415 - loads a model

    try:
        guess = guess_language(text)
    except ModelError as error:
        logger.warning("no language can be guessed: %s", error)
        return None
    return None if guess.language is None else get_language(guess.language)
