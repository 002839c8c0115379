"""Sentences about how the model does on code of which records say who wrote it."""

from collections.abc import Iterator, Sequence

from codeorigin.model.past import Past
from codeorigin.provenance.rates import Provenance, Rate, RateGroup
from codeorigin.wording.figures import counted, percent_with_interval
from codeorigin.wording.past import past_sentence

_NAMES = {
    Provenance.AGENT: "recorded as an agent's",
    Provenance.PERSON: "recorded as a known person's",
    Provenance.MODERN: "last changed from 2021 to November 2022",
    Provenance.OLD: "last changed before 2021",
}
_BY = {
    "all": "",
    "lines": ", line by line",
    "commit": ", by their commits",
    "branch": " only by the name of a branch",
    "mention": " only by a mention of help",
}
_VIEWS = {
    "in_file": "called llm without the past",
    "own": "by own text alone",
}
_RECORDS = "A record can be wrong, and a function is only here if all of its lines are recorded alike or are that old."


def evaluation_lines(
    model: str, past: Past | None, head: str, functions: int, groups: Sequence[RateGroup]
) -> Iterator[str]:
    """The report as text: a table of the functions that are called ``llm`` in their files, and by their own text."""
    yield f"{counted(functions, 'function')} of {head[:10]} with a verdict by {model} and a known origin. {_RECORDS}"
    if past is not None:
        yield past_sentence(past)
    if not groups:
        return
    yield ""
    views = ["in_file", "own"] if past is None else ["in_file_with_past", "in_file", "own"]
    titles = ["functions", "commits", "called llm", *(_VIEWS[view] for view in views[1:])]
    rows = [["", *titles], *([_name(each), *_cells(each, views)] for each in groups)]
    widths = [max(len(row[column]) for row in rows) for column in range(len(rows[0]))]
    for row in rows:
        yield "  ".join(cell.ljust(width) for cell, width in zip(row, widths, strict=True)).rstrip()


def _name(group: RateGroup) -> str:
    return f"{_NAMES[group.kind]}{_BY[group.by]}" if group.by in _BY else f"  {group.by}"


def _cells(group: RateGroup, views: Sequence[str]) -> list[str]:
    rates = [group.called[view] for view in views]
    return [f"{rates[0].functions:,}", f"{rates[0].commits:,}", *map(rate_phrase, rates)]


def rate_phrase(rate: Rate) -> str:
    """``34.2 % (29.8 to 38.9)``: a share of functions with its interval of 95 %."""
    return percent_with_interval(rate.share, rate.low, rate.high)
