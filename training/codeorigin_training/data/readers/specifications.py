"""Reads same-task pairs with their specifications: those of ``pairs.parquet``, and the project's own pairs."""

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from codeorigin_training.data.rows import MODERN, PAIRS, CorpusError, Row, read_entries
from codeorigin_training.data.written_pairs import text_hash, written_entries

_COLUMNS = (
    *("id", "language", "is_test", "human_code", "llm_code", "signature", "context", "behaviour"),
    *("instruction", "similarity", "repo", "evidence"),
)
NO_INSTRUCTION = "none"


@dataclass(frozen=True, slots=True)
class Specification:
    """A task in words, the human-written function that it describes, and the function that a model wrote from it.

    ``instruction`` is an additional instruction to the model, or ``none``; ``similarity`` is the share of tokens that
    both functions have in common, 0 to 1. ``modern`` marks human code of July 2021 to November 2022.
    """

    id: str
    language: str
    repo: str
    is_test: bool
    modern: bool
    signature: str
    context: str
    behaviour: str
    instruction: str
    similarity: float
    human_code: str
    llm_code: str

    @property
    def text(self) -> str:
        """Signature, context and behaviour, one paragraph each, and the instruction last if there is one."""
        parts = [self.signature, self.context, self.behaviour]
        if self.instruction != NO_INSTRUCTION:
            parts.append(f"Instruction: {self.instruction}.")
        return "\n\n".join(part for part in parts if part)

    @property
    def rows(self) -> tuple[Row, Row]:
        """Both functions as rows of the corpus: the human-written one, then the model's."""
        human, llm = (
            Row(
                code=code,
                language=self.language,
                label=label,
                repo=self.repo,
                agent="",
                modern=self.modern,
                is_test=self.is_test,
                lines=code.count("\n") + 1,
                pair=self.id,
            )
            for label, code in enumerate((self.human_code, self.llm_code))
        )
        return human, llm


def read_specifications(data: Path, functions: Sequence[Row] = ()) -> list[Specification]:
    """Every specification of ``data/pairs.parquet``, and the project's own whose human function is in ``functions``.

    Raises:
        CorpusError: the file is missing, lacks a column, or holds a pair without a task in words.
    """
    path = data / PAIRS
    found = [_specification(entry, entry["human_code"], path) for entry in read_entries(path, _COLUMNS)]
    by_hash = {text_hash(row.code): row for row in functions if row.label == 0}
    for entry in written_entries():
        row = by_hash.get(entry["human_sha256"])
        if row is not None:
            more = {"is_test": row.is_test, "evidence": MODERN if row.modern else ""}
            found.append(_specification({**entry, **more}, row.code, path))
    return found


def _specification(entry: dict[str, Any], human_code: str, path: Path) -> Specification:
    texts = {name: (entry[name] or "").strip() for name in ("signature", "context", "behaviour")}
    if not texts["behaviour"]:
        raise CorpusError(f"{path}: the pair {entry['id']} says nothing of the behaviour; leave it out")
    similarity = entry["similarity"]
    return Specification(
        id=entry["id"],
        language=entry["language"],
        repo=entry["repo"],
        is_test=entry["is_test"],
        modern=entry["evidence"] == MODERN,
        **texts,
        instruction=(entry["instruction"] or NO_INSTRUCTION).strip().replace("_", " "),
        similarity=float("nan") if similarity is None else float(similarity),
        human_code=human_code,
        llm_code=entry["llm_code"],
    )
