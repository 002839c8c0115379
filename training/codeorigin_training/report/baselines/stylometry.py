"""Stylometry: about fifty figures of a function's text, for gradient boosting.

Figures of this kind (layout, naming, comments, punctuation) are the features of classic authorship attribution, see
Caliskan-Islam et al., "De-anonymizing Programmers via Code Stylometry", USENIX Security 2015.
"""

import re
from collections.abc import Sequence

import numpy as np
from sklearn.ensemble import HistGradientBoostingClassifier

from codeorigin.languages import KEYWORDS
from codeorigin.model.reading.normalize import LEVEL_MARK, normalize
from codeorigin_training.arrays import Floats
from codeorigin_training.data.rows import Row

LAYOUT = (
    "blank_lines",
    "blank_runs",
    "level_mean",
    "level_max",
    "level_deviation",
    "flat_lines",
    "line_length_mean",
    "line_length_deviation",
    "line_length_max",
)
"""Figures of the normalised text's layout, which is all the layout that a CodeOrigin model sees."""

RAW_LAYOUT = (
    "trailing_blanks",
    "tab_lines",
    "indent_of_two",
    "indent_of_four",
    "first_column",
    "carriage_returns",
    "raw_blank_lines",
    "long_blank_runs",
)
"""Figures of layout that normalisation removes."""

LENGTH = ("lines", "characters", "words")

_SIGNS = ("(", "[", "{", ";", ",", ".", ":", "=", '"', "'", "`", "!", "?", "<", "&", "|", "+", "-", "@", "#")
_WORD = re.compile(r"[^\W\d]\w*")
_NUMBER = re.compile(r"\b\d")
_COMMENT = re.compile(r"//|/\*|^\s*\*|^\s*#(?!include|define|if|endif|pragma|\[)|\"\"\"|'''", re.MULTILINE)
_CAMEL, _SNAKE = re.compile(r"[a-z][A-Z]"), re.compile(r"[^\W_]_[^\W_]")
_STYLE = (
    "word_length_mean",
    "word_length_deviation",
    "distinct_words",
    "short_words",
    "long_words",
    "keywords",
    "camel_case",
    "snake_case",
    "capitalised",
    "numbers",
    "comments",
    "comment_share",
    "not_ascii",
    "typographic",
)


def figure_names() -> tuple[str, ...]:
    """The names of :func:`figures`, in the same order."""
    return (*LENGTH, *LAYOUT, *RAW_LAYOUT, *_STYLE, *(f"sign {sign}" for sign in _SIGNS))


def figures(code: str, language: str) -> Floats:
    """The figures of one function, ``(len(figure_names()),)``: counts, rates, shares, means and deviations."""
    normalized = normalize(code, language).text
    words = _WORD.findall(normalized)
    size = max(len(normalized), 1)
    signs = [normalized.count(sign) / size for sign in _SIGNS]
    return np.array(
        [
            *_length(normalized, words),
            *_layout(normalized),
            *_raw_layout(code),
            *_style(normalized, words, language),
            *signs,
        ]
    )


def figure_matrix(rows: Sequence[Row]) -> Floats:
    """:func:`figures` of every row, ``(len(rows), len(figure_names()))``."""
    return np.array([figures(row.code, row.language) for row in rows]).reshape(len(rows), len(figure_names()))


def columns(names: Sequence[str]) -> list[int]:
    """The columns of the figures with these names."""
    known = figure_names()
    return [known.index(name) for name in names]


def boosted(seed: int) -> HistGradientBoostingClassifier:
    """Gradient-boosted trees with textbook settings."""
    return HistGradientBoostingClassifier(
        max_iter=200, learning_rate=0.08, max_leaf_nodes=31, random_state=seed
    )


def _length(text: str, words: Sequence[str]) -> list[float]:
    return [float(text.count("\n") + 1), float(len(text)), float(len(words))]


def _layout(text: str) -> list[float]:
    lines = text.split("\n")
    filled = [line for line in lines if line]
    blank = len(lines) - len(filled)
    levels = np.array([len(line) - len(line.lstrip(LEVEL_MARK)) for line in filled] or [0])
    lengths = np.array([len(line.lstrip(LEVEL_MARK)) for line in filled] or [0])
    return [
        blank / len(lines),
        float(blank),
        float(levels.mean()),
        float(levels.max()),
        float(levels.std()),
        float((levels <= 1).mean()),
        float(lengths.mean()),
        float(lengths.std()),
        float(lengths.max()),
    ]


def _raw_layout(code: str) -> list[float]:
    lines = code.split("\n")
    count = len(lines)
    indents = [len(line) - len(line.lstrip(" ")) for line in lines if line.strip()]
    first_column = indents[-1] if indents else 0
    return [
        sum(line.rstrip("\r") != line.rstrip() for line in lines) / count,
        sum(line.startswith("\t") for line in lines) / count,
        sum(indent % 4 == 2 for indent in indents) / count,
        sum(indent > 0 and indent % 4 == 0 for indent in indents) / count,
        float(first_column),
        code.count("\r") / count,
        sum(not line.strip() for line in lines) / count,
        float(len(re.findall(r"\n[ \t\r]*\n[ \t\r]*\n", code))),
    ]


def _style(text: str, words: Sequence[str], language: str) -> list[float]:
    lengths = np.array([len(word) for word in words] or [0])
    count = max(len(words), 1)
    keywords = KEYWORDS.get(language, frozenset())
    lines = text.split("\n")
    comments = [line for line in lines if _COMMENT.search(line)]
    size = max(len(text), 1)
    return [
        float(lengths.mean()),
        float(lengths.std()),
        len(set(words)) / count,
        float((lengths <= 2).mean()),
        float((lengths >= 12).mean()),
        sum(word in keywords for word in words) / count,
        sum(bool(_CAMEL.search(word)) for word in words) / count,
        sum(bool(_SNAKE.search(word)) for word in words) / count,
        sum(word[0].isupper() for word in words) / count,
        len(_NUMBER.findall(text)) / size,
        len(comments) / len(lines),
        sum(len(line) for line in comments) / size,
        sum(ord(character) > 127 for character in text) / size,
        sum(ord(character) >= 0x2000 for character in text) / size,
    ]
