"""Short programs in every supported language, and texts in none, written for the tests."""

import random
import re
from pathlib import Path

import pyarrow as pa
import pyarrow.parquet as pq

from codeorigin.languages import KEYWORDS, MODEL_LANGUAGES
from support.corpus_maker import corpus_entry

_STARTS = ("alp", "bra", "cart", "delt", "engi", "fold", "gard", "hote", "invo", "jack")
_WORDS = tuple(start + end for start in _STARTS for end in ("ab", "erin", "ilo", "omu", "uvel", "ynta"))
_NAME = re.compile(r"\b[a-z][a-z]{3,}\b")

_FOLDER = Path(__file__).parents[1] / "fixtures" / "texts"
LANGUAGES = list(MODEL_LANGUAGES)
CODE = {language: (_FOLDER / f"{language}.txt").read_text("utf-8") for language in LANGUAGES}
"""One function in every language but TSX, by the language's id."""

NONE = {
    kind: (_FOLDER / "none" / f"{kind}.txt").read_text("utf-8")
    for kind in ("prose", "json", "log", "sql", "html", "yaml", "toml", "css", "diff")
}
"""Texts in none of the languages, by what they are."""


def write_functions_of_languages(folder: Path, repositories: int = 30) -> Path:
    """Write ``functions.parquet`` into ``folder``: every program of :data:`CODE` per repository, twice, renamed.

    No two functions are near duplicates.
    """
    random_ = random.Random(5)
    rows = []
    for number in range(repositories):
        for language in CODE:
            code = "\n".join(_renamed(language, random_) for _ in range(2))
            rows.append(corpus_entry(code, language, f"some/repo{number}", llm=number % 2 == 1))
    folder.mkdir(parents=True, exist_ok=True)
    pq.write_table(pa.Table.from_pylist(rows), folder / "functions.parquet")
    return folder


def _renamed(language: str, random_: random.Random) -> str:
    """The language's program, with another word for every name in small letters."""
    code = CODE[language]
    names = sorted(set(_NAME.findall(code)) - KEYWORDS[language])
    words = dict(zip(names, random_.sample(_WORDS, len(names)), strict=True))
    return _NAME.sub(lambda found: words.get(found[0], found[0]), code)
