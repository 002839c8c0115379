"""The functions of single commits with their text and the evidence of its lines, for those that stand out."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from codeorigin.analyzer import Analyzer
from codeorigin.changed_functions import FunctionLines
from codeorigin.explain.explanation import ExplainOptions
from codeorigin.git.commit_changes import commit_changes
from codeorigin.git.repository import Repository
from codeorigin.history.commit_results import JudgedFunction, judged_functions
from codeorigin.history.functions import LONGEST_NAME, BlobReader
from codeorigin.history.reading import Read, Wanted, read_blobs
from codeorigin.history.results import CommitResult
from codeorigin.history.walk import Walk
from codeorigin.model.judge import Judge
from codeorigin.pieces import Piece, kind_of_path
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

    def read_again(wanted: Sequence[Wanted]) -> list[list[Read]]:
        return [read_blobs(reader, wanted)]

    try:
        for result in results:
            files = walk.read_files(changes[result.commit].files, read_again)
            _, functions = judged_functions(judge, files, file_context=walk.file_context)
            functions.sort(key=lambda each: (not each.written, -(each.verdict.probability or 0.0)))
            kept = functions[:MOST_FUNCTIONS]
            made = tuple(_detailed(reader, analyzer, each) for each in kept)
            yield CommitDetails(result, made, len(functions) - len(kept))
    finally:
        reader.close()


def _detailed(reader: BlobReader, analyzer: Analyzer, judged: JudgedFunction) -> DetailedFunction:
    found = _found(reader, judged)
    if found is None:
        return DetailedFunction(judged, ())
    piece, report, place = found
    # Histories are judged by the wide part where a deep one refines.
    options = ExplainOptions(deep=False)
    explanation = analyzer.explain(piece.text, report.span, options, function_id=report.function_id)
    # Explanations count lines that end at a lone carriage return, too.
    shift = place.first - report.span.range.start_line
    values = {each.line + shift: each.value for each in explanation.lines}
    lines = piece.text.split("\n")[place.first - 1 : place.last][:MOST_LINES]
    return DetailedFunction(
        judged,
        tuple(
            HeatLine(
                number := piece.line(own),
                line.rstrip("\r"),
                values.get(own, 0.0),
                any(low <= number <= high for low, high in judged.file.file.lines),
            )
            for own, line in enumerate(lines, place.first)
        ),
    )


def _found(reader: BlobReader, judged: JudgedFunction) -> tuple[Piece, FunctionReport, FunctionLines] | None:
    """The function in its piece of the file: the one that begins on its line and has its name."""
    file, function = judged.file.file, judged.function
    for each in reader.pieces(file.blob, file.path, kind_of_path(file.path) or ""):
        for report, place in zip(each.functions, each.lines, strict=True):
            name = report.span.qualified_name[:LONGEST_NAME]
            if each.piece.in_file(place) == function.lines and name == function.name:
                return each.piece, report, place
    return None
