"""``codeorigin blame FILE``: for every line what is declared about it, and its weight in the estimate."""

import sys
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TextIO

from rich.text import Text

import codeorigin
from codeorigin.analysis.analyzer import Analyzer
from codeorigin.analysis.judged import JudgedFile, JudgedFunction
from codeorigin.cli.explain import judged_source
from codeorigin.functions.function_lines import function_lines
from codeorigin.git.repository import Repository
from codeorigin.records.file_lines import text_records
from codeorigin.records.record import Record, record_values
from codeorigin.report.declared import declared_counts, record_label
from codeorigin.report.figures import logits, probability_decimal
from codeorigin.report.values import encoded, verdict_values
from codeorigin.report.verdicts import band_or_reason
from codeorigin.shell.console import make_console, print_in_one_line, print_sentences
from codeorigin.shell.exit_codes import ExitCode
from codeorigin.shell.options import BlameOptions, ExplanationFormat
from codeorigin.shell.terminal import printable, printable_code, to_stderr

_LINE, _DECLARED = "line", "declared"
_CAVEAT = "A record is what somebody declared; the figures are an estimate. Neither is part of the other."


@dataclass(frozen=True, slots=True)
class BlamedLine:
    """A line (1-based) with its text, its record and its ``weight`` in logits; None outside of judged functions."""

    number: int
    text: str
    record: Record | None
    weight: float | None


def run_blame(options: BlameOptions) -> int:
    """Write the report on the file to stdout, and return the exit code."""
    analyzer = Analyzer.load(options.model)
    file, past = judged_source(options.file, None, options, analyzer)
    path, text = Path(options.file), file.text or ""
    records = text_records(path, text, Repository.of(path.parent))
    weights: dict[int, float] = {}
    for function in file.functions:
        if function.verdict.band is not None:
            explained = analyzer.explainer.explain(text, function, past)
            weights |= {line.line + 1: line.value for line in explained.lines}
    lines = [
        BlamedLine(number, line.removesuffix("\r"), record, weights.get(number))
        for number, (line, record) in enumerate(zip(text.split("\n"), records.lines, strict=False), 1)
    ]
    if options.format is ExplanationFormat.JSON:
        _write_json(sys.stdout, analyzer.model_id, file, lines)
    else:
        _write_text(sys.stdout, file, lines)
    for problem in records.problems:
        to_stderr(problem)
    return ExitCode.OK


def _places(file: JudgedFile) -> Iterator[tuple[JudgedFunction, int, int]]:
    lines = function_lines(file.text or "", [function.span for function in file.functions])
    for function, place in zip(file.functions, lines, strict=True):
        yield function, place.first, place.last


def _write_text(stream: TextIO, file: JudgedFile, lines: Sequence[BlamedLine]) -> None:
    starts = {first: (function, last) for function, first, last in _places(file)}
    labels = ["" if line.record is None else record_label(line.record) for line in lines]
    # Without any record there is no such column.
    width = max(map(len, [_DECLARED, *labels])) + 2 if any(labels) else 0
    digits = max(len(str(len(lines))), len(_LINE))
    console = make_console(stream)
    print_sentences(console, Text(f"{declared_counts(line.record for line in lines)}\n{_CAVEAT}\n"))
    console.print(Text(f"{_LINE:>{digits}}  {_DECLARED if width else '':<{width}}{'weight':>6}", "dim"))
    for line, label in zip(lines, labels, strict=True):
        if line.number in starts:
            function, last = starts[line.number]
            print_in_one_line(console, Text(_heading(function, line.number, last), "bold"))
        weight = "" if line.weight is None else logits(line.weight)
        text = f"{line.number:>{digits}}  {label:<{width}}{weight:>6}  {printable_code(line.text)}"
        print_in_one_line(console, Text(text.rstrip()))


def _write_json(stream: TextIO, model: str, file: JudgedFile, lines: Sequence[BlamedLine]) -> None:
    values = {
        "version": codeorigin.__version__,
        "model": model,
        "path": file.path,
        "functions": [
            {
                "name": function.span.qualified_name,
                "first_line": first,
                "last_line": last,
                **verdict_values(function.verdict, ("probability", "band", "reason")),
            }
            for function, first, last in _places(file)
        ],
        "lines": [
            {"line": line.number, "declared": record_values(line.record), "weight": line.weight}
            for line in lines
        ],
    }
    stream.write(f"{encoded(values, indent=1)}\n")


def _heading(function: JudgedFunction, first: int, last: int) -> str:
    """``parse, lines 10-42: 0.93, likely LLM``."""
    name = printable(function.span.qualified_name)
    estimate = band_or_reason(function.verdict)
    if function.verdict.probability is not None:
        estimate = f"{probability_decimal(function.verdict.probability)}, {estimate}"
    return f"{name}, lines {first}-{last}: {estimate}"
