"""The code that the vocabulary and pretraining may read: without labels and without held-out code."""

from pathlib import Path

from codeorigin_training.corpus.rows import FUNCTIONS, Row, read_entries
from codeorigin_training.corpus.splits import is_held_out


def read_training_texts(corpus: Path) -> list[Row]:
    """Functions of training repositories; labels are not read.

    Raises:
        CorpusError: there is no ``functions.parquet``, or it lacks a column.
    """
    entries = read_entries(
        corpus / FUNCTIONS, ["code", "language", "repo"], advice="run the corpus command first"
    )
    return [
        Row(entry["code"], entry["language"], 0, entry["repo"], "", False, False, 0)
        for entry in entries
        if not is_held_out(entry["repo"])
    ]
