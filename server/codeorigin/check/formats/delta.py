"""A comparison of two reports as text, JSON or Markdown."""

from collections.abc import Iterator, Sequence
from typing import TextIO

from codeorigin.check.delta import Delta, ReportedFunction, delta_data
from codeorigin.check.formats import DeltaFormat
from codeorigin.check.formats.json_text import encoded
from codeorigin.check.formats.markdown import LONGEST_LIST, literal_code
from codeorigin.cli.terminal import printable, write_all
from codeorigin.wording import CAVEAT
from codeorigin.wording.figures import counted, probability_decimal
from codeorigin.wording.functions import band_or_reason


def write_delta(delta: Delta, delta_format: DeltaFormat, stream: TextIO) -> None:
    """Write ``delta`` in one format."""
    match delta_format:
        case DeltaFormat.TEXT:
            write_text(delta, stream)
        case DeltaFormat.JSON:
            write_json(delta, stream)
        case DeltaFormat.MARKDOWN:
            write_markdown(delta, stream)


def write_text(delta: Delta, stream: TextIO) -> None:
    """Write one line per function, or two if it changed, then the totals. A ``*`` marks findings."""
    lines = [f"added {_described(entry)}" for entry in delta.added]
    lines += [f"gone  {_described(entry)}" for entry in delta.gone]
    for before, after in delta.changed:
        lines += [f"was   {_described(before)}", f"is    {_described(after)}"]
    lines.append(f"{_totals(delta)}; {_new_findings(delta)}")
    write_all(stream, "\n".join(lines) + "\n")


def write_json(delta: Delta, stream: TextIO) -> None:
    """Write the values of :func:`~codeorigin.check.delta.delta_data`."""
    write_all(stream, encoded(delta_data(delta), indent=2) + "\n")


def write_markdown(delta: Delta, stream: TextIO) -> None:
    """Write the totals and a table for each kind of difference, as a comment on a change, with all names escaped."""
    write_all(stream, "\n".join(_parts(delta)) + "\n")


def _parts(delta: Delta) -> Iterator[str]:
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
            literal_code(f"{entry.shown}:{entry.start_line}-{entry.end_line}"),
            *(_verdict_cell(function) for function in row),
        ]
        yield f"| {' | '.join(cells)} |"
    yield ""
    if len(rows) > LONGEST_LIST:
        yield f"And {len(rows) - LONGEST_LIST:,} more."
        yield ""


def _verdict_cell(entry: ReportedFunction) -> str:
    said = band_or_reason(entry)
    if entry.probability is not None:
        said = f"{probability_decimal(entry.probability)} {said}"
    return f"**{said}**" if entry.finding else said


def _described(entry: ReportedFunction) -> str:
    mark = "*" if entry.finding else " "
    return printable(
        f"{mark} {entry.shown}:{entry.start_line}-{entry.end_line}  {probability_decimal(entry.probability):>5}  "
        f"{band_or_reason(entry)}  {entry.qualified_name}"
    )


def _totals(delta: Delta) -> str:
    return (
        f"{len(delta.added):,} added, {len(delta.gone):,} gone, {len(delta.changed):,} changed, "
        f"{delta.same:,} the same"
        + (f", {delta.moved:,} of them with another probability (--all lists those)" if delta.moved else "")
    )


def _new_findings(delta: Delta) -> str:
    return counted(delta.new_findings, "new finding")
