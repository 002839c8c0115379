"""The functions of selected commits, with their text and the evidence of each line."""

from collections.abc import Iterator, Sequence

from codeorigin.analysis.analyzer import Analyzer
from codeorigin.analysis.report import FunctionReport
from codeorigin.functions.function_lines import FunctionLines
from codeorigin.functions.spans import Piece
from codeorigin.git.commit_changes import commit_changes
from codeorigin.history.blob_functions import LONGEST_NAME, BlobReader
from codeorigin.history.blob_readers import Readers
from codeorigin.history.commit_results import JudgedFunction, judged_functions
from codeorigin.history.results import CommitDetails, CommitResult, DetailedFunction
from codeorigin.history.walk import Walk
from codeorigin.records.function_records import Disagreement
from codeorigin.report.code import MOST_LINES, HeatLine

MOST_FUNCTIONS = 12


def commit_details(
    analyzer: Analyzer,
    walk: Walk,
    results: Sequence[CommitResult],
    *,
    with_lines: bool = True,
    disagree: Disagreement | None = None,
) -> Iterator[CommitDetails]:
    """Yield the details of commits that ``walk`` has judged; the functions are explained only with ``with_lines``.

    With ``disagree``, only the functions whose record and estimate do that are included.

    Raises:
        RepositoryError: git fails.
    """
    repository = walk.request.repository
    changes = dict(commit_changes(repository, [result.commit for result in results], walk.is_source))
    with Readers(repository, None, 1, analyzer) as readers:
        for result in results:
            files = walk.read_files(changes[result.commit].files, readers)
            _, functions = judged_functions(
                walk.judge, files, walk.records_of(result.commit), file_context=walk.request.file_context
            )
            functions = [
                function for function in functions if disagree is None or function.disagree is disagree
            ]
            # The ones that stand out most come first.
            sign = 1 if disagree is Disagreement.READS_HUMAN else -1
            functions.sort(
                key=lambda function: (not function.written, sign * (function.verdict.probability or 0.0))
            )
            shown = functions[:MOST_FUNCTIONS]
            made = tuple(
                _detailed(function, _lines(readers.here, analyzer, function) if with_lines else ())
                for function in shown
            )
            yield CommitDetails(result, made, len(functions) - len(shown))


def _detailed(judged: JudgedFunction, lines: tuple[HeatLine, ...]) -> DetailedFunction:
    place = judged.function.lines
    return DetailedFunction(
        name=judged.function.name,
        path=judged.file.file.path,
        first=place.first,
        last=place.last,
        written=judged.written,
        verdict=judged.verdict,
        lines=lines,
    )


def _lines(reader: BlobReader, analyzer: Analyzer, judged: JudgedFunction) -> tuple[HeatLine, ...]:
    found = _found(reader, judged)
    if found is None:
        return ()
    piece, report, place = found
    explanation = analyzer.explain(piece.text, report.span, function_id=report.function_id)
    # In explanations, a lone carriage return also ends a line.
    shift = place.first - report.span.range.start_line
    values = {line.line + shift: line.value for line in explanation.lines}
    lines = piece.text.split("\n")[place.first - 1 : place.last][:MOST_LINES]
    return tuple(
        HeatLine(
            number := piece.line(piece_line),
            line.rstrip("\r"),
            values.get(piece_line, 0.0),
            any(low <= number <= high for low, high in judged.file.file.lines),
        )
        for piece_line, line in enumerate(lines, place.first)
    )


def _found(reader: BlobReader, judged: JudgedFunction) -> tuple[Piece, FunctionReport, FunctionLines] | None:
    """The function in its piece of the file: the one with the same lines and name."""
    file, function = judged.file.file, judged.function
    for piece in reader.pieces(file.blob, file.path):
        for report, place in zip(piece.functions, piece.lines, strict=True):
            name = report.span.qualified_name[:LONGEST_NAME]
            if place.in_file(piece.piece) == function.lines and name == function.name:
                return piece.piece, report, place
    return None
