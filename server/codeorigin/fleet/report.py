"""The report on all repositories of a scan: an HTML page, and a Parquet file with one row per repository."""

from collections import Counter, defaultdict
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from pathlib import PurePath
from typing import Any, BinaryIO

import pyarrow as pa
import pyarrow.parquet as pq

from codeorigin.cli.terminal import printable
from codeorigin.core.errors import CodeOriginError
from codeorigin.fleet.options import UnitKind
from codeorigin.fleet.store import Store
from codeorigin.history.formats.charts import over_time, periods, treemap
from codeorigin.history.formats.html import area_legend, languages_of, opening, share_table
from codeorigin.history.results import CommitResult, Part
from codeorigin.history.totals import Share, Totals, shares_by_name
from codeorigin.model.verdict import Band
from codeorigin.pages.frame import page
from codeorigin.pages.parts import legend, problems
from codeorigin.text.regular_files import replacing_binary_file, replacing_file

MOST_LISTED = 1_000
"""Maximum length of a list on the page, so that browsers can show it for any number of repositories."""
_ROWS_AT_ONCE = 8192


@dataclass(slots=True)
class _Failures:
    """The number of failures, and the first of them."""

    count: int = 0
    first: list[tuple[str, str]] = field(default_factory=list)

    def add(self, repository: str, why: str) -> None:
        self.count += 1
        if len(self.first) < MOST_LISTED:
            self.first.append((repository, why))


@dataclass(slots=True)
class _Sums:
    repositories: defaultdict[str, Share] = field(default_factory=shares_by_name)
    judged: dict[str, dict[Band, int]] = field(default_factory=dict)
    totals: Totals = field(default_factory=Totals)
    _file: tuple[str, str] | None = None
    _languages: set[str] = field(default_factory=set)

    def add(self, repository: str, parts: tuple[Part, ...], band: str | None) -> None:
        self.repositories[repository].add(parts)
        if repository not in self.judged:
            self.judged[repository] = dict.fromkeys(Band, 0)
        if band is not None:
            self.judged[repository][Band(band)] += 1

    def add_piece(self, row: dict[str, Any]) -> None:
        """Count a row of a tree: a file, or a piece of one. The pieces of a file must be added consecutively."""
        file = (row["repository"], row["path"])
        again, self._file = file == self._file, file
        if not again:
            self._languages.clear()
        part = Part("", row["language"], row["functions"], row["human"], row["unsure"], row["llm"])
        of_language = self.totals.languages[part.language]
        self.totals.all.add([part])
        of_language.add([part])
        self.add(row["repository"], (part,), row["band"])
        # All pieces together count as one file.
        self.totals.all.commits -= again
        self.repositories[row["repository"]].commits -= again
        of_language.commits -= part.language in self._languages
        self._languages.add(part.language)


def _sums(store: Store, kind: UnitKind) -> _Sums:
    sums = _Sums()
    for row in store.rows(kind):
        repository, band = row["repository"], row["band"]
        if kind is UnitKind.COMMITS:
            result = CommitResult.from_dict(
                {name: value for name, value in row.items() if name != "repository"}
            )
            sums.totals.add(result, by_folder=False)
            sums.add(repository, result.parts, band)
        elif row["functions"]:
            sums.add_piece(row)
    return sums


def write_fleet_report(store: Store, kind: UnitKind, model: str) -> None:
    """Write ``report.html`` and ``repositories.parquet`` into the folder of ``store``.

    Raises:
        CodeOriginError: the folder cannot be written.
    """
    sums = _sums(store, kind)
    failures = _Failures()
    for entry in store.entries():
        if entry.error is not None and entry.kind == kind.value:
            failures.add(entry.repository, entry.error)
    folder = store.folder
    try:
        with replacing_binary_file(folder / "repositories.parquet") as file:
            _write_repositories(sums, kind, file)
        with replacing_file(folder / "report.html") as stream:
            stream.writelines(_page(sums, kind, model, failures))
    except OSError as error:
        raise CodeOriginError(
            f"{folder}: cannot write the report here: {error.strerror or error}; the results are kept"
        ) from error


def _write_repositories(sums: _Sums, kind: UnitKind, file: BinaryIO) -> None:
    units = kind.value if kind is UnitKind.COMMITS else "files"
    counts = [units, "functions", "lines", *Band, *(f"judged_{band}" for band in Band)]
    schema = pa.schema([("repository", pa.string()), *((name, pa.int64()) for name in counts)])
    names = sorted(sums.repositories)
    with pq.ParquetWriter(file, schema, compression="zstd") as writer:
        for start in range(0, len(names), _ROWS_AT_ONCE):
            rows = []
            for name in names[start : start + _ROWS_AT_ONCE]:
                share, judged = sums.repositories[name], sums.judged[name]
                figures = [share.commits, share.functions, share.lines]
                figures += [share.bands[band] for band in Band] + [judged[band] for band in Band]
                rows.append({"repository": name, **dict(zip(counts, figures, strict=True))})
            writer.write_table(pa.Table.from_pylist(rows, schema))


def _short_names(names: Sequence[str]) -> list[str]:
    """The paths, each shortened to as many of its last parts as make it unique."""
    parts = [PurePath(name).parts for name in names]
    depth = 1
    shown = [part[-1] for part in parts]
    while taken := {name for name, count in Counter(shown).items() if count > 1}:
        depth += 1
        shown = [
            "/".join(part[-depth:]) if name in taken else name
            for part, name in zip(parts, shown, strict=True)
        ]
        if depth > max(map(len, parts)):
            return list(names)
    return shown


def _page(sums: _Sums, kind: UnitKind, model: str, failures: _Failures) -> Iterator[str]:
    count = len(sums.repositories)
    title = f"CodeOrigin scan of {count:,} {'repository' if count == 1 else 'repositories'}"
    return page(title, _body(sums, kind, failures), model)


def _body(sums: _Sums, kind: UnitKind, failures: _Failures) -> Iterator[str]:
    totals, count = sums.totals, len(sums.repositories)
    unit = "file" if kind is UnitKind.TREE else "commit"
    yield from opening(totals, unit)
    if totals.months:
        yield f"<h2>Over time</h2>{legend()}<figure>{over_time(periods(totals.months))}</figure>"
    named = dict(zip(_short_names(list(sums.repositories)), sums.repositories.values(), strict=True))
    if totals.all.lines:
        areas = treemap(named, kinds=("repository", "repositories"), unit=unit)
        yield f"<h2>By repository</h2>{area_legend()}<figure>{areas}</figure>"
        yield f"<h2>By language</h2>{languages_of(totals, unit)}"
    yield "<h2>Repositories</h2>"
    listed = sorted(sums.repositories)
    if count > MOST_LISTED:
        listed.sort(key=lambda name: -sums.repositories[name].lines)
        listed = sorted(listed[:MOST_LISTED])
        yield f"<p>The {MOST_LISTED:,} of {count:,} with the most lines; repositories.parquet has all.</p>"
    yield share_table("repository", {printable(name): sums.repositories[name] for name in listed}, unit)
    if failures.count:
        more = failures.count - len(failures.first)
        yield f"<h2>Failed: {failures.count:,}</h2>"
        yield problems(
            failures.first, f"And {more:,} more; the files in the folder manifest have all." if more else ""
        )
