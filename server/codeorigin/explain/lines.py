"""Evidence of characters and tokens, summed by line, and the strongest words of a document."""

import numpy as np
import numpy.typing as npt

from codeorigin.explain.explanation import LineAttribution, TokenAttribution
from codeorigin.explain.readable_words import Words
from codeorigin.model.reading.normalize import Normalized

Doubles = npt.NDArray[np.float64]


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
