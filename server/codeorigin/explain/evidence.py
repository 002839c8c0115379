"""Evidence of n-grams and tokens, divided among the characters that they cover and summed by line, word and construct.

The wide logit is a sum of weight times value, so every n-gram's share is known exactly. An n-gram's share is divided
evenly among its occurrences, and an occurrence's among its characters.
"""

import re
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from codeorigin.core.cancellation import CancelToken
from codeorigin.explain.explanation import ConstructAttribution, LineAttribution, TokenAttribution
from codeorigin.languages.constructs import CONSTRUCTS, Construct
from codeorigin.languages.find_constructs import Codes, character_constructs
from codeorigin.languages.parse_budget import ParseBudgetError
from codeorigin.model.ngrams.hashed_views import WideFeatures
from codeorigin.model.reading.normalize import LEVEL_MARK, Normalized
from codeorigin.model.reading.words import utf32
from codeorigin.model.scoring.tokenizer import Encoding
from codeorigin.text.positions import LineIndex

Doubles = npt.NDArray[np.float64]
Ints = npt.NDArray[np.int32]
Places = npt.NDArray[np.int64]

# Whole identifiers, numbers and runs of punctuation; blanks and line ends are not words.
_WORD = re.compile(r"\w+|[^\w\s]+")
_LAYOUT = CONSTRUCTS.index(Construct.LAYOUT)


def character_shares(features: WideFeatures, weights: npt.NDArray[np.float32], length: int) -> Doubles:
    """Share ``(length,)`` of every character of the normalised text, in logits; they add up to the wide logit.

    ``weights`` ``(N,)`` are those of the distinct n-grams. Raises ValueError if an occurrence covers no character or
    lies outside the text, so its share would be lost.
    """
    feature, start, end = features.occurrences.feature, features.occurrences.start, features.occurrences.end
    if len(start) and (np.any(end <= start) or start.min() < 0 or end.max() > length):
        raise ValueError("an n-gram covers no character of the text")
    share = weights.astype(np.float64) * features.values
    count = np.bincount(feature, minlength=len(features.ids))
    of_occurrences = (share / np.maximum(count, 1))[feature]
    return running_sum(start, end, of_occurrences / (end - start), length)


def running_sum(
    start: npt.NDArray[np.integer], end: npt.NDArray[np.integer], value: Doubles, length: int
) -> Doubles:
    """Sum of ``value[i]`` over all ``i`` with ``start[i] <= position < end[i]``, for every position."""
    steps = np.bincount(start, weights=value, minlength=length + 1)
    steps -= np.bincount(end, weights=value, minlength=length + 1)
    total: Doubles = np.cumsum(steps, dtype=np.float64)[:length]
    return total


@dataclass(frozen=True, slots=True)
class Spread:
    """How tokens are divided among the characters that they cover, one entry ``(M,)`` per token and character.

    A token is divided evenly among its non-blank characters, or among all of them if it is blank: one that covers
    several words is split between them, and one inside a single identifier counts there in full even if it starts with
    a blank.
    """

    token: Places
    character: Places
    share: Doubles

    @classmethod
    def of(cls, encoding: Encoding, text: str) -> "Spread":
        lengths = np.maximum(encoding.ends - encoding.starts, 1)
        token = np.repeat(np.arange(len(lengths)), lengths)
        place = np.arange(len(token)) - np.repeat(np.cumsum(lengths) - lengths, lengths)
        character = encoding.starts[token] + place
        ink = np.array([not character.isspace() for character in text], dtype=bool)[character]
        has_ink = np.bincount(token, weights=ink, minlength=len(lengths)) > 0
        counts = ink | ~has_ink[token]
        share = counts / np.maximum(np.bincount(token, weights=counts, minlength=len(lengths)), 1)[token]
        return cls(token, character, share)

    def characters(self, values: Doubles, length: int) -> Doubles:
        """The tokens' values ``(T,)``, by character ``(length,)``."""
        weights = values[self.token] * self.share
        return np.bincount(self.character, weights=weights, minlength=length).astype(np.float64)

    def words(self, values: Doubles, words: "Words") -> Doubles:
        """The tokens' attributions ``(T, D)``, summed by word ``(K, D)``."""
        gathered = np.zeros((len(words.starts), values.shape[1]), dtype=np.float64)
        word = words.of_character[self.character]
        inside = word >= 0
        np.add.at(gathered, word[inside], values[self.token[inside]] * self.share[inside, None])
        return gathered


@dataclass(frozen=True, slots=True)
class Words:
    """Words of a text: ``starts`` and ``ends`` are int32 ``(K,)`` character offsets, sorted and disjoint.

    ``of_character`` is int32 ``(len(text),)``: the word of every character, -1 for a blank.
    """

    starts: Ints
    ends: Ints
    of_character: Ints


def find_words(text: str) -> Words:
    """The words of ``text``, in order."""
    spans = [match.span() for match in _WORD.finditer(text)]
    bounds = np.array(spans, dtype=np.int32).reshape(-1, 2)
    of_character = np.full(len(text), -1, dtype=np.int32)
    for index, (start, end) in enumerate(spans):
        of_character[start:end] = index
    return Words(bounds[:, 0].copy(), bounds[:, 1].copy(), of_character)


def gather_characters(values: Doubles, words: Words) -> Doubles:
    """Sum ``(K,)`` of the characters' values ``(len(text),)`` for every word."""
    inside = words.of_character >= 0
    sums = np.bincount(words.of_character[inside], weights=values[inside], minlength=len(words.starts))
    return sums.astype(np.float64, copy=False)


def line_sums(values: Doubles, lines: npt.NDArray[np.int32], line_count: int) -> Doubles:
    """Signed sum ``(line_count,)`` of the values ``(n,)`` in each line.

    A sum, not a mean or a norm: only sums of lines add up to the logit.
    """
    return np.bincount(lines, weights=values, minlength=line_count).astype(np.float64, copy=False)


def line_attributions(wide: Doubles, deep: Doubles, normalized: Normalized) -> tuple[LineAttribution, ...]:
    """One entry for every line that the model read, in order; blank lines have none.

    ``wide`` and ``deep``, ``(line_count,)``, are the evidence of the two parts by line number within the code.
    """
    return tuple(
        LineAttribution(
            line=int(line),
            value=float(wide[line] + deep[line]),
            wide=float(wide[line]),
            deep=float(deep[line]),
        )
        for line in np.unique(normalized.lines)
    )


def strongest_words(
    values: Doubles, words: Words, normalized: Normalized, *, count: int
) -> tuple[TokenAttribution, ...]:
    """The ``count`` words of the greatest absolute ``values`` ``(K,)``, strongest first, without those of value 0."""
    strongest = np.argsort(-np.abs(values), kind="stable")[: max(0, count)]
    found: list[TokenAttribution] = []
    for index in strongest:
        if values[index] == 0.0:
            break
        start, end = int(words.starts[index]), int(words.ends[index])
        found.append(
            TokenAttribution(
                text=normalized.text[start:end],
                line=int(normalized.lines[start]),
                start_column=int(normalized.columns[start]),
                end_column=int(normalized.columns[end - 1]) + 1,
                value=float(values[index]),
            )
        )
    return tuple(found)


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
    points = utf32(normalized.text)
    layout = (points == ord("\n")) | (points == ord(LEVEL_MARK))
    return np.where(layout, _LAYOUT, found).astype(np.int8)


def construct_attributions(wide: Doubles, deep: Doubles, codes: Codes) -> tuple[ConstructAttribution, ...]:
    """One entry per construct in the function, strongest first; they add up to the same total as the lines.

    All arguments are for each character of the normalised text, ``(n,)``: the evidence of both parts, the construct.
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
