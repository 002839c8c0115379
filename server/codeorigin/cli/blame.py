"""``codeorigin blame FILE``: for every line what is declared about it, and its weight in the estimate."""

import sys
from dataclasses import dataclass
from pathlib import Path
from typing import TextIO

import codeorigin
from codeorigin.analysis.analyzer import Analyzer
from codeorigin.analysis.report import FunctionReport
from codeorigin.check.formats.json_text import encoded
from codeorigin.check.inputs import file_source, find_project
from codeorigin.check.repositories import past_of_sources
from codeorigin.core.errors import SourceError
from codeorigin.functions.documents import Document
from codeorigin.functions.function_lines import function_lines
from codeorigin.git.repository import Repository
from codeorigin.languages import LANGUAGES
from codeorigin.records.file_lines import text_records
from codeorigin.records.record import Record, record_values
from codeorigin.report.figures import logits
from codeorigin.report.provenance import DECLARED_CAVEAT, declared_counts, function_heading, record_label
from codeorigin.report.values import verdict_values
from codeorigin.shell.exit_codes import ExitCode
from codeorigin.shell.options import BlameOptions, ExplanationFormat
from codeorigin.shell.terminal import display_path, printable_code, to_stderr


@dataclass(frozen=True, slots=True)
class BlamedLine:
    """A line (1-based) with its text, its record and its ``weight`` in logits; None outside of judged functions."""

    number: int
    text: str
    record: Record | None
    weight: float | None


@dataclass(frozen=True, slots=True)
class BlamedFile:
    """All lines of a file, and its outermost functions with their first and last lines."""

    path: str
    model: str
    lines: tuple[BlamedLine, ...]
    functions: tuple[tuple[FunctionReport, int, int], ...]


def run_blame(options: BlameOptions) -> int:
    """Write the report on the file to stdout, and return the exit code."""
    path = Path(options.file)
    if not path.is_file():
        raise SourceError("no such file", display_path(path))
    source = file_source(path, None)
    if source.language not in LANGUAGES:
        raise SourceError("is no source file; its code is in cells", display_path(path))
    text = source.read()
    records = text_records(path, text, Repository.of(path.parent))
    analyzer = Analyzer.load(options.model)
    settings = find_project([options.file], files=options.config).settings
    past = (
        past_of_sources([source], analyzer.bundle, lambda: analyzer)
        if options.past and settings.past
        else None
    )
    report = analyzer.analyze(
        Document(text, source.language, source.path), file_context=settings.file_context, past=past
    )
    report.require_parsed()
    weights: dict[int, float] = {}
    for function in report.functions:
        if function.verdict.band is not None:
            explained = analyzer.explain(text, function.span, function_id=function.function_id)
            weights |= {line.line + 1: line.value for line in explained.lines}
    places = function_lines(text, [function.span for function in report.functions])
    lines = text.split("\n")[: len(records.lines)]
    found = BlamedFile(
        source.path,
        analyzer.model_id,
        tuple(
            BlamedLine(number, line, record, weights.get(number))
            for number, (line, record) in enumerate(zip(lines, records.lines, strict=True), 1)
        ),
        tuple(
            (function, place.first, place.last)
            for function, place in zip(report.functions, places, strict=True)
        ),
    )
    write = _write_json if options.format is ExplanationFormat.JSON else _write_text
    write(sys.stdout, found)
    for problem in records.problems:
        to_stderr(problem)
    return ExitCode.OK


def _write_text(stream: TextIO, file: BlamedFile) -> None:
    starts = {first: (function, last) for function, first, last in file.functions}
    labels = [record_label(blamed.record) for blamed in file.lines]
    width = max(map(len, labels), default=0)
    digits = len(str(len(file.lines)))
    stream.write(f"{declared_counts(blamed.record for blamed in file.lines)}\n{DECLARED_CAVEAT}\n\n")
    for line, label in zip(file.lines, labels, strict=True):
        if line.number in starts:
            function, last = starts[line.number]
            stream.write(f"{function_heading(function, line.number, last)}\n")
        weight = "" if line.weight is None else logits(line.weight)
        text = f"{line.number:>{digits}}  {label:<{width}}  {weight:>6}  {printable_code(line.text)}"
        stream.write(f"{text.rstrip()}\n")


def _write_json(stream: TextIO, file: BlamedFile) -> None:
    values = {
        "version": codeorigin.__version__,
        "model": file.model,
        "path": file.path,
        "functions": [
            {
                "name": function.span.qualified_name,
                "first_line": first,
                "last_line": last,
                **verdict_values(function.verdict, ("probability", "band", "reason")),
            }
            for function, first, last in file.functions
        ],
        "lines": [
            {"line": line.number, "declared": record_values(line.record), "weight": line.weight}
            for line in file.lines
        ],
    }
    stream.write(f"{encoded(values, indent=1)}\n")
