"""The command ``corpus``: builds a run's corpus from every enabled source, cleans it and writes a data card."""

import hashlib
import json
from collections.abc import Iterator
from dataclasses import asdict, field
from pathlib import Path
from typing import Any

import numpy as np
from pydantic import Field
from pydantic.dataclasses import dataclass

from codeorigin.model.folder import sha256_of
from codeorigin_training.configuration import STRICT, Count
from codeorigin_training.data.card import data_card, rows_hash
from codeorigin_training.data.filters import FilterConfig, filtered
from codeorigin_training.data.near_duplicates import fitting_rows
from codeorigin_training.data.reserved import RESERVED, read_reserved, without_reserved
from codeorigin_training.data.rows import (
    FUNCTIONS,
    HUMAN,
    PAIRS,
    CorpusError,
    Row,
    limited,
    read_functions,
    read_human,
    read_pairs,
    rows_where,
)
from codeorigin_training.data.splits import is_held_out
from codeorigin_training.data.writer import copy_pairs, write_functions
from codeorigin_training.files import write_atomically
from codeorigin_training.run import Log, Run
from codeorigin_training.tracking import tracked

CARD, RECORD = "card.md", "corpus.json"

_ADVICE = {FUNCTIONS: "pass the folder of the corpus with --data, or with --set data=FOLDER"}
_VERSION = 6
"""Increased when the same inputs would give a different corpus."""


@dataclass(frozen=True, config=STRICT)
class CorpusConfig:
    """The sources of the corpus, and how it is cleaned.

    ``data`` is a folder with functions.parquet and, if there are any, pairs.parquet. At most ``function_limit``
    functions of a repository and label are read. ``distribution`` also reads human.parquet if there is one, at most
    ``distribution_limit`` functions of each package. Functions of the projects in ``reserved``, by default the
    folder's reserved.txt, are excluded from all sources. ``filters`` and ``near_duplicates`` clean what was read.
    """

    data: Path
    function_limit: Count = 300
    distribution: bool = True
    distribution_limit: Count = 20
    reserved: Path | None = None
    filters: bool = True
    filter: FilterConfig = field(default_factory=FilterConfig)
    near_duplicates: bool = True
    near_duplicate_threshold: float = Field(default=0.8, gt=0, le=1)
    seed: int = 0


def corpus(config: CorpusConfig, run: Run, log: Log) -> None:
    """Write functions.parquet, pairs.parquet, card.md and corpus.json, unless the run has them from the same inputs.

    Raises:
        CorpusError: a source is missing or broken, or the functions left are not of both labels.
    """
    inputs = _inputs_hash(config)
    outputs = [run.corpus / name for name in (FUNCTIONS, PAIRS, CARD, RECORD)]
    if all(path.is_file() for path in outputs) and _recorded_inputs(run.corpus / RECORD) == inputs:
        log(f"corpus: {run.corpus} is of the same inputs and stays")
        return
    (run.corpus / RECORD).unlink(missing_ok=True)
    with tracked(run, "corpus", config) as tracker:
        tracker.metrics(_made(config, run, inputs, log), 0)
        tracker.artifact(run.corpus / CARD)


def _made(config: CorpusConfig, run: Run, inputs: str, log: Log) -> dict[str, float]:
    """Write the corpus and return its counts."""
    reserved = _reserved(config)
    rows = without_reserved([*_functions(config, log), *_pairs(config)], reserved)
    rejected: dict[str, int] | None = None
    if config.filters:
        rows, counts = filtered(rows, config.filter)
        rejected = dict(counts)
        log(f"filters: {sum(rejected.values()):,} rows left out")
    copies: int | None = None
    if config.near_duplicates:
        held_out = np.array([is_held_out(row.repo) for row in rows], dtype=np.int64)
        fitting = fitting_rows(
            rows, held_out, threshold=config.near_duplicate_threshold, seed=config.seed + 1
        )
        left = rows_where(rows, (held_out == 1) | fitting[-1])
        copies, rows = len(rows) - len(left), left
        log(f"near duplicates: {copies:,} rows left out")
    functions = [row for row in rows if row.pair is None]
    if len({row.label for row in functions}) < 2:
        raise CorpusError("the corpus has rows of one label alone; add a source that holds the other")
    write_functions(functions, run.corpus / FUNCTIONS)
    pairs_left = {row.pair for row in rows if row.pair is not None}
    copy_pairs(config.data / PAIRS, pairs_left, run.corpus / PAIRS)
    card = data_card(rows, configuration=asdict(config), rejected=rejected, copies=copies)
    write_atomically(run.corpus / CARD, card)
    pairs = (len(rows) - len(functions)) // 2
    record = {
        "inputs": inputs,
        "hash": rows_hash(rows),
        "functions": len(functions),
        "pairs": pairs,
        "rejected": rejected,
        "configuration": asdict(config),
    }
    write_atomically(run.corpus / RECORD, json.dumps(record, indent=2, default=str) + "\n")
    log(f"corpus: {len(functions):,} functions in {run.corpus}")
    return {
        "functions": len(functions),
        "llm_functions": sum(row.label for row in functions),
        "pairs": pairs,
        "repositories": len({row.repo for row in rows}),
    }


def _functions(config: CorpusConfig, log: Log) -> Iterator[Row]:
    yield from _counted("data", limited(read_functions(config.data), config.function_limit), log)
    if config.distribution and (packaged := read_human(config.data)):
        yield from _counted("distribution", limited(packaged, config.distribution_limit), log)


def _reserved(config: CorpusConfig) -> frozenset[str]:
    path = _reserved_file(config)
    return frozenset() if path is None else read_reserved(path)


def _reserved_file(config: CorpusConfig) -> Path | None:
    """The configured list, which must exist, or else the one in ``data`` if there is one."""
    if config.reserved is not None:
        return config.reserved
    beside = config.data / RESERVED
    return beside if beside.is_file() else None


def _pairs(config: CorpusConfig) -> list[Row]:
    return read_pairs(config.data) if (config.data / PAIRS).is_file() else []


def _counted(name: str, rows: list[Row], log: Log) -> list[Row]:
    log(f"{name}: {len(rows):,} functions of {len({row.repo for row in rows}):,} repositories")
    return rows


def _recorded_inputs(record: Path) -> str | None:
    try:
        inputs = json.loads(record.read_text(encoding="utf-8"))["inputs"]
    except (OSError, ValueError, KeyError, TypeError):
        return None
    return inputs if isinstance(inputs, str) else None


def _inputs_hash(config: CorpusConfig) -> str:
    """Hex SHA-256 of the settings and the contents of every source, computed without reading rows.

    Raises:
        CorpusError: a source is missing.
    """
    parts: list[Any] = [_VERSION, asdict(config)]
    optional = [PAIRS, *([HUMAN] if config.distribution else [])]
    names = [FUNCTIONS, *(name for name in optional if (config.data / name).is_file())]
    files = [config.data / name for name in names]
    if (listed := _reserved_file(config)) is not None:
        files.append(listed)
    for path in files:
        if not path.is_file():
            raise CorpusError(f"{path}: not found; {_ADVICE.get(path.name, 'correct the setting reserved')}")
        parts.append([path.name, sha256_of(path)])
    return hashlib.sha256(json.dumps(parts, sort_keys=True, default=str).encode()).hexdigest()
