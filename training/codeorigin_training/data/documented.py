"""Which functions contain a comment or a docstring; documented human code is too easily taken for LLM code."""

import re
from collections.abc import Sequence

import numpy as np

from codeorigin.model.reading.comments import find_comments
from codeorigin_training.arrays import Booleans
from codeorigin_training.data.rows import Row

_INDENTATION = re.compile(r"^[ \t]+", re.MULTILINE)


def is_documented(code: str, language: str) -> bool:
    """Whether the function's text contains a comment or docstring."""
    # A docstring starts its line at any indentation; normalising the text would take ten times as long.
    return bool(find_comments(_INDENTATION.sub("", code), language))


def documented(rows: Sequence[Row]) -> Booleans:
    """:func:`is_documented` of every row, bool ``(len(rows),)``."""
    return np.array([is_documented(row.code, row.language) for row in rows], dtype=bool)
