"""A history in Markdown, for job summaries and comments: totals, periods, languages and commits that stand out."""

from collections.abc import Iterator, Mapping
from typing import TextIO

from codeorigin.check.formats.markdown import literal_code, literal_text
from codeorigin.history.formats.charts import periods
from codeorigin.history.formats.report import HistoryReport
from codeorigin.history.results import CommitDetails
from codeorigin.history.totals import Share, Totals, date_of
from codeorigin.model.verdict import Band
from codeorigin.wording import CAVEAT
from codeorigin.wording.figures import probability_decimal
from codeorigin.wording.histories import NOT_BY_AUTHOR, declared_phrase, percents, totals_phrases


def write(report: HistoryReport, stream: TextIO) -> None:
    """Write the document after reading all results, with all names escaped."""
    totals = Totals()
    for result in report.results:
        totals.add(result)
    for line in _lines(report, totals):
        stream.write(f"{line}\n")


def _lines(report: HistoryReport, totals: Totals) -> Iterator[str]:
    left = report.left_out
    yield f"## CodeOrigin history of {literal_text(report.name)}"
    yield ""
    for phrase in totals_phrases(totals, left.merges, left.cut_off, left.unreadable):
        yield literal_text(phrase)
        yield ""
    if (said := declared_phrase(totals)) is not None:
        yield literal_text(said)
        yield ""
    if totals.all.lines:
        yield from _shares("period", dict(periods(totals.months)))
        largest = sorted(totals.languages.items(), key=lambda each: (-each[1].lines, each[0]))
        yield from _shares("language", dict(largest))
    yield from _standing_out(report, totals)
    yield f"{literal_text(report.model)}. {CAVEAT} {NOT_BY_AUTHOR}"


def _shares(title: str, rows: Mapping[str, Share]) -> Iterator[str]:
    yield f"| {title} | commits | functions | lines | {' | '.join(map(str, Band))} |"
    yield f"| --- |{' ---: |' * (3 + len(Band))}"
    for name, share in rows.items():
        figures = [
            f"{share.commits:,}",
            f"{share.functions:,}",
            f"{share.lines:,}",
            *percents(share).values(),
        ]
        yield f"| {literal_text(name)} | {' | '.join(map(literal_text, figures))} |"
    yield ""


def _standing_out(report: HistoryReport, totals: Totals) -> Iterator[str]:
    best = totals.standing_out()
    if not best:
        return
    yield "| commit | date | probability | verdict | functions written | the likeliest of them |"
    yield "| --- | --- | ---: | --- | ---: | --- |"
    for details in report.details(best, with_lines=False):
        result = details.result
        yield (
            f"| {literal_code(result.commit[:10])} | {date_of(result.seconds)[:10]} "
            f"| {literal_text(probability_decimal(result.probability))} | {result.band or ''} | {result.written:,} "
            f"| {_likeliest(details)} |"
        )
    yield ""


def _likeliest(details: CommitDetails) -> str:
    for each in details.functions[:1]:
        path = each.path.encode("utf-8", "surrogateescape").decode("utf-8", "backslashreplace")
        return f"{literal_code(each.name)} {literal_code(f'{path}:{each.first}-{each.last}')}"
    return ""
