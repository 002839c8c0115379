"""Scores of the functions in a document -> the report on it."""

from collections.abc import Mapping, Sequence
from functools import partial

from codeorigin.analysis.outlined import Outlined
from codeorigin.analysis.report import FileReport, FunctionReport
from codeorigin.functions.outline import function_id
from codeorigin.functions.spans import FunctionSpan, code_text
from codeorigin.model.calibration.calibration import counted_lines
from codeorigin.model.calibration.judge import Judge
from codeorigin.model.scoring.inputs import RawScore
from codeorigin.model.verdict import PooledReason, PooledVerdict, Reason, Verdict

Scores = Mapping[str, RawScore | Reason]
"""Scores of functions by id, or why a function has none."""

_NESTED = Verdict.without(Reason.NESTED)


def judged_document(
    judge: Judge, outlined: Outlined, scores: Scores, *, file_context: bool = True
) -> FileReport:
    """The report on a document with the ``scores`` of the functions in it that may get a verdict.

    Functions without an entry in ``scores`` are left out.
    See :meth:`codeorigin.analysis.analyzer.Analyzer.analyze` for the options.
    """
    language, text, path = outlined.language.model_language, outlined.document.text, outlined.document.path
    report = partial(FileReport, outlined.language.id, path)
    if not outlined.outline.parsed:
        return report((), PooledVerdict.without(PooledReason.UNPARSED))
    spans, ids = outlined.outline.functions, outlined.outline.ids
    reasons = [outlined.reason_of(span) for span in spans]
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
        return report(reports, is_complete=False)
    return report(reports, _file_verdict(judge, outlined, reports))


def _file_verdict(
    judge: Judge, outlined: Outlined, functions: Sequence[FunctionReport]
) -> PooledVerdict | None:
    """The verdict on the file; None if the model has no rule for files."""
    text = outlined.document.text
    judged = [
        (function.verdict, counted_lines(code_text(text, function.span)))
        for function in functions
        if function.verdict.logit is not None
    ]
    verdict = judge.file(judged, outlined.language.model_language)
    if verdict is None or outlined.reason is None:
        return verdict
    return PooledVerdict.without(PooledReason(outlined.reason.value))


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
