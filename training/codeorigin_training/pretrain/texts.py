"""The code that the vocabulary and pretraining may read: without labels and without held-out code."""

from pathlib import Path

from codeorigin_training.corpus.rows import FUNCTIONS, CorpusError, Row, read_entries
from codeorigin_training.corpus.splits import is_held_out

UNLABELLED = "unlabelled.parquet"
_COLUMNS = ["code", "language", "repo"]


def text_files(corpus: Path) -> list[Path]:
    """The files of ``corpus`` with code to read; the unlabelled one may be missing."""
    return [path for path in (corpus / FUNCTIONS, corpus / UNLABELLED) if path.is_file()]


def read_training_texts(corpus: Path) -> list[Row]:
    """Functions of training repositories, then unlabelled ones, both without repositories held out by name.

    Labels are not read.

    Raises:
        CorpusError: there is no ``functions.parquet``, or a file lacks a column.
    """
    if not (corpus / FUNCTIONS).is_file():
        raise CorpusError(f"{corpus / FUNCTIONS}: not found; run the corpus command first")
    rows: list[Row] = []
    for path in text_files(corpus):
        rows += (
            Row(entry["code"], entry["language"], 0, entry["repo"], "", False, False, 0)
            for entry in read_entries(path, _COLUMNS)
            if not is_held_out(entry["repo"])
        )
    return rows
