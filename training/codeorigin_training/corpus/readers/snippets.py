"""Published snippets of many generators -> rows grouped by the task that they answer."""

from collections.abc import Iterator
from pathlib import Path

import pyarrow.parquet as pq

from codeorigin.functions import find_functions
from codeorigin.languages import get_language
from codeorigin_training.corpus.rows import CorpusError, Row

SNIPPETS = "snippets.parquet"
SOURCE = "snippet"
"""``Row.source`` of these rows; what the file calls source stands in ``Row.repo``, as ``snippets/SOURCE``."""

_COLUMNS = ["code", "language", "label", "generator", "source", "group"]


def read_snippets(data: Path) -> Iterator[Row]:
    """The snippets of ``data/snippets.parquet`` in which a function of a supported language is defined.

    A snippet stays whole: imports and main program are part of an answer. Its ``group`` must not be split. What has
    no function (a query, a configuration, a script of three lines) is left out.

    Raises:
        CorpusError: the file is missing or lacks a column.
    """
    path = data / SNIPPETS
    if not path.is_file():
        raise CorpusError(f"{path}: not found; turn snippets off or pass the folder that holds it")
    table = pq.ParquetFile(path)
    if missing := sorted(set(_COLUMNS) - set(table.schema_arrow.names)):
        raise CorpusError(f"{path}: lacks the columns {', '.join(missing)}")
    for batch in table.iter_batches(columns=_COLUMNS):
        for entry in batch.to_pylist():
            code = entry["code"].strip("\r\n")
            language = get_language(entry["language"])
            if not find_functions(code, language):
                continue
            yield Row(
                code=code,
                language=language.model_language,
                label=int(entry["label"] == "llm"),
                repo=f"snippets/{entry['source']}",
                agent="",
                modern=False,
                is_test=False,
                lines=code.count("\n") + 1,
                generator=entry["generator"] or "",
                source=SOURCE,
                group=entry["group"],
            )
