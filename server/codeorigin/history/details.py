"""The functions of single commits with their text and the evidence of its lines, for those that stand out."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from codeorigin.analyzer import Analyzer
from codeorigin.git.commit_changes import commit_changes
from codeorigin.git.repository import Repository
from codeorigin.history.commit_results import JudgedFunction, judged_functions
from codeorigin.history.functions import BlobReader
from codeorigin.history.results import CommitResult
from codeorigin.history.walk import Walk
from codeorigin.model.judge import Judge
from codeorigin.report import FunctionReport

MOST_FUNCTIONS = 12
MOST_LINES = 60


@dataclass(frozen=True, slots=True)
class HeatLine:
    """A line of a function. ``value`` is its evidence in logits; ``changed``: the commit added or rewrote it."""

    number: int
    text: str
    value: float
    changed: bool


@dataclass(frozen=True, slots=True)
class DetailedFunction:
    """A function that a commit touched; its ``lines`` may be fewer than it has."""

    judged: JudgedFunction
    lines: tuple[HeatLine, ...]


@dataclass(frozen=True, slots=True)
class CommitDetails:
    """A commit with its functions, those that it wrote first, the likeliest of an LLM first; ``more`` are left out."""

    result: CommitResult
    functions: tuple[DetailedFunction, ...]
    more: int


def commit_details(
    repository: Repository, analyzer: Analyzer, walk: Walk, results: Sequence[CommitResult]
) -> Iterator[CommitDetails]:
    """The details of commits that ``walk`` has judged.

    Raises:
        RepositoryError: git says no.
    """
    judge = Judge(analyzer.bundle.calibration)
    changes = dict(commit_changes(repository.git, [each.commit for each in results], walk.is_source))
    reader = BlobReader(repository, analyzer)
    try:
        for result in results:
            _, functions = judged_functions(judge, walk.read_files(changes[result.commit]))
            functions.sort(key=lambda each: (not each.written, -(each.verdict.probability or 0.0)))
            kept = functions[:MOST_FUNCTIONS]
            made = tuple(_detailed(reader, analyzer, each) for each in kept)
            yield CommitDetails(result, made, len(functions) - len(kept))
    finally:
        reader.close()


def _detailed(reader: BlobReader, analyzer: Analyzer, judged: JudgedFunction) -> DetailedFunction:
    file, place = judged.file.file, judged.function.lines
    text = reader.text(file.blob, file.path, judged.file.language)
    report = _report(analyzer, text, judged)
    if report is None:
        return DetailedFunction(judged, ())
    explanation = analyzer.explain(text, report.span, function_id=report.function_id)
    # Explanations count lines that end at a lone carriage return, too.
    shift = place.first - report.span.range.start_line
    values = {each.line + shift: each.value for each in explanation.lines}
    changed = {
        line for low, high in file.lines for line in range(max(low, place.first), min(high, place.last) + 1)
    }
    lines = text.split("\n")[place.first - 1 : place.last][:MOST_LINES]
    return DetailedFunction(
        judged,
        tuple(
            HeatLine(number, line.rstrip("\r"), values.get(number, 0.0), number in changed)
            for number, line in enumerate(lines, place.first)
        ),
    )


def _report(analyzer: Analyzer, text: str, judged: JudgedFunction) -> FunctionReport | None:
    """The function as it stands in ``text``: the one that begins on its line and has its name."""
    first = judged.function.lines.first
    for report in analyzer.analyze(text, judged.file.language, path=judged.file.file.path).functions:
        line = text.count("\n", 0, report.span.range.start) + 1
        if line == first and report.span.qualified_name.startswith(judged.function.name):
            return report
    return None
