"""Guesses a language, with a calibrated confidence, or gives no answer."""

from functools import lru_cache
from typing import NamedTuple

from codeorigin.language_id.model import NONE, LanguageModel


class Guess(NamedTuple):
    """The language that a text is probably in.

    ``language`` is an id of :data:`codeorigin.languages.LANGUAGES`. It is None if the text is in none of them, or if
    the model is not certain enough. ``confidence`` is the probability of ``likeliest``, which may be ``none``. The
    likelier of C and C++, or of JavaScript and TypeScript, is given even if it could as well be the other: much code
    is both, and is scored nearly alike.
    """

    language: str | None
    confidence: float
    likeliest: str


def guess_language(text: str, model: LanguageModel | None = None) -> Guess:
    """The language of ``text`` according to ``model``, or to the one that ships.

    Reads only part of a long text and takes about a millisecond. No text makes it raise an error.

    Raises:
        ModelError: the model that ships is missing or broken.
    """
    model = _bundled() if model is None else model
    probabilities = model.probabilities(text)
    best = int(probabilities.argmax())
    likeliest, confidence = model.labels[best], float(probabilities[best])
    sure = likeliest != NONE and model.certainty(probabilities) >= model.threshold
    return Guess(likeliest if sure else None, confidence, likeliest)


@lru_cache(maxsize=1)
def _bundled() -> LanguageModel:
    return LanguageModel.load()
