"""Identifies a text's language from the text alone, for stdin and for buffers without a name."""

from codeorigin.language_id.model import Guess, guess_language

__all__ = ["Guess", "guess_language"]
