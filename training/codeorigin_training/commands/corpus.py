"""The command ``corpus``: builds a run's corpus from every enabled source, cleans it and writes a data card."""

import hashlib
import json
from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import asdict, dataclass, field
from pathlib import Path
from typing import Any

from codeorigin.model.folder import sha256_of
from codeorigin_training.corpus.card import data_card, rows_hash
from codeorigin_training.corpus.debian import SourcePackage, download_sources, read_source_packages
from codeorigin_training.corpus.filters import FilterConfig, filtered
from codeorigin_training.corpus.near_duplicates import Deduplication, drop_across_splits
from codeorigin_training.corpus.packages import download, read_packages
from codeorigin_training.corpus.readers.debian import MOST_ROWS, read_source_functions
from codeorigin_training.corpus.readers.git_history import git
from codeorigin_training.corpus.readers.git_trailers import find_repositories, read_repositories
from codeorigin_training.corpus.readers.jsonl import read_jsonl
from codeorigin_training.corpus.readers.packages import read_package_archives
from codeorigin_training.corpus.readers.snippets import SNIPPETS, read_snippets
from codeorigin_training.corpus.reserved import RESERVED, is_reserved, read_reserved, without_reserved
from codeorigin_training.corpus.rows import (
    FUNCTIONS,
    HUMAN,
    PAIRS,
    CorpusError,
    Row,
    limited,
    read_functions,
    read_human,
    read_pairs,
)
from codeorigin_training.corpus.splits import is_held_out
from codeorigin_training.corpus.writer import copy_pairs, write_functions
from codeorigin_training.files import write_whole
from codeorigin_training.pretrain.texts import UNLABELLED
from codeorigin_training.run import Log, Run
from codeorigin_training.tracking import tracked

CARD, RECORD = "card.md", "corpus.json"

_VERSION = 3
"""Increased when the same inputs would give a different corpus."""


@dataclass(frozen=True, slots=True)
class CorpusConfig:
    """The sources of the corpus, and how it is cleaned.

    ``data`` is a folder with functions.parquet, pairs.parquet and, for ``snippets``, snippets.parquet. At most
    ``function_limit`` functions of a repository and label are read from functions.parquet. ``distribution`` also reads
    human.parquet if there is one, at most ``distribution_limit`` functions of each package. Functions of the projects
    in ``reserved``, by default the folder's reserved.txt, are excluded from all sources.

    ``jsonl`` are files with one row per line; ``repositories`` is a folder of git repositories. ``packages`` downloads
    the pinned releases, or those of ``package_list``, to ``package_folder`` (by default ``packages`` in the run).
    ``debian`` downloads pinned source packages of a distribution, or those of ``debian_list``, to the same folder,
    except those in human.parquet. ``repository_limit``, ``package_limit`` and ``debian_limit`` are for the
    functions of one label from a repository or package; up to ``unlabelled_limit`` more of a package are used for
    pretraining only. ``filters`` and ``near_duplicates`` clean what was read.
    """

    data: Path | None = None
    function_limit: int = 300
    distribution: bool = True
    distribution_limit: int = 20
    reserved: Path | None = None
    jsonl: tuple[Path, ...] = ()
    repositories: Path | None = None
    packages: bool = False
    package_list: Path | None = None
    package_folder: Path | None = None
    debian: bool = False
    debian_list: Path | None = None
    snippets: bool = False
    repository_limit: int = 220
    package_limit: int = 150
    debian_limit: int = MOST_ROWS
    unlabelled_limit: int = 0
    filters: bool = True
    filter: FilterConfig = field(default_factory=FilterConfig)
    near_duplicates: bool = True
    near_duplicate_threshold: float = 0.8
    seed: int = 0

    def __post_init__(self) -> None:
        limits = (self.function_limit, self.distribution_limit, self.repository_limit, self.package_limit)
        if min(*limits, self.debian_limit) < 1 or self.unlabelled_limit < 0:
            raise ValueError(
                "function_limit, distribution_limit, repository_limit, debian_limit and package_limit must be at "
                "least 1, unlabelled_limit 0"
            )
        if not 0 < self.near_duplicate_threshold <= 1:
            raise ValueError("near_duplicate_threshold must lie above 0 and up to 1")
        if self.snippets and self.data is None:
            raise ValueError("snippets needs data, the folder that holds snippets.parquet")
        named = self.data is not None or self.jsonl or self.repositories is not None
        if not named and not self.packages and not self.debian:
            raise ValueError("name a source: data, jsonl, repositories, packages or debian")


def corpus(config: CorpusConfig, run: Run, log: Log) -> None:
    """Write functions.parquet, pairs.parquet, card.md and corpus.json, unless the run has them from the same inputs.

    If ``unlabelled_limit`` is positive, unlabelled.parquet may be written too.

    Raises:
        CorpusError: a source is missing or broken, or the functions left are not of both labels.
    """
    inputs = _inputs_hash(config)
    outputs = [run.corpus / name for name in (FUNCTIONS, PAIRS, CARD, RECORD)]
    if all(path.is_file() for path in outputs) and _recorded_inputs(run.corpus / RECORD) == inputs:
        log(f"corpus: {run.corpus} is of the same inputs and stays")
        return
    for stale in (RECORD, UNLABELLED):
        (run.corpus / stale).unlink(missing_ok=True)
    with tracked(run, "corpus", config) as tracker:
        tracker.metrics(_made(config, run, inputs, log), 0)
        tracker.artifact(run.corpus / CARD)


def _made(config: CorpusConfig, run: Run, inputs: str, log: Log) -> dict[str, float]:
    """Write the corpus and return its counts."""
    reserved = _reserved(config)
    rows = without_reserved([*_functions(config, run, reserved, log), *_pairs(config)], reserved)
    unlabelled = without_reserved(_unlabelled(config, run, rows), reserved)
    rejected: dict[str, int] | None = None
    if config.filters:
        rows, counts = filtered(rows, config.filter)
        unlabelled, _ = filtered(unlabelled, config.filter)
        rejected = dict(counts)
        log(f"filters: {sum(rejected.values()):,} rows left out")
    duplicates: Deduplication | None = None
    if config.near_duplicates:
        rows, unlabelled, duplicates = _without_copies(rows, unlabelled, config)
        log(f"near duplicates: {duplicates.across + duplicates.within + duplicates.partners:,} rows left out")
    functions = [row for row in rows if row.pair is None]
    if len({row.label for row in functions}) < 2:
        raise CorpusError("the corpus has rows of one label alone; add a source that holds the other")
    write_functions(functions, run.corpus / FUNCTIONS)
    kept = {row.pair for row in rows if row.pair is not None}
    copy_pairs(config.data and config.data / PAIRS, kept, run.corpus / PAIRS)
    if unlabelled:
        write_functions(unlabelled, run.corpus / UNLABELLED)
    card = data_card(
        rows, configuration=asdict(config), rejected=rejected, duplicates=duplicates, unlabelled=unlabelled
    )
    write_whole(run.corpus / CARD, card)
    record = {
        "inputs": inputs,
        "hash": rows_hash(rows),
        "functions": len(functions),
        "pairs": (len(rows) - len(functions)) // 2,
        "unlabelled": len(unlabelled),
        "rejected": rejected,
        "configuration": asdict(config),
    }
    text = json.dumps(record, indent=2, default=str) + "\n"
    write_whole(run.corpus / RECORD, text)
    log(f"corpus: {len(functions):,} functions in {run.corpus}")
    return {
        "functions": len(functions),
        "llm_functions": sum(row.label for row in functions),
        "pairs": (len(rows) - len(functions)) // 2,
        "repositories": len({row.repo for row in rows}),
    }


def _functions(config: CorpusConfig, run: Run, reserved: frozenset[str], log: Log) -> Iterator[Row]:
    packaged: list[Row] = []
    if config.data is not None:
        yield from _counted("data", limited(read_functions(config.data), config.function_limit), log)
        if config.distribution and (packaged := read_human(config.data)):
            yield from _counted("distribution", limited(packaged, config.distribution_limit), log)
    for path in config.jsonl:
        yield from _counted(path.name, list(read_jsonl(path)), log)
    if config.repositories is not None:
        read = read_repositories(config.repositories, limit=config.repository_limit, seed=config.seed)
        yield from _counted("repositories", list(read), log)
    if config.packages:
        folder = config.package_folder or run.folder / "packages"
        there = download(read_packages(config.package_list), folder, log)
        archives = read_package_archives(there, folder, limit=config.package_limit, seed=config.seed)
        yield from _counted("packages", list(archives), log)
    if config.debian:
        folder = config.package_folder or run.folder / "packages"
        known = {row.repo for row in packaged}
        wanted = [each for each in _source_packages(config, reserved) if each.repo not in known]
        sources = read_source_functions(
            download_sources(wanted, folder, log), folder, log, limit=config.debian_limit, seed=config.seed
        )
        yield from _counted("debian", list(sources), log)
    if config.snippets and config.data is not None:
        yield from _counted("snippets", list(read_snippets(config.data / SNIPPETS, with_functions=True)), log)


def _unlabelled(config: CorpusConfig, run: Run, rows: Sequence[Row]) -> list[Row]:
    """Functions of the packages that are not among ``rows``."""
    if not config.packages or not config.unlabelled_limit:
        return []
    labelled = {row.code for row in rows}
    folder = config.package_folder or run.folder / "packages"
    there = [each for each in read_packages(config.package_list) if each.is_in(folder)]
    more = config.package_limit + config.unlabelled_limit
    archives = read_package_archives(there, folder, limit=more, seed=config.seed)
    counts: Counter[str] = Counter()
    found: list[Row] = []
    for row in archives:
        if row.code not in labelled and counts[row.repo] < config.unlabelled_limit:
            counts[row.repo] += 1
            found.append(row)
    return found


def _source_packages(config: CorpusConfig, reserved: frozenset[str]) -> list[SourcePackage]:
    """The pinned source packages; reserved ones are not even downloaded."""
    listed = read_source_packages(config.debian_list)
    return [package for package in listed if not is_reserved(package.repo, reserved)]


def _without_copies(
    rows: list[Row], unlabelled: list[Row], config: CorpusConfig
) -> tuple[list[Row], list[Row], Deduplication]:
    """Both lists without near duplicates of held-out rows; unlabelled code counts as training code."""
    result = drop_across_splits(
        [*rows, *unlabelled],
        lambda row: int(is_held_out(row.repo)),
        threshold=config.near_duplicate_threshold,
        seed=config.seed + 1,
    )
    kept = [rows[index] for index in result.kept if index < len(rows)]
    return kept, [unlabelled[index - len(rows)] for index in result.kept if index >= len(rows)], result


def _reserved(config: CorpusConfig) -> frozenset[str]:
    path = _reserved_file(config)
    return frozenset() if path is None else read_reserved(path)


def _reserved_file(config: CorpusConfig) -> Path | None:
    """The configured list, which must exist, or else the one in ``data`` if there is one."""
    if config.reserved is not None or config.data is None:
        return config.reserved
    beside = config.data / RESERVED
    return beside if beside.is_file() else None


def _pairs(config: CorpusConfig) -> list[Row]:
    return read_pairs(config.data) if config.data is not None and (config.data / PAIRS).is_file() else []


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
    settings = {name: value for name, value in asdict(config).items() if name != "package_folder"}
    parts: list[Any] = [_VERSION, settings]
    files = list(config.jsonl)
    if config.data is not None:
        optional = [PAIRS, *([HUMAN] if config.distribution else [])]
        names = [FUNCTIONS, *(name for name in optional if (config.data / name).is_file())]
        files += [config.data / name for name in [*names, *([SNIPPETS] if config.snippets else [])]]
    if (listed := _reserved_file(config)) is not None:
        files.append(listed)
    for path in files:
        if not path.is_file():
            raise CorpusError(f"{path}: not found; correct the settings data, jsonl and reserved")
        parts.append([path.name, sha256_of(path)])
    if config.repositories is not None:
        repositories = find_repositories(config.repositories)
        parts += [
            [each.name, git(each, "rev-parse", "HEAD").decode("ascii").strip()] for each in repositories
        ]
    if config.debian:
        parts += [[each.repo, each.version, each.sha256] for each in read_source_packages(config.debian_list)]
    if config.packages:
        parts += [[each.repo, *each.versions()] for each in read_packages(config.package_list)]
    return hashlib.sha256(json.dumps(parts, sort_keys=True, default=str).encode()).hexdigest()
