"""Which language a text is in, told from the text alone: for buffers, stdin and fences without a name."""

from codeorigin.language_id.guess import Guess, guess_language

__all__ = ["Guess", "guess_language"]
