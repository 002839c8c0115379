"""Scores of the functions in a document -> the report on it."""

from collections.abc import Mapping, Sequence

from codeorigin.analysis.outlined import OutlinedPiece
from codeorigin.analysis.report import FileReport, FunctionReport, PieceReport
from codeorigin.functions.documents import Document
from codeorigin.functions.outline import function_id
from codeorigin.functions.spans import FunctionSpan, code_text
from codeorigin.languages import Language
from codeorigin.languages.kinds import get_kind
from codeorigin.model.calibration.calibration import counted_lines
from codeorigin.model.calibration.judge import Judge
from codeorigin.model.scoring.inputs import RawScore
from codeorigin.model.verdict import PooledReason, PooledVerdict, Reason, Verdict

Scores = Mapping[str, RawScore | Reason]
"""Scores of functions by id, or why a function has none."""

_NESTED = Verdict.without(Reason.NESTED)


def judged_document(
    judge: Judge,
    document: Document,
    pieces: Sequence[OutlinedPiece],
    scores: Scores,
    *,
    file_context: bool = True,
) -> FileReport:
    """The report on a ``document`` with the ``scores`` of the functions in its ``pieces`` that may get a verdict.

    Functions without an entry in ``scores`` are left out.
    See :meth:`codeorigin.analysis.analyzer.Analyzer.analyze` for the options.
    """
    kind = get_kind(document.kind)
    reports = [_judged_piece(judge, piece, scores, document.path, file_context) for piece in pieces]
    if isinstance(kind, Language):
        (report,) = reports
        return report
    unparsed = not all(piece.outline.parsed for piece in pieces)
    return FileReport(
        kind.id,
        document.path,
        (),
        PooledVerdict.without(PooledReason.UNPARSED) if unparsed else None,
        tuple(PieceReport(piece.piece, report) for piece, report in zip(pieces, reports, strict=True)),
        all(report.is_complete for report in reports),
    )


def _judged_piece(
    judge: Judge,
    piece: OutlinedPiece,
    scores: Scores,
    path: str | None,
    file_context: bool,
) -> FileReport:
    language = piece.language.model_language
    if not piece.outline.parsed:
        return FileReport(piece.language.id, path, (), PooledVerdict.without(PooledReason.UNPARSED))
    spans, ids, text = piece.outline.functions, piece.outline.ids, piece.piece.text
    reasons = [piece.reason_of(span) for span in spans]
    found = {number: reason or scores.get(ids[number]) for number, reason in enumerate(reasons)}
    scored = {number: score for number, score in found.items() if isinstance(score, RawScore)}
    if file_context:
        judged = judge.in_file(scored, language)
    else:
        judged = {number: judge.alone(score, language) for number, score in scored.items()}
    verdicts = judged | {
        number: Verdict.without(reason) for number, reason in found.items() if isinstance(reason, Reason)
    }
    reports = tuple(
        FunctionReport(span, verdicts[number], ids[number], _nested(text, span, language))
        for number, span in enumerate(spans)
        if number in verdicts
    )
    if len(reports) < len(spans):
        return FileReport(piece.language.id, path, reports, is_complete=False)
    return FileReport(piece.language.id, path, reports, _file_verdict(judge, piece, reports))


def _file_verdict(
    judge: Judge, piece: OutlinedPiece, functions: Sequence[FunctionReport]
) -> PooledVerdict | None:
    """The verdict on the piece as a file; None if the model has no rule for files."""
    text = piece.piece.text
    judged = [
        (function.verdict, counted_lines(code_text(text, function.span)))
        for function in functions
        if function.verdict.logit is not None
    ]
    verdict = judge.file(judged, piece.language.model_language)
    if verdict is None or piece.reason is None:
        return verdict
    return PooledVerdict.without(PooledReason(piece.reason.value))


def _nested(text: str, span: FunctionSpan, language: str) -> tuple[FunctionReport, ...]:
    """Reports on the functions nested in ``span``, built without recursion because nesting may be deep."""
    if not span.nested:
        return ()
    order: list[FunctionSpan] = []
    stack = list(span.nested)
    while stack:
        current = stack.pop()
        order.append(current)
        stack.extend(current.nested)
    built: dict[int, FunctionReport] = {}
    for current in reversed(order):
        children = tuple(built[id(child)] for child in current.nested)
        built[id(current)] = FunctionReport(current, _NESTED, function_id(text, current, language), children)
    return tuple(built[id(child)] for child in span.nested)
