"""The data a report measures on: both sides of the corpus, and same-task pairs."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from pathlib import Path

from codeorigin_training.arrays import Integers
from codeorigin_training.data.rows import (
    CorpusError,
    Row,
    corpus_hash,
    numbered,
    read_functions,
    read_pairs,
)
from codeorigin_training.data.specifications import read_written_pairs
from codeorigin_training.data.splits import is_held_out


@dataclass(frozen=True, slots=True)
class EvaluationData:
    """``train`` and ``held_out`` are the sides of the corpus, ``pairs`` are held out; ``digest`` is its hash."""

    train: list[Row]
    held_out: list[Row]
    pairs: list[Row]
    digest: str


def read_evaluation_data(folder: Path) -> EvaluationData:
    """Read the corpus in ``folder``.

    Raises:
        CorpusError: a file is missing or lacks a column, or the split leaves a side without code.
    """
    everything = read_functions(folder)
    pairs = read_pairs(folder) + read_written_pairs(everything)
    # A distribution's packages contain only human code; against LLM code of repositories, figures would look too good.
    train, held_out = split(row for row in everything if not row.is_packaged)
    if not train or not held_out:
        raise CorpusError(f"{folder}: too few repositories: the split leaves one side without any")
    return EvaluationData(train, held_out, split(pairs)[1], corpus_hash(folder))


def split(rows: Iterable[Row]) -> tuple[list[Row], list[Row]]:
    """Rows of training and of held-out repositories."""
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
