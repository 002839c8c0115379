"""The report on all repositories: a page, and a table with one row per repository."""

from collections.abc import Iterator, Sequence
from itertools import islice
from pathlib import Path

import pyarrow as pa

from codeorigin.core.errors import CodeOriginError
from codeorigin.history.formats.html import (
    bars,
    by_language,
    most_lines_first,
    over_time,
    overview,
    share_table,
)
from codeorigin.history.results import Totals
from codeorigin.model.verdict import Band
from codeorigin.report.origin import Origin, report_page
from codeorigin.report.page import problems
from codeorigin.scan.work import Judged, write_rows
from codeorigin.shell.terminal import display_path
from codeorigin.text.regular_files import replacing_file
from codeorigin.text.short_names import short_names

MOST_LISTED = 1_000
"""Maximum length of a list on the page, so that browsers can show it for any number of repositories."""
_COUNTS = ("commits", "functions", "lines", *Band, *(f"judged_{band}" for band in Band))
_REPOSITORIES = pa.schema(
    [("repository", pa.string()), *((name, pa.int64()) for name in _COUNTS), ("error", pa.string())]
)


def write_report(out: Path, judged: Sequence[Judged], model: str) -> None:
    """Write ``report.html`` and ``repositories.parquet``.

    Raises:
        CodeOriginError: the folder cannot be written.
    """
    ordered = sorted(judged, key=lambda found: found.repository)
    write_rows(out, "repositories.parquet", _REPOSITORIES, map(_row, ordered))
    try:
        with replacing_file(out / "report.html", root=out) as stream:
            stream.writelines(report_page("scan", Origin(outcome(judged)), _body(ordered), model))
    except OSError as error:
        raise CodeOriginError(f"cannot write the report here: {error.strerror or error}", out) from error


def outcome(judged: Sequence[Judged]) -> str:
    """``7 repositories judged, 2 failed``."""
    failed = sum(found.error is not None for found in judged)
    done = len(judged) - failed
    said = f"{done:,} {'repository' if done == 1 else 'repositories'} judged"
    return f"{said}, {failed:,} failed" if failed else said


def _row(found: Judged) -> dict[str, object]:
    share, bands = found.totals.all, found.totals.commit_bands
    counts = [share.commits, share.functions, share.lines, *share.bands.values(), *bands.values()]
    about = {"repository": display_path(found.repository), "error": found.error}
    return about | dict(zip(_COUNTS, counts, strict=True))


def _body(judged: Sequence[Judged]) -> Iterator[str]:
    totals = Totals()
    for found in judged:
        totals.include(found.totals)
    yield from overview(totals)
    if totals.all.lines:
        by_path = {found.repository: found.totals.all for found in judged if found.error is None}
        titles = short_names(by_path)
        shares = most_lines_first({name: by_path[path] for name, path in titles.items()})
        yield "<h2>Over time</h2>"
        yield from over_time(totals)
        yield by_language(totals)
        yield f"<h2>By repository</h2>{bars(shares, titles)}"
        if len(shares) > MOST_LISTED:
            yield f"<p>The {MOST_LISTED:,} of {len(shares):,} with the most lines; repositories.parquet has all.</p>"
        yield share_table("repository", dict(islice(shares.items(), MOST_LISTED)), titles)
    if failed := [found.failure for found in judged if found.failure is not None]:
        more = len(failed) - MOST_LISTED
        yield f"<h2>Failed: {len(failed):,}</h2>"
        left = f"And {more:,} more; repositories.parquet has all." if more > 0 else ""
        yield problems(failed[:MOST_LISTED], left)
