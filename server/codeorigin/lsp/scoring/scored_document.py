"""What is known of a document after scoring, and how to find a function in it."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from codeorigin.lsp.documents.documents import Snapshot
from codeorigin.model.file_verdict import FileVerdict
from codeorigin.report import FileReport, FunctionReport


@dataclass(frozen=True, slots=True)
class Result:
    """The report of one version of a document; without one, ``skipped`` says why.

    ``file_context`` is the setting that it was made under: another one makes other verdicts of the same text.
    """

    snapshot: Snapshot
    report: FileReport | None
    model_id: str
    skipped: str | None = None
    file_context: bool = True

    @property
    def version(self) -> int:
        """The document's version that was scored."""
        return self.snapshot.version

    @property
    def functions(self) -> tuple[FunctionReport, ...]:
        """The outermost functions."""
        return self.report.functions if self.report is not None else ()

    @property
    def verdict(self) -> FileVerdict | None:
        """The verdict on the document as a whole; None without a report, or if the model has no rule for it."""
        return self.report.verdict if self.report is not None else None

    def moves(self, before: Result) -> bool:
        """Whether a function whose text is as it was ``before`` has another verdict now, by what its file says."""
        known = {function.function_id: function.verdict.probability for function in before.functions}
        return any(
            function.verdict.probability != known[function.function_id]
            for function in self.functions
            if function.function_id in known
        )

    def at_line(self, line: int) -> FunctionReport | None:
        """The outermost function that ``line`` belongs to; of two on the line, the first."""
        for function in self.functions:
            if function.span.range.start_line <= line <= function.span.range.end_line:
                return function
        return None

    def with_id(self, function_id: str) -> FunctionReport | None:
        """The outermost function with this id."""
        return next((function for function in self.functions if function.function_id == function_id), None)

    def between(self, first: int, last: int) -> Iterator[FunctionReport]:
        """The outermost functions that share a line with ``first`` to ``last``, both included."""
        for function in self.functions:
            span = function.span.range
            if span.start_line <= last and span.end_line >= first:
                yield function


def nested_at_header(function: FunctionReport, line: int) -> FunctionReport | None:
    """The innermost nested function whose header is on ``line``."""
    found = None
    inside = function.nested
    while inside:
        holding = [f for f in inside if f.span.range.start_line <= line <= f.span.range.end_line]
        found = next(
            (f for f in holding if f.span.header.start_line <= line <= f.span.header.end_line), found
        )
        inside = tuple(nested for f in holding for nested in f.nested)
    return found
