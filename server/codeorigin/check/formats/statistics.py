"""Counts of functions by language and by folder, for a terminal."""

from collections import Counter, defaultdict
from collections.abc import Mapping
from pathlib import PurePath

from rich.console import Console
from rich.text import Text

from codeorigin.check.result import CheckResult
from codeorigin.cli.terminal import printable
from codeorigin.model.verdict import Band

_BANDS = (Band.LLM, Band.UNSURE, Band.HUMAN, None)
_HEADING = f"{'llm':>7}  {'unsure':>7}  {'human':>7}  {'not judged':>10}"


def write_statistics(result: CheckResult, console: Console) -> None:
    """Write a table by language and one by folder, most findings first; nothing if there are no functions."""
    languages: dict[str, Counter[Band | None]] = defaultdict(Counter)
    folders: dict[str, Counter[Band | None]] = defaultdict(Counter)
    for file in result.files:
        bands = Counter(function.verdict.band for function in file.report.functions)
        if bands:
            languages[file.report.language].update(bands)
            folders[PurePath(file.path).parent.as_posix()].update(bands)
    for title, rows in (("language", languages), ("folder", folders)):
        if rows:
            _write_table(title, rows, console)


def _write_table(title: str, rows: Mapping[str, Counter[Band | None]], console: Console) -> None:
    console.print(Text(f"{_HEADING}  {title}", "bold"))
    for name, bands in sorted(rows.items(), key=lambda row: ([-row[1][band] for band in _BANDS], row[0])):
        figures = [f"{bands[band]:>{10 if band is None else 7},}" for band in _BANDS]
        console.print(Text(f"{'  '.join(figures)}  {printable(name)}"))
    console.print()
