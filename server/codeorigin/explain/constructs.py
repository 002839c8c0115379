"""Evidence of characters and tokens, summed by construct of the code: comments, calls, names and others."""

import numpy as np
import numpy.typing as npt

from codeorigin.core.cancellation import CancelToken
from codeorigin.explain.explanation import ConstructAttribution
from codeorigin.explain.lines_and_words import covered_characters
from codeorigin.languages.construct import CONSTRUCTS, Construct
from codeorigin.languages.constructs import Codes, character_constructs
from codeorigin.languages.parser_pool import ParseBudgetError
from codeorigin.model.reading.normalize import LEVEL_MARK, Normalized
from codeorigin.model.scoring.tokenizer import Encoding
from codeorigin.text.positions import LineIndex

Doubles = npt.NDArray[np.float64]

_LAYOUT = CONSTRUCTS.index(Construct.LAYOUT)


def normalized_constructs(
    code: str, normalized: Normalized, language: str, cancel: CancelToken
) -> Codes | None:
    """Index into ``CONSTRUCTS`` of every character that the model reads, int8 ``(len(normalized.text),)``.

    Indentation, line ends and alignment are layout. None if parsing would take too long.
    """
    try:
        of_code = character_constructs(code, language, cancel)
    except ParseBudgetError:
        return None
    if not normalized.text:
        return np.zeros(0, dtype=np.int8)
    index = LineIndex(code)
    starts = np.array([index.line_start(line) for line in range(index.line_count)])
    places = starts[normalized.lines] + normalized.columns
    # A line feed is at the end of its line, which may be the end of the code.
    found = of_code[np.minimum(places, len(code) - 1)]
    points = np.frombuffer(normalized.text.encode("utf-32-le", "surrogatepass"), dtype=np.uint32)
    layout = (points == ord("\n")) | (points == ord(LEVEL_MARK))
    return np.where(layout, _LAYOUT, found).astype(np.int8)


def token_characters(values: Doubles, encoding: Encoding, text: str) -> Doubles:
    """The tokens' values ``(T,)`` divided among the characters ``(len(text),)`` that they cover.

    A token's value is shared evenly among its non-blank characters, or among all if the token is blank.
    """
    token, character = covered_characters(encoding)
    ink = np.array([not character.isspace() for character in text], dtype=bool)[character]
    has_ink = np.bincount(token, weights=ink, minlength=len(values)) > 0
    counts = ink | ~has_ink[token]
    share = counts / np.maximum(np.bincount(token, weights=counts, minlength=len(values)), 1)[token]
    return np.bincount(character, weights=values[token] * share, minlength=len(text)).astype(np.float64)


def construct_attributions(wide: Doubles, deep: Doubles, codes: Codes) -> tuple[ConstructAttribution, ...]:
    """One entry per construct in the function, strongest first; they add up to the same total as the lines.

    Args:
        wide: evidence of the wide part for each character of the normalised text, ``(n,)``.
        deep: the same for the deep part, ``(n,)``.
        codes: the construct of every character, ``(n,)``.
    """
    size = len(CONSTRUCTS)
    characters = np.bincount(codes, minlength=size)
    of_wide, of_deep = (np.bincount(codes, weights=part, minlength=size) for part in (wide, deep))
    found = [
        ConstructAttribution(
            construct=construct,
            value=float(of_wide[code] + of_deep[code]),
            wide=float(of_wide[code]),
            deep=float(of_deep[code]),
            characters=int(characters[code]),
        )
        for code, construct in enumerate(CONSTRUCTS)
        if characters[code]
    ]
    return tuple(sorted(found, key=lambda construct: -abs(construct.value)))
