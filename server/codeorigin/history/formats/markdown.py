"""A history in Markdown, for job summaries and comments: totals, periods, languages and commits that stand out."""

from collections.abc import Iterator, Mapping

from codeorigin.check.formats.markdown import literal_code, literal_text
from codeorigin.history.formats.charts import periods
from codeorigin.history.formats.writer import HistoryWriter
from codeorigin.history.history_run import HistoryRun
from codeorigin.history.results import CommitDetails
from codeorigin.history.totals import Share, Totals, date_of
from codeorigin.history.wording import (
    NOT_BY_AUTHOR,
    agents_percent,
    declared_lines_phrase,
    declared_phrase,
    percents,
    totals_phrases,
)
from codeorigin.model.verdict import Band
from codeorigin.report import CAVEAT
from codeorigin.report.declared import disagreement_sentence
from codeorigin.report.figures import probability_decimal
from codeorigin.shell.terminal import display_path


class MarkdownWriter(HistoryWriter):
    """Writes the document, with all names escaped."""

    def finish(self, totals: Totals) -> None:
        """Write the document."""
        for line in _lines(self.run, totals):
            self.stream.write(f"{line}\n")


def _lines(run: HistoryRun, totals: Totals) -> Iterator[str]:
    plan = run.plan
    yield f"## CodeOrigin history of {literal_text(run.name)}"
    yield ""
    for phrase in totals_phrases(totals, plan.merges, plan.cut_off):
        yield phrase
        yield ""
    for said in (declared_phrase(totals), declared_lines_phrase(totals.all)):
        if said is not None:
            yield literal_text(said)
            yield ""
    if totals.all.lines:
        yield from _shares("period", dict(periods(totals.months)))
        largest = sorted(totals.languages.items(), key=lambda item: (-item[1].lines, item[0]))
        yield from _shares("language", dict(largest))
    yield from _disagreements(run, totals)
    yield from _standing_out(run, totals)
    yield f"{literal_text(run.model)}. {CAVEAT} {NOT_BY_AUTHOR}"


def _shares(title: str, rows: Mapping[str, Share]) -> Iterator[str]:
    is_declared = any(share.declared_lines for share in rows.values())
    columns = [
        "commits",
        "functions",
        "lines",
        *map(str, Band),
        *(["declared an agent's"] if is_declared else []),
    ]
    yield f"| {title} | {' | '.join(columns)} |"
    yield f"| --- |{' ---: |' * len(columns)}"
    for name, share in rows.items():
        figures = [
            f"{share.commits:,}",
            f"{share.functions:,}",
            f"{share.lines:,}",
            *percents(share).values(),
            *([agents_percent(share)] if is_declared else []),
        ]
        yield f"| {literal_text(name)} | {' | '.join(figures)} |"
    yield ""


def _disagreements(run: HistoryRun, totals: Totals) -> Iterator[str]:
    for kind, commits in run.disagreements(totals, with_lines=False):
        yield disagreement_sentence(kind, totals.disagree[kind])
        yield ""
        yield "| commit | date | functions | the first of them |"
        yield "| --- | --- | ---: | --- |"
        for details in commits:
            count = len(details.functions) + details.more
            result = details.result
            yield (
                f"| {literal_code(result.commit[:10])} | {date_of(result.seconds)[:10]} | {count:,} "
                f"| {_likeliest(details)} |"
            )
        yield ""


def _standing_out(run: HistoryRun, totals: Totals) -> Iterator[str]:
    best = totals.standing_out()
    if not best:
        return
    yield "| commit | date | probability | verdict | functions written | the likeliest of them |"
    yield "| --- | --- | ---: | --- | ---: | --- |"
    for details in run.details(best, with_lines=False):
        result = details.result
        yield (
            f"| {literal_code(result.commit[:10])} | {date_of(result.seconds)[:10]} "
            f"| {probability_decimal(result.probability)} | {result.band or ''} | {result.written:,} "
            f"| {_likeliest(details)} |"
        )
    yield ""


def _likeliest(details: CommitDetails) -> str:
    for function in details.functions[:1]:
        path = display_path(function.path)
        return f"{literal_code(function.name)} {literal_code(f'{path}:{function.first}-{function.last}')}"
    return ""
