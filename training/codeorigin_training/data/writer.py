"""Writes rows to ``functions.parquet`` with the columns of the corpus, and copies pairs."""

from collections.abc import Callable, Collection, Sequence
from operator import attrgetter
from pathlib import Path

import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.parquet as pq

from codeorigin_training.data.rows import (
    DISTRIBUTION_MODERN,
    DISTRIBUTION_OLD,
    MODERN,
    Row,
)
from codeorigin_training.run import atomic_path

OLD = "before-2021-06-29"
"""``evidence`` of human code from before code assistants."""

SCHEMA = pa.schema(
    [
        *(
            (name, pa.string())
            for name in ("code", "language", "label", "generator", "agent", "repo", "commit")
        ),
        *((name, pa.string()) for name in ("path", "date")),
        ("is_test", pa.bool_()),
        ("evidence", pa.string()),
        ("source", pa.string()),
        ("lines", pa.int64()),
        ("group", pa.string()),
    ]
)
"""Columns of ``functions.parquet``; ``group`` is empty except for rows that belong to a task."""

_PAIR_COLUMNS = {
    **dict.fromkeys(("id", "human_code", "llm_code", "language", "repo", "evidence"), pa.string()),
    "is_test": pa.bool_(),
}


def write_functions(rows: Sequence[Row], path: Path) -> None:
    """Atomically write ``rows`` to ``path``."""
    path.parent.mkdir(parents=True, exist_ok=True)
    columns = {name: [_VALUES[name](row) for row in rows] for name in SCHEMA.names}
    with atomic_path(path) as partial:
        pq.write_table(pa.table(columns, schema=SCHEMA), partial, compression="zstd")


def copy_pairs(source: Path, pairs_left: Collection[str], target: Path) -> None:
    """Write the pairs of ``source`` whose ``id`` is in ``pairs_left`` to ``target``, with all their columns.

    The file is written atomically. Without such a file, ``target`` has no rows, and only the columns that readers need.
    """
    target.parent.mkdir(parents=True, exist_ok=True)
    if not source.is_file():
        table = pa.table({name: pa.array([], type=kind) for name, kind in _PAIR_COLUMNS.items()})
    else:
        table = pq.read_table(source)
        table = table.filter(pc.is_in(table["id"], value_set=pa.array(sorted(pairs_left), type=pa.string())))
    with atomic_path(target) as partial:
        pq.write_table(table, partial, compression="zstd")


def evidence_of(row: Row) -> str:
    """The value of the column ``evidence``: the era of human code; of LLM code the row's, or ``trailer``."""
    if row.label == 1:
        return row.evidence or "trailer"
    if row.is_packaged:
        return DISTRIBUTION_MODERN if row.modern else DISTRIBUTION_OLD
    return MODERN if row.modern else OLD


_VALUES: dict[str, Callable[[Row], object]] = {
    **{name: attrgetter(name) for name in SCHEMA.names if name not in {"label", "evidence"}},
    "label": lambda row: "llm" if row.label else "human",
    "evidence": evidence_of,
}
