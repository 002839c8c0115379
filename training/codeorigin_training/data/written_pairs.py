"""Same-task pairs written for this project: a function of the corpus and a model's function for the same task.

For human functions of the corpus, ``pairs/LANGUAGE.jsonl`` holds a specification and the function that a current
model wrote from the specification alone, without seeing the original. The original is identified by its
SHA-256 and read from the corpus; its text is not part of this project.
"""

import hashlib
import json
from collections.abc import Sequence
from dataclasses import replace
from importlib import resources
from typing import Any

from codeorigin_training.data.rows import Row

WRITTEN = "written-"
"""Prefix of :attr:`Row.pair` of these pairs."""

_FOLDER = "pairs"


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
    folder = resources.files("codeorigin_training.data").joinpath(_FOLDER)
    files = sorted(
        (file for file in folder.iterdir() if file.name.endswith(".jsonl")), key=lambda file: file.name
    )
    # Not splitlines(), because code may contain line separators that JSON does not escape.
    return [
        json.loads(line) for file in files for line in file.read_text(encoding="utf-8").split("\n") if line
    ]
