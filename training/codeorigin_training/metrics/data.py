"""The data a report measures on: both sides of the corpus, same-task pairs and published snippets."""

import hashlib
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from pathlib import Path

from codeorigin.model.folder import sha256_of
from codeorigin_training.arrays import Integers
from codeorigin_training.data.rows import (
    SNIPPETS,
    CorpusError,
    Row,
    corpus_hash,
    numbered,
    read_functions,
    read_pairs,
    read_snippets,
)
from codeorigin_training.data.specifications import read_written_pairs
from codeorigin_training.data.splits import is_held_out


@dataclass(frozen=True, slots=True)
class EvaluationData:
    """``train`` and ``held_out`` are the sides of the corpus; ``pairs`` and ``snippets`` are held out.

    ``digest`` is a hash of all files.
    """

    train: list[Row]
    held_out: list[Row]
    pairs: list[Row]
    snippets: list[Row]
    digest: str


def read_evaluation_data(folder: Path, snippets: Path | None, *, all_snippets: bool) -> EvaluationData:
    """Read the corpus in ``folder``, and ``snippets`` or else the ``snippets.parquet`` in ``folder`` if it exists.

    Raises:
        CorpusError: a file is missing or lacks a column, or the split leaves a side without code.
    """
    everything = read_functions(folder)
    pairs = read_pairs(folder) + read_written_pairs(everything)
    # A distribution's packages contain only human code; against LLM code of repositories, figures would look too good.
    functions = [row for row in everything if not row.is_packaged]
    path = snippets or folder / SNIPPETS
    answers = list(read_snippets(path)) if snippets is not None or path.is_file() else []
    train, held_out = split(functions)
    if not train or not held_out:
        raise CorpusError(f"{folder}: too few repositories: the split leaves one side without any")
    digest = hashlib.sha256(corpus_hash(folder).encode())
    if path.is_file():
        digest.update(sha256_of(path).encode())
    return EvaluationData(
        train=train,
        held_out=held_out,
        pairs=split(pairs)[1],
        snippets=answers if all_snippets else split(answers)[1],
        digest=digest.hexdigest(),
    )


def split(rows: Iterable[Row]) -> tuple[list[Row], list[Row]]:
    """Rows of training and of held-out repositories (tasks, where they have one)."""
    sides: tuple[list[Row], list[Row]] = ([], [])
    for row in rows:
        sides[is_held_out(row.unit)].append(row)
    return sides


def agent_family(agent: str) -> str:
    """Normalized name of an agent, as commits name it differently: ``cursor agent`` is ``cursor``."""
    return agent.lower().replace("-author", "").split(" ")[0]


def unit_numbers(rows: Sequence[Row]) -> Integers:
    """Number of every row's repository (or task), int64 ``(len(rows),)``."""
    return numbered([row.unit for row in rows])
