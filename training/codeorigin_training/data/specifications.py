"""Same-task pairs with their specifications: those written for this project, and those of ``pairs.parquet``.

A pair is a function of the corpus and a model's function for the same task.
For human functions of the corpus, ``pairs/LANGUAGE.jsonl`` holds a specification and the function that a current
model wrote from the specification alone, without seeing the original. The original is identified by its
SHA-256 and read from the corpus; its text is not part of this project.
"""

import hashlib
import json
from collections.abc import Sequence
from dataclasses import dataclass, replace
from importlib import resources
from pathlib import Path
from typing import Any

from codeorigin_training.data.rows import PAIRS, CorpusError, Row, read_entries

WRITTEN = "written-"
"""Prefix of :attr:`Row.pair` of these pairs."""


def read_written_pairs(functions: Sequence[Row]) -> list[Row]:
    """Both rows of every written pair whose human function is in ``functions``: the human one, then the model's."""
    wanted = {entry["human_sha256"]: entry for entry in written_entries()}
    rows: list[Row] = []
    for row in functions:
        if row.label == 0 and (entry := wanted.pop(text_hash(row.code), None)) is not None:
            code = entry["llm_code"]
            human = replace(row, pair=WRITTEN + entry["id"])
            llm = replace(human, code=code, label=1, lines=code.count("\n") + 1, modern=False)
            rows += [human, llm]
    return rows


def text_hash(code: str) -> str:
    """The hex SHA-256 that identifies a function of the corpus."""
    return hashlib.sha256(code.encode("utf-8", "surrogatepass")).hexdigest()


def written_entries() -> list[dict[str, Any]]:
    """The lines of ``pairs/*.jsonl`` as dictionaries: specification, instruction, similarity, the model's function."""
    folder = resources.files("codeorigin_training.data").joinpath("pairs")
    files = sorted(
        (file for file in folder.iterdir() if file.name.endswith(".jsonl")), key=lambda file: file.name
    )
    # Not splitlines(), because code may contain line separators that JSON does not escape.
    return [
        json.loads(line) for file in files for line in file.read_text(encoding="utf-8").split("\n") if line
    ]


@dataclass(frozen=True, slots=True)
class Specification:
    """A task in words, the human-written function that it describes, and the function that a model wrote from it."""

    id: str
    language: str
    repo: str
    behaviour: str
    human_code: str
    llm_code: str


def read_specifications(data: Path, functions: Sequence[Row] = ()) -> list[Specification]:
    """Every specification of ``data/pairs.parquet``, and the project's own whose human function is in ``functions``.

    Raises:
        CorpusError: the file is missing, lacks a column, or holds a pair without a task in words.
    """
    path = data / PAIRS
    columns = ("id", "language", "human_code", "llm_code", "behaviour", "repo")
    found = [_specification(entry, entry["human_code"], path) for entry in read_entries(path, columns)]
    by_hash = {text_hash(row.code): row for row in functions if row.label == 0}
    rows_of_entries = ((entry, by_hash.get(entry["human_sha256"])) for entry in written_entries())
    found += [_specification(entry, row.code, path) for entry, row in rows_of_entries if row is not None]
    return found


def _specification(entry: dict[str, Any], human_code: str, path: Path) -> Specification:
    behaviour = (entry["behaviour"] or "").strip()
    if not behaviour:
        raise CorpusError(f"{path}: the pair {entry['id']} says nothing of the behaviour; leave it out")
    return Specification(
        id=entry["id"],
        language=entry["language"],
        repo=entry["repo"],
        behaviour=behaviour,
        human_code=human_code,
        llm_code=entry["llm_code"],
    )
