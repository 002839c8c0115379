"""Crops a function to a part of it."""

import numpy as np

from codeorigin_training.corpus.augmentation.layout import read_layout
from codeorigin_training.corpus.augmentation.syntax import with_line_feeds

LEAST_LINES = 3
"""The fewest non-blank lines of a part."""


def cropped(code: str, language: str, generator: np.random.Generator) -> str:
    """A run of whole lines of ``code``, a third to nine tenths of its length and at least :data:`LEAST_LINES` lines.

    It starts and ends with a non-blank line, and not inside a string or a comment if possible. Unchanged if ``code``
    has at most :data:`LEAST_LINES` non-blank lines. A part rarely parses.
    """
    lines = with_line_feeds(code).split("\n")
    written = [number for number, line in enumerate(lines) if line.strip()]
    if len(written) <= LEAST_LINES:
        return code
    share = generator.uniform(1 / 3, 0.9)
    count = min(max(LEAST_LINES, round(share * len(written))), len(written) - 1)
    layout = read_layout(code, language)
    firsts = list(range(len(written) - count + 1))
    if layout is not None:
        inside = [layout.text[number] or layout.comment[number] >= 0 for number in range(len(lines))] + [
            False
        ]
        clean = [
            first
            for first in firsts
            if not inside[written[first]] and not inside[written[first + count - 1] + 1]
        ]
        firsts = clean or firsts
    first = firsts[generator.integers(len(firsts))]
    return "\n".join(lines[written[first] : written[first + count - 1] + 1])
