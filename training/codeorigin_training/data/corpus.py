"""The command ``corpus``: builds a run's corpus from every enabled source, cleans it and writes a data card."""

import hashlib
from collections import Counter
from collections.abc import Iterator
from dataclasses import asdict, field
from pathlib import Path

import numpy as np
from pydantic.dataclasses import dataclass

from codeorigin.model.folder import sha256_of
from codeorigin_training.configuration import STRICT, Count
from codeorigin_training.data.card import data_card
from codeorigin_training.data.filters import FilterConfig, filtered, templates
from codeorigin_training.data.near_duplicates import fitting_rows, near_duplicates
from codeorigin_training.data.reserved import LOCKBOX, RESERVED, read_reserved, without_reserved
from codeorigin_training.data.rows import (
    FUNCTIONS,
    HUMAN,
    PAIRS,
    PUBLISHED,
    SNIPPETS,
    CorpusError,
    Row,
    corpus_hash,
    limited,
    read_functions,
    read_human,
    read_pairs,
    read_snippets,
    rows_where,
)
from codeorigin_training.data.splits import is_held_out
from codeorigin_training.data.writer import copy_pairs, write_functions
from codeorigin_training.run import Log, Run, write_atomically
from codeorigin_training.tracking import tracked

CARD = "card.md"

_ADVICE = {FUNCTIONS: "pass the folder of the corpus with --data, or with --set data=FOLDER"}


@dataclass(frozen=True, config=STRICT)
class CorpusConfig:
    """The sources of the corpus, and how it is cleaned.

    ``data`` is a folder with functions.parquet and, if there are any, pairs.parquet. At most ``function_limit``
    functions of a repository and label are read. ``distribution`` also reads human.parquet if there is one, at most
    ``distribution_limit`` functions of each package. Functions of the projects in ``reserved``, by default the
    folder's reserved.txt, are excluded from all sources, and with ``lockbox`` those of the projects that the version's
    model is measured on, once. Of the answers in snippets.parquet, if there is one, the corpus has at most
    ``published_limit`` by every LLM, which calibrate what is called human and train nothing. ``filters`` and
    ``near_duplicates`` clean what was read.
    """

    data: Path
    function_limit: Count = 300
    distribution: bool = True
    distribution_limit: Count = 20
    published_limit: Count = 40
    reserved: Path | None = None
    lockbox: bool = True
    filters: bool = True
    filter: FilterConfig = field(default_factory=FilterConfig)
    near_duplicates: bool = True
    seed: int = 0


def corpus(config: CorpusConfig, run: Run) -> None:
    """Write functions.parquet, pairs.parquet and card.md, unless the run has them from the same inputs.

    Raises:
        CorpusError: a source is missing or broken, or the functions left are not of both labels.
    """
    names = [name for name in (PAIRS, HUMAN, SNIPPETS) if (config.data / name).is_file()]
    files = [config.data / name for name in (FUNCTIONS, *names)]
    if (listed := _reserved_file(config)) is not None:
        files.append(listed)
    if config.lockbox:
        files.append(LOCKBOX)
    for path in files:
        if not path.is_file():
            raise CorpusError(f"{path}: not found; {_ADVICE.get(path.name, 'correct the setting reserved')}")
    inputs = [asdict(config), {path.name: sha256_of(path) for path in files}]
    outputs = [run.corpus / name for name in (FUNCTIONS, PAIRS, PUBLISHED, CARD)]
    run.cached("corpus", inputs, lambda: _write(config, run), outputs)


def _write(config: CorpusConfig, run: Run) -> None:
    listed = _reserved_file(config)
    reserved = frozenset[str]() if listed is None else read_reserved(listed)
    if config.lockbox:
        reserved |= read_reserved(LOCKBOX)
    rows = without_reserved([*_functions(config, run.log), *_pairs(config)], reserved)
    left_out: dict[str, int] = {}
    if config.filters:
        rows, rejected = filtered(rows, config.filter)
        left_out = {f"filter: {reason}": count for reason, count in sorted(rejected.items())}
        run.log(f"filters: {sum(left_out.values()):,} rows left out")
    if config.near_duplicates:
        held_out = np.array([is_held_out(row.repo) for row in rows], dtype=bool)
        groups = near_duplicates([row.code for row in rows], seed=config.seed + 1)
        template = templates(rows, groups)
        fitting = held_out | fitting_rows(rows, np.where(held_out, 0, 1), groups=groups)[0]
        left_out["llm with a copy in another owner's repository"] = int(template.sum())
        left_out["near duplicate of held-out code"] = int((~fitting & ~template).sum())
        rows = rows_where(rows, fitting & ~template)
        run.log(
            f"near duplicates: {(~fitting | template).sum():,} rows left out, {template.sum():,} templates"
        )
    functions = [row for row in rows if row.pair is None]
    if len({row.label for row in functions}) < 2:
        raise CorpusError("the corpus has rows of one label alone; add a source that holds the other")
    with tracked(run, "corpus", config) as tracker:
        write_functions(functions, run.corpus / FUNCTIONS)
        pairs_left = {row.pair for row in rows if row.pair is not None}
        copy_pairs(config.data / PAIRS, pairs_left, run.corpus / PAIRS)
        write_functions(_published(config), run.corpus / PUBLISHED)
        card = data_card(
            rows, digest=corpus_hash(run.corpus), configuration=asdict(config), left_out=left_out
        )
        write_atomically(run.corpus / CARD, card)
        run.log(f"corpus: {len(functions):,} functions in {run.corpus}")
        counts = {"functions": len(functions), "llm_functions": sum(row.label for row in functions)}
        tracker.metrics(counts | {"pairs": len(pairs_left)}, 0)
        tracker.artifact(run.corpus / CARD)


def _functions(config: CorpusConfig, log: Log) -> Iterator[Row]:
    yield from _counted("data", limited(read_functions(config.data), config.function_limit), log)
    if config.distribution and (packaged := read_human(config.data)):
        yield from _counted("distribution", limited(packaged, config.distribution_limit), log)


def _reserved_file(config: CorpusConfig) -> Path | None:
    """The configured list, which must exist, or else the one in ``data`` if there is one."""
    if config.reserved is not None:
        return config.reserved
    beside = config.data / RESERVED
    return beside if beside.is_file() else None


def _published(config: CorpusConfig) -> list[Row]:
    """Answers of every LLM, drawn by the hash of their text."""
    path = config.data / SNIPPETS
    answers = [row for row in read_snippets(path) if row.label == 1] if path.is_file() else []
    answers.sort(key=lambda row: hashlib.sha256(row.code.encode("utf-8", "surrogatepass")).digest())
    taken: Counter[str] = Counter()
    found: list[Row] = []
    for row in answers:
        if taken[row.generator] < config.published_limit:
            taken[row.generator] += 1
            found.append(row)
    return found


def _pairs(config: CorpusConfig) -> list[Row]:
    return read_pairs(config.data) if (config.data / PAIRS).is_file() else []


def _counted(name: str, rows: list[Row], log: Log) -> list[Row]:
    log(f"{name}: {len(rows):,} functions of {len({row.repo for row in rows}):,} repositories")
    return rows
