"""Reads same-task pairs with their specifications: those of ``pairs.parquet``, and the project's own pairs."""

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from codeorigin_training.data.rows import PAIRS, CorpusError, Row, read_entries
from codeorigin_training.data.written_pairs import text_hash, written_entries

_COLUMNS = ("id", "language", "human_code", "llm_code", "behaviour", "instruction", "repo")
NO_INSTRUCTION = "none"


@dataclass(frozen=True, slots=True)
class Specification:
    """A task in words, the human-written function that it describes, and the function that a model wrote from it.

    ``instruction`` is an additional instruction to the model, or ``none``.
    """

    id: str
    language: str
    repo: str
    behaviour: str
    instruction: str
    human_code: str
    llm_code: str


def read_specifications(data: Path, functions: Sequence[Row] = ()) -> list[Specification]:
    """Every specification of ``data/pairs.parquet``, and the project's own whose human function is in ``functions``.

    Raises:
        CorpusError: the file is missing, lacks a column, or holds a pair without a task in words.
    """
    path = data / PAIRS
    found = [_specification(entry, entry["human_code"], path) for entry in read_entries(path, _COLUMNS)]
    by_hash = {text_hash(row.code): row for row in functions if row.label == 0}
    own = ((entry, by_hash.get(entry["human_sha256"])) for entry in written_entries())
    found += [_specification(entry, row.code, path) for entry, row in own if row is not None]
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
        instruction=(entry["instruction"] or NO_INSTRUCTION).strip().replace("_", " "),
        human_code=human_code,
        llm_code=entry["llm_code"],
    )
