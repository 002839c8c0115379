"""Stylometry: about fifty figures of a function's text, for gradient boosting.

Figures of this kind (layout, naming, comments, punctuation) are the features of classic authorship attribution, see
Caliskan-Islam et al., "De-anonymizing Programmers via Code Stylometry", USENIX Security 2015.
"""

import re
from collections.abc import Sequence

import numpy as np
import pandas as pd
from sklearn.ensemble import HistGradientBoostingClassifier

from codeorigin.languages import KEYWORDS
from codeorigin.model.reading.normalize import LEVEL_MARK, normalize
from codeorigin_training.data.rows import Row

_SIGNS = ("(", "[", "{", ";", ",", ".", ":", "=", '"', "'", "`", "!", "?", "<", "&", "|", "+", "-", "@", "#")
_WORD = re.compile(r"[^\W\d]\w*")
_NUMBER = re.compile(r"\b\d")
_COMMENT = re.compile(r"//|/\*|^\s*\*|^\s*#(?!include|define|if|endif|pragma|\[)|\"\"\"|'''", re.MULTILINE)
_CAMEL, _SNAKE = re.compile(r"[a-z][A-Z]"), re.compile(r"[^\W_]_[^\W_]")


def figures(code: str, language: str) -> dict[tuple[str, str], float]:
    """The figures of one function by group and name: counts, rates, shares, means and deviations.

    ``layout`` is all the layout that a CodeOrigin model sees, that of the normalised text; ``raw_layout`` is what
    normalisation removes.
    """
    text = normalize(code, language).text
    words = _WORD.findall(text)
    groups: dict[str, dict[str, float]] = {
        "length": {
            "lines": text.count("\n") + 1,
            "characters": len(text),
            "words": len(words),
        },
        "layout": _layout(text),
        "raw_layout": _raw_layout(code),
        "style": _style(text, words, language),
        "signs": {sign: text.count(sign) / max(len(text), 1) for sign in _SIGNS},
    }
    return {(group, name): float(value) for group, values in groups.items() for name, value in values.items()}


def figure_frame(rows: Sequence[Row]) -> pd.DataFrame:
    """:func:`figures` of every row; a group of columns is ``frame[group]``."""
    frame = pd.DataFrame([figures(row.code, row.language) for row in rows])
    frame.columns = pd.MultiIndex.from_tuples(frame.columns)
    return frame


def boosted(seed: int) -> HistGradientBoostingClassifier:
    """Gradient-boosted trees with textbook settings."""
    return HistGradientBoostingClassifier(
        max_iter=200, learning_rate=0.08, max_leaf_nodes=31, random_state=seed
    )


def _layout(text: str) -> dict[str, float]:
    lines = text.split("\n")
    filled = [line for line in lines if line]
    blank = len(lines) - len(filled)
    levels = np.array([len(line) - len(line.lstrip(LEVEL_MARK)) for line in filled] or [0])
    lengths = np.array([len(line.lstrip(LEVEL_MARK)) for line in filled] or [0])
    return {
        "blank_lines": blank / len(lines),
        "blank_runs": blank,
        "level_mean": levels.mean(),
        "level_max": levels.max(),
        "level_deviation": levels.std(),
        "flat_lines": (levels <= 1).mean(),
        "line_length_mean": lengths.mean(),
        "line_length_deviation": lengths.std(),
        "line_length_max": lengths.max(),
    }


def _raw_layout(code: str) -> dict[str, float]:
    lines = code.split("\n")
    count = len(lines)
    indents = [len(line) - len(line.lstrip(" ")) for line in lines if line.strip()]
    return {
        "trailing_blanks": sum(line.rstrip("\r") != line.rstrip() for line in lines) / count,
        "tab_lines": sum(line.startswith("\t") for line in lines) / count,
        "indent_of_two": sum(indent % 4 == 2 for indent in indents) / count,
        "indent_of_four": sum(indent > 0 and indent % 4 == 0 for indent in indents) / count,
        "first_column": indents[-1] if indents else 0,
        "carriage_returns": code.count("\r") / count,
        "raw_blank_lines": sum(not line.strip() for line in lines) / count,
        "long_blank_runs": len(re.findall(r"\n[ \t\r]*\n[ \t\r]*\n", code)),
    }


def _style(text: str, words: Sequence[str], language: str) -> dict[str, float]:
    lengths = np.array([len(word) for word in words] or [0])
    count, size = max(len(words), 1), max(len(text), 1)
    keywords = KEYWORDS.get(language, frozenset())
    lines = text.split("\n")
    comments = [line for line in lines if _COMMENT.search(line)]
    return {
        "word_length_mean": lengths.mean(),
        "word_length_deviation": lengths.std(),
        "distinct_words": len(set(words)) / count,
        "short_words": (lengths <= 2).mean(),
        "long_words": (lengths >= 12).mean(),
        "keywords": sum(word in keywords for word in words) / count,
        "camel_case": sum(bool(_CAMEL.search(word)) for word in words) / count,
        "snake_case": sum(bool(_SNAKE.search(word)) for word in words) / count,
        "capitalised": sum(word[0].isupper() for word in words) / count,
        "numbers": len(_NUMBER.findall(text)) / size,
        "comments": len(comments) / len(lines),
        "comment_share": sum(len(line) for line in comments) / size,
        "not_ascii": sum(ord(character) > 127 for character in text) / size,
        "typographic": sum(ord(character) >= 0x2000 for character in text) / size,
    }
