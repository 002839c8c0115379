"""One pass over a document, its result, and how to find a function in it."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path

from lsprotocol import types

from codeorigin.analysis.report import FileReport, FunctionReport
from codeorigin.lsp.documents.documents import Snapshot
from codeorigin.lsp.documents.eligibility import Skipped
from codeorigin.lsp.scoring.commit_scope import NOTHING, CommitEvidence
from codeorigin.model.file_verdict import FileVerdict
from codeorigin.model.verdict import Verdict
from codeorigin.settings.schema import Settings

Key = tuple[int, Settings, int, int]


@dataclass(frozen=True, slots=True)
class Pass:
    """Everything that one pass over a document needs, captured once on the event loop.

    ``generation`` counts model changes, because results of two models are never mixed.
    """

    snapshot: Snapshot
    settings: Settings = field(default_factory=Settings)
    folder: Path | None = None
    generation: int = 0
    commits: CommitEvidence = NOTHING

    @property
    def key(self) -> Key:
        """Version, settings, model and commits; while they are unchanged, so is the result."""
        return self.snapshot.version, self.settings, self.generation, self.commits.number


@dataclass(frozen=True, slots=True)
class FunctionRecord:
    """A function's verdict and position, in the client's units; enough to show it without its text.

    ``header`` is the first line of the function's header; ``header_offset`` is the number of lines from the
    function's first line (a decorator, say) to it.
    """

    function_id: str
    name: str
    verdict: Verdict
    range: types.Range
    header: types.Range
    header_offset: int
    is_test: bool


@dataclass(frozen=True, slots=True)
class Result:
    """The result of one pass; without a report, ``skipped`` says why."""

    done: Pass
    report: FileReport | None
    model_id: str
    skipped: Skipped | None = None

    @property
    def snapshot(self) -> Snapshot:
        """The document that was scored."""
        return self.done.snapshot

    @property
    def settings(self) -> Settings:
        """The settings that it was scored with."""
        return self.done.settings

    @property
    def version(self) -> int:
        """The version of the document that was scored."""
        return self.done.snapshot.version

    @property
    def functions(self) -> tuple[FunctionReport, ...]:
        """The outermost functions."""
        return self.report.functions if self.report is not None else ()

    @property
    def verdict(self) -> FileVerdict | None:
        """The verdict on the document as a whole; None without a report, or if the model has no rule for it."""
        return self.report.verdict if self.report is not None else None

    def record(self, function: FunctionReport) -> FunctionRecord:
        """The data needed to show ``function``."""
        span, positions = function.span, self.done.snapshot.positions
        return FunctionRecord(
            function_id=function.function_id,
            name=span.qualified_name,
            verdict=function.verdict,
            range=positions.range(span.range),
            header=positions.first_line(span.header),
            header_offset=span.header.start_line - span.range.start_line,
            is_test=span.is_test,
        )

    def moves(self, before: Result) -> bool:
        """Whether a function with unchanged text has another verdict than in ``before``."""
        known = {function.function_id: function.verdict.probability for function in before.functions}
        return any(
            function.verdict.probability != known[function.function_id]
            for function in self.functions
            if function.function_id in known
        )

    def at_line(self, line: int) -> FunctionReport | None:
        """The outermost function that contains ``line``; the first one if there are several."""
        for function in self.functions:
            if function.span.range.start_line <= line <= function.span.range.end_line:
                return function
        return None

    def with_id(self, function_id: str) -> FunctionReport | None:
        """The outermost function with this id."""
        return next((function for function in self.functions if function.function_id == function_id), None)

    def between(self, first: int, last: int) -> Iterator[FunctionReport]:
        """The outermost functions that overlap the lines ``first`` to ``last``, inclusive."""
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
