"""Values of tokens and characters of normalised code, summed by line and by readable word."""

import re
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from codeorigin.explain.explanation import LineAttribution, TokenAttribution
from codeorigin.model.reading.normalize import Normalized
from codeorigin.model.scoring.tokenizer import Encoding

Doubles = npt.NDArray[np.float64]
Ints = npt.NDArray[np.int32]

# Whole identifiers, numbers and runs of punctuation; blanks and line ends are not words.
_WORD = re.compile(r"\w+|[^\w\s]+")


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


def covered_characters(encoding: Encoding) -> tuple[npt.NDArray[np.int64], npt.NDArray[np.int64]]:
    """The token and the character ``(M,)`` of every pair in which the token covers the character."""
    lengths = np.maximum(encoding.ends - encoding.starts, 1)
    token = np.repeat(np.arange(len(lengths)), lengths)
    place = np.arange(len(token)) - np.repeat(np.cumsum(lengths) - lengths, lengths)
    return token, encoding.starts[token] + place


def gather_tokens(values: Doubles, encoding: Encoding, words: Words) -> Doubles:
    """Sum ``(K, D)`` of the tokens' attributions ``(T, D)`` for every word.

    A token's value is divided evenly among its non-blank characters, so a token that covers several words is split
    between them, and one inside a single identifier counts there in full even if it starts with a blank.
    """
    gathered = np.zeros((len(words.starts), values.shape[1]), dtype=np.float64)
    token, character = covered_characters(encoding)
    word = words.of_character[character]
    inside = word >= 0
    token, word = token[inside], word[inside]
    share = 1.0 / np.bincount(token)[token] if len(token) else np.zeros(0)
    np.add.at(gathered, word, values[token] * share[:, None])
    return gathered


def line_sums(values: Doubles, lines: npt.NDArray[np.int32], line_count: int) -> Doubles:
    """Signed sum ``(line_count,)`` of the values ``(n,)`` in each line.

    A sum, not a mean or a norm: only sums of lines add up to the logit.
    """
    return np.bincount(lines, weights=values, minlength=line_count).astype(np.float64, copy=False)


def line_attributions(wide: Doubles, deep: Doubles, normalized: Normalized) -> tuple[LineAttribution, ...]:
    """One entry for every line that the model read, in order; blank lines have none.

    Args:
        wide: ``(line_count,)`` evidence of the wide part, by line number within the code.
        deep: ``(line_count,)`` evidence of the deep part.
        normalized: the code.
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
    """The ``count`` words of the greatest absolute value, strongest first, without those of value 0.

    Args:
        values: ``(K,)``, one per word.
        words: the words of the code.
        normalized: the code.
        count: most words to return.
    """
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
