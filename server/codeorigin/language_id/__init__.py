"""Identifies a text's language from the text alone, for unnamed buffers, stdin and code fences without a language."""

from codeorigin.language_id.model import Guess, guess_language

__all__ = ["Guess", "guess_language"]
