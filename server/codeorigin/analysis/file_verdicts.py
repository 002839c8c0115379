"""The verdict on a file as a whole, from the verdicts on its functions."""

from collections.abc import Sequence

from codeorigin.analysis.outline import FoundFunctions
from codeorigin.analysis.report import FunctionReport
from codeorigin.model.calibration.judge import Judge
from codeorigin.model.calibration.pooled_rule import counted_lines
from codeorigin.model.file_verdict import FileReason, FileVerdict


def file_verdict(
    judge: Judge, document: FoundFunctions, reports: Sequence[FunctionReport], language: str
) -> FileVerdict | None:
    """The verdict on a whole ``document`` in a model language; None if the model has no rule for files."""
    if not judge.judges_files:
        return None
    if document.whole is not None:
        return FileVerdict.without(FileReason(document.whole.value))
    text = document.text
    judged = [
        (report.verdict.logit, counted_lines(text[report.span.code.start : report.span.code.end]))
        for report in reports
        if report.verdict.logit is not None
    ]
    return judge.file(judged, language)
