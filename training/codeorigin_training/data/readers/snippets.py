"""Reads published snippets of many generators as rows grouped by the task that they answer."""

from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

from codeorigin_training.data.rows import SNIPPET_SOURCE, Row, read_entries

SNIPPETS = "snippets.parquet"

_COLUMNS = ["code", "language", "label", "generator", "source", "group"]


_ADVICE = "turn snippets off or pass a parquet file of snippets"


def read_snippets(path: Path, *, advice: str = _ADVICE) -> Iterator[Row]:
    """The snippets of a parquet file, each as a whole, since imports and main program are part of an answer.

    The file's column ``source`` becomes ``Row.repo``, as ``snippets/SOURCE``. A ``group`` of snippets must not be
    split. ``advice`` tells the user what to do if the file is missing.

    Raises:
        CorpusError: the file is missing or lacks a column.
    """
    for entry in read_entries(path, _COLUMNS, advice=advice):
        yield _row(entry, entry["code"].strip("\r\n"), entry["language"])


def _row(entry: Mapping[str, Any], code: str, language: str) -> Row:
    return Row(
        code=code,
        language=language,
        label=int(entry["label"] == "llm"),
        repo=f"snippets/{entry['source']}",
        agent="",
        modern=False,
        is_test=False,
        lines=code.count("\n") + 1,
        generator=entry["generator"] or "",
        source=SNIPPET_SOURCE,
        group=entry["group"],
    )
