"""The training corpus: functions with their provenance, and same-task pairs."""

import hashlib
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import chain
from pathlib import Path
from typing import Any

import numpy as np
import pyarrow.parquet as pq

from codeorigin.core.errors import CodeOriginError
from codeorigin.model.folder import sha256_of
from codeorigin_training.arrays import Booleans, Integers
from codeorigin_training.data.splits import fold_of, project_of

FUNCTIONS, PAIRS, HUMAN = "functions.parquet", "pairs.parquet", "human.parquet"
SNIPPETS, PUBLISHED = "snippets.parquet", "published.parquet"
"""Published snippets, and the LLM answers among them that a corpus has for its calibration."""

DISTRIBUTION_SOURCE = "debian"
"""``Row.source`` of the rows of ``human.parquet``."""

SNIPPET_SOURCE = "snippet"
"""``Row.source`` of published snippets."""

MODERN = "H-date-modern"
DISTRIBUTION_OLD, DISTRIBUTION_MODERN = "H-dist", "H-dist-12"
"""``evidence`` of a distribution's human code, from before code assistants and from their time."""

_MODERN_EVIDENCE = (MODERN, DISTRIBUTION_MODERN)
_PROVENANCE = ("generator", "path", "commit", "date", "source")


class CorpusError(CodeOriginError):
    """The corpus is missing or broken, or lacks something that training needs."""


@dataclass(frozen=True, slots=True)
class Row:
    """One function of the corpus. ``label`` is 1 for ``llm``, 0 for ``human``; ``pair`` names its pair, if any.

    ``modern`` marks human code of July 2021 to November 2022: human-written, in today's style. ``group`` is the
    task that an answer was written for; if it is empty, the project is the unit that must not be split. ``evidence``
    says how LLM code is known to be that, if the data do, such as by a commit's author.
    """

    code: str
    language: str
    label: int
    repo: str
    agent: str
    modern: bool
    is_test: bool
    lines: int
    pair: str | None = None
    generator: str = ""
    path: str = ""
    commit: str = ""
    date: str = ""
    source: str = ""
    group: str = ""
    evidence: str = ""

    @property
    def unit(self) -> str:
        """The unit that a split must not divide: the task if there is one, else the project."""
        return self.group or self.project

    @property
    def is_packaged(self) -> bool:
        """Whether it is of a distribution's package: human code alone, of another kind than that of repositories."""
        return self.source == DISTRIBUTION_SOURCE

    @property
    def project(self) -> str:
        """The unit that shares count once: the repository, or the project of a distribution's package."""
        return project_of(self.repo)


def numbered(names: Sequence[str]) -> Integers:
    """The number of each name among the distinct ones, int64 ``(n,)``, as the units of a bootstrap."""
    return np.unique(list(names), return_inverse=True)[1].astype(np.int64)


def labels_of(rows: Sequence[Row]) -> Integers:
    """The label of every row, int64 ``(len(rows),)``."""
    return np.array([row.label for row in rows], dtype=np.int64)


def modern_of(rows: Sequence[Row]) -> Booleans:
    """Whether every row is human code of July 2021 to November 2022, bool ``(len(rows),)``."""
    return np.array([row.modern for row in rows], dtype=bool)


def paired_of(rows: Sequence[Row]) -> Booleans:
    """Whether every row is half of a same-task pair, bool ``(len(rows),)``."""
    return np.array([row.pair is not None for row in rows], dtype=bool)


def fold_array(rows: Sequence[Row], folds: int) -> Integers:
    """The cross-fitting fold of every row's project, int64 ``(len(rows),)``."""
    return np.array([fold_of(row.repo, folds) for row in rows], dtype=np.int64)


def of_repositories(rows: Sequence[Row]) -> Booleans:
    """Which rows are neither a pair's nor a distribution's, bool ``(len(rows),)``: only those hold both classes."""
    return np.array([row.pair is None and not row.is_packaged for row in rows], dtype=bool)


def rows_where(rows: Sequence[Row], inside: Booleans) -> list[Row]:
    """The rows at which ``inside``, bool ``(len(rows),)``, is true."""
    return [rows[index] for index in np.flatnonzero(inside).tolist()]


def corpus_hash(folder: Path) -> str:
    """The hex SHA-256 of the SHA-256s of functions.parquet and pairs.parquet.

    Raises:
        CorpusError: one of them is missing.
    """
    digest = hashlib.sha256()
    for path in (folder / FUNCTIONS, folder / PAIRS):
        if not path.is_file():
            raise CorpusError(f"{path}: not found; run `python -m codeorigin_training corpus` first")
        digest.update(sha256_of(path).encode())
    return digest.hexdigest()


def read_functions(data: Path) -> list[Row]:
    """All rows of ``functions.parquet`` below ``data``.

    Raises:
        CorpusError: the file is missing or lacks a column.
    """
    return _functions(data / FUNCTIONS)


def read_human(data: Path) -> list[Row]:
    """All rows of ``human.parquet`` below ``data``, human functions of a distribution's packages; none without it.

    Each package counts as a repository.

    Raises:
        CorpusError: the file lacks a column, or holds a function that is not human.
    """
    path = data / HUMAN
    rows = _functions(path) if path.is_file() else []
    if wrong := next((row.repo for row in rows if row.label), None):
        raise CorpusError(f"{path}: a function of {wrong} is labelled llm; it must hold human code alone")
    return rows


def read_published(corpus: Path) -> list[Row]:
    """The published answers of a corpus; none if it was made without."""
    path = corpus / PUBLISHED
    return _functions(path) if path.is_file() else []


def limited(rows: Sequence[Row], limit: int) -> list[Row]:
    """At most ``limit`` rows of each repository and label, taken file by file.

    Files are taken in the order of a hash of their paths, so that the choice is stable when data is added.
    """
    found: dict[tuple[str, int], dict[str, list[Row]]] = {}
    for row in rows:
        found.setdefault((row.repo, row.label), {}).setdefault(row.path, []).append(row)
    taken: list[Row] = []
    for files in found.values():
        order = sorted(files, key=lambda name: hashlib.sha256(name.encode("utf-8", "surrogatepass")).digest())
        taken += list(chain.from_iterable(files[name] for name in order))[:limit]
    return taken


def _functions(path: Path) -> list[Row]:
    return [
        Row(
            code=entry["code"],
            language=entry["language"],
            label=int(entry["label"] == "llm"),
            repo=entry["repo"],
            agent=entry["agent"],
            modern=entry["evidence"] in _MODERN_EVIDENCE,
            is_test=entry["is_test"],
            lines=entry["lines"],
            **{name: entry[name] or "" for name in _PROVENANCE},
            group=entry.get("group") or "",
            evidence=entry["evidence"] if entry["label"] == "llm" else "",
        )
        for entry in read_entries(
            path,
            ["code", "language", "label", "repo", "agent", "evidence", "is_test", "lines", *_PROVENANCE],
            optional=["group"],
        )
    ]


def read_pairs(data: Path) -> list[Row]:
    """Both rows of every pair in ``pairs.parquet`` below ``data``: the human-written one, then the model's.

    Raises:
        CorpusError: the file is missing or lacks a column.
    """
    rows: list[Row] = []
    columns = ["id", "human_code", "llm_code", "language", "repo", "evidence", "is_test"]
    for entry in read_entries(data / PAIRS, columns):
        for label, code in ((0, entry["human_code"]), (1, entry["llm_code"])):
            rows.append(
                Row(
                    code=code,
                    language=entry["language"],
                    label=label,
                    repo=entry["repo"],
                    agent="",
                    modern=entry["evidence"] == MODERN,
                    is_test=entry["is_test"],
                    lines=code.count("\n") + 1,
                    pair=entry["id"],
                )
            )
    return rows


def read_snippets(path: Path, *, advice: str = "pass a parquet file of snippets") -> Iterator[Row]:
    """The snippets of a parquet file, each as a whole, since imports and main program are part of an answer.

    The file's column ``source`` becomes ``Row.repo``, as ``snippets/SOURCE``. A ``group`` of snippets must not be
    split. ``advice`` tells the user what to do if the file is missing.

    Raises:
        CorpusError: the file is missing or lacks a column.
    """
    columns = ["code", "language", "label", "generator", "source", "group"]
    for entry in read_entries(path, columns, advice=advice):
        code = entry["code"].strip("\r\n")
        yield Row(
            code=code,
            language=entry["language"],
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


def read_entries(
    path: Path,
    columns: Sequence[str],
    *,
    optional: Sequence[str] = (),
    advice: str = "pass the folder of the corpus with --data",
) -> Iterator[dict[str, Any]]:
    """The rows of a parquet file as dictionaries of ``columns``, and of those in ``optional`` that it has.

    Raises:
        CorpusError: the file lacks one of ``columns`` or is missing; then ``advice`` says what to do.
    """
    if not path.is_file():
        raise CorpusError(f"{path}: not found; {advice}")
    table = pq.ParquetFile(path)
    if missing := sorted(set(columns) - set(table.schema_arrow.names)):
        raise CorpusError(f"{path}: lacks the columns {', '.join(missing)}")
    present = [name for name in optional if name in table.schema_arrow.names]
    for batch in table.iter_batches(columns=[*columns, *present]):
        yield from batch.to_pylist()
