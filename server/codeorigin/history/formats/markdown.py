"""A history in Markdown, for job summaries and comments: totals, periods, languages and commits that stand out."""

from collections.abc import Iterator, Mapping
from typing import TYPE_CHECKING

from codeorigin.check.formats.markdown import literal_code, literal_text
from codeorigin.cli.terminal import display_path
from codeorigin.history.formats.charts import periods
from codeorigin.history.formats.writer import HistoryWriter
from codeorigin.history.results import CommitDetails
from codeorigin.history.totals import Share, Totals, date_of
from codeorigin.model.verdict import Band
from codeorigin.wording import CAVEAT
from codeorigin.wording.figures import probability_decimal
from codeorigin.wording.histories import NOT_BY_AUTHOR, declared_phrase, percents, totals_phrases

if TYPE_CHECKING:
    from codeorigin.history.history_run import HistoryRun


class MarkdownWriter(HistoryWriter):
    """Writes the document, with all names escaped."""

    def finish(self, totals: Totals) -> None:
        """Write the document."""
        for line in _lines(self.run, totals):
            self.stream.write(f"{line}\n")


def _lines(run: "HistoryRun", totals: Totals) -> Iterator[str]:
    plan = run.plan
    yield f"## CodeOrigin history of {literal_text(run.name)}"
    yield ""
    for phrase in totals_phrases(totals, plan.merges, plan.cut_off, plan.unreadable):
        yield literal_text(phrase)
        yield ""
    if (said := declared_phrase(totals)) is not None:
        yield literal_text(said)
        yield ""
    if totals.all.lines:
        yield from _shares("period", dict(periods(totals.months)))
        largest = sorted(totals.languages.items(), key=lambda each: (-each[1].lines, each[0]))
        yield from _shares("language", dict(largest))
    yield from _standing_out(run, totals)
    yield f"{literal_text(run.model)}. {CAVEAT} {NOT_BY_AUTHOR}"


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


def _standing_out(run: "HistoryRun", totals: Totals) -> Iterator[str]:
    best = totals.standing_out()
    if not best:
        return
    yield "| commit | date | probability | verdict | functions written | the likeliest of them |"
    yield "| --- | --- | ---: | --- | ---: | --- |"
    for details in run.details(best, with_lines=False):
        result = details.result
        yield (
            f"| {literal_code(result.commit[:10])} | {date_of(result.seconds)[:10]} "
            f"| {literal_text(probability_decimal(result.probability))} | {result.band or ''} | {result.written:,} "
            f"| {_likeliest(details)} |"
        )
    yield ""


def _likeliest(details: CommitDetails) -> str:
    for each in details.functions[:1]:
        path = display_path(each.path)
        return f"{literal_code(each.name)} {literal_code(f'{path}:{each.first}-{each.last}')}"
    return ""
