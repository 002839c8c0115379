"""The report on all repositories: a page, and a table with one row per repository."""

from collections import Counter
from collections.abc import Iterator, Sequence
from itertools import islice
from pathlib import Path, PurePath

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
from codeorigin.scan.work import Judged, rows_file
from codeorigin.text.literal_text import shorten
from codeorigin.text.regular_files import replacing_file

LONGEST_NAME = 200
"""Characters of the name of a repository that failed."""
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
    with rows_file(out, "repositories.parquet", _REPOSITORIES) as rows:
        for found in ordered:
            rows.add(_row(found))
    count = len(judged)
    origin = Origin(f"{count:,} {'repository' if count == 1 else 'repositories'}")
    try:
        with replacing_file(out / "report.html", root=out) as stream:
            stream.writelines(report_page("scan", origin, _body(ordered), model))
    except OSError as error:
        raise CodeOriginError(f"cannot write the report here: {error.strerror or error}", out) from error


def _row(found: Judged) -> dict[str, object]:
    share, bands = found.totals.all, found.totals.commit_bands
    counts = [share.commits, share.functions, share.lines, *share.bands.values(), *bands.values()]
    return {"repository": found.repository, "error": found.error} | dict(zip(_COUNTS, counts, strict=True))


def _body(judged: Sequence[Judged]) -> Iterator[str]:
    totals = Totals()
    for found in judged:
        totals.include(found.totals)
    yield from overview(totals)
    if totals.all.lines:
        titles = short_names([found.repository for found in judged])
        totals_of = {found.repository: found.totals.all for found in judged if found.error is None}
        shares = most_lines_first(
            {name: totals_of[path] for name, path in titles.items() if path in totals_of}
        )
        yield "<h2>Over time</h2>"
        yield from over_time(totals)
        yield by_language(totals)
        yield f"<h2>By repository</h2>{bars(shares, titles)}"
        if len(shares) > MOST_LISTED:
            yield f"<p>The {MOST_LISTED:,} of {len(shares):,} with the most lines; repositories.parquet has all.</p>"
        yield share_table("repository", dict(islice(shares.items(), MOST_LISTED)), titles)
    failed = [
        (shorten(found.repository, LONGEST_NAME), found.error) for found in judged if found.error is not None
    ]
    if failed:
        more = len(failed) - MOST_LISTED
        yield f"<h2>Failed: {len(failed):,}</h2>"
        yield problems(
            failed[:MOST_LISTED], f"And {more:,} more; repositories.parquet has all." if more > 0 else ""
        )


def short_names(paths: Sequence[str]) -> dict[str, str]:
    """The paths by their names: the fewest last parts of each that no other path ends with."""
    endings = {path: _endings(PurePath(path).parts) for path in paths}
    counts = Counter(ending for found in endings.values() for ending in found)
    return {
        next((name for name in found if counts[name] == 1), path): path for path, found in endings.items()
    }


def _endings(parts: Sequence[str]) -> list[str]:
    return ["/".join(parts[start:]) for start in range(len(parts) - 1, 0, -1)]
