"""``codeorigin delta``: compares two reports, and writes the comparison as text, JSON or Markdown."""

from collections.abc import Iterator, Sequence
from dataclasses import asdict
from functools import partial
from typing import Any, TextIO

from rich.cells import cell_len

from codeorigin.check.delta import Delta, ReportedFunction, compare, read_functions
from codeorigin.check.formats import DeltaFormat
from codeorigin.check.formats.json_text import encoded
from codeorigin.check.formats.markdown import LONGEST_LIST, literal_code
from codeorigin.check.formats.text import WIDEST_LOCATION
from codeorigin.check.options import DeltaOptions
from codeorigin.model.verdict import Band
from codeorigin.shell.console import padded
from codeorigin.shell.exit_codes import ExitCode
from codeorigin.shell.output import open_reports
from codeorigin.shell.terminal import printable, write_all
from codeorigin.wording import CAVEAT
from codeorigin.wording.figures import counted, probability_decimal
from codeorigin.wording.functions import band_or_reason


def run_delta(options: DeltaOptions) -> int:
    """Compare, write the comparisons, and return the exit code."""
    with open_reports(options.targets) as reports:
        delta = compare(
            read_functions(options.old), read_functions(options.new), every_change=options.every_change
        )
        for report in reports:
            report.finish(partial(_write, delta, report.format, report.stream))
    return ExitCode.FINDINGS if delta.new_findings else ExitCode.OK


def _write(delta: Delta, delta_format: DeltaFormat, stream: TextIO) -> None:
    match delta_format:
        case DeltaFormat.TEXT:
            lines = _lines(delta)
        case DeltaFormat.JSON:
            lines = iter([encoded(_data(delta), indent=2)])
        case DeltaFormat.MARKDOWN:
            lines = _markdown(delta)
    write_all(stream, "\n".join(lines) + "\n")


def _lines(delta: Delta) -> Iterator[str]:
    """Yield one line per function, with the verdict that it had if that changed, then the totals."""
    rows = [("added", _verdict(entry), entry) for entry in delta.added]
    rows += [("changed", _change(before, after), after) for before, after in delta.changed]
    rows += [("gone", _verdict(entry), entry) for entry in delta.gone]
    width = max((len(verdict) for _, verdict, _ in rows), default=0)
    places = [printable(_place(entry)) for _, _, entry in rows]
    widest = max((cell_len(place) for place in places if cell_len(place) <= WIDEST_LOCATION), default=0)
    for (kind, verdict, entry), place in zip(rows, places, strict=True):
        yield f"{kind:<7}  {verdict:<{width}}  {padded(place, widest)}  {printable(entry.qualified_name)}"
    if rows:
        yield ""
    yield f"{_new_findings(delta)}; {_totals(delta)}."


def _data(delta: Delta) -> dict[str, Any]:
    return {
        "added": [asdict(entry) for entry in delta.added],
        "gone": [asdict(entry) for entry in delta.gone],
        "changed": [{"old": asdict(before), "new": asdict(after)} for before, after in delta.changed],
        "same": delta.same,
        "moved": delta.moved,
        "new_findings": delta.new_findings,
    }


def _markdown(delta: Delta) -> Iterator[str]:
    """Yield the totals and a table for each kind of difference, as a comment on a change, with all names escaped."""
    yield "## CodeOrigin"
    yield ""
    yield f"**{_new_findings(delta)}**; {_totals(delta)}."
    yield ""
    yield from _table("Added", [[entry] for entry in delta.added], ["verdict"])
    yield from _table("Changed", [[after, before] for before, after in delta.changed], ["verdict", "before"])
    yield from _table("Gone", [[entry] for entry in delta.gone], ["verdict"])
    yield CAVEAT


def _table(title: str, rows: Sequence[Sequence[ReportedFunction]], verdicts: Sequence[str]) -> Iterator[str]:
    """Yield a table with one line per row: the function, its location, and the verdict of each entry in the row."""
    if not rows:
        return
    yield f"### {title}"
    yield ""
    yield f"| function | file and lines | {' | '.join(verdicts)} |"
    yield f"| --- | --- |{' --- |' * len(verdicts)}"
    for row in rows[:LONGEST_LIST]:
        entry = row[0]
        cells = [
            literal_code(entry.qualified_name),
            literal_code(_place(entry)),
            *(_verdict_cell(function) for function in row),
        ]
        yield f"| {' | '.join(cells)} |"
    yield ""
    if len(rows) > LONGEST_LIST:
        yield f"And {len(rows) - LONGEST_LIST:,} more."
        yield ""


def _verdict(entry: ReportedFunction) -> str:
    said = "accepted" if entry.band is Band.LLM and not entry.finding else band_or_reason(entry)
    return said if entry.probability is None else f"{probability_decimal(entry.probability)} {said}"


def _change(before: ReportedFunction, after: ReportedFunction) -> str:
    was, now = _verdict(before), _verdict(after)
    return now if was == now else f"{was} -> {now}"


def _verdict_cell(entry: ReportedFunction) -> str:
    return f"**{_verdict(entry)}**" if entry.finding else _verdict(entry)


def _place(entry: ReportedFunction) -> str:
    return f"{entry.shown}:{entry.start_line}-{entry.end_line}"


def _totals(delta: Delta) -> str:
    return (
        f"{len(delta.added):,} added, {len(delta.changed):,} changed, {len(delta.gone):,} gone, "
        f"{delta.same:,} the same"
        + (f", {delta.moved:,} of them elsewhere or with another probability (--all)" if delta.moved else "")
    )


def _new_findings(delta: Delta) -> str:
    return counted(delta.new_findings, "new finding")
