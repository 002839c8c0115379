"""What scoring a document needs, its result, and how to find a function in it."""

from __future__ import annotations

import time
from dataclasses import dataclass, field
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING

from codeorigin.analysis.judged import FileReport, JudgedFunction
from codeorigin.core.cancellation import CancelToken, CancelWhen
from codeorigin.core.errors import Cancelled
from codeorigin.functions.documents import Document
from codeorigin.lsp.documents.model import Model
from codeorigin.lsp.documents.snapshot import Snapshot
from codeorigin.model.past import Past
from codeorigin.model.verdict import PooledReason
from codeorigin.report import UNCLEAR_LANGUAGE, UNSUPPORTED_LANGUAGE, exclusion
from codeorigin.report.verdicts import short_reason
from codeorigin.settings.schema import Settings
from codeorigin.text.exclusions import exclusions

if TYPE_CHECKING:
    from codeorigin.analysis.analyzer import Analyzer

_OF_ALL = frozenset(
    {PooledReason.GENERATED, PooledReason.MINIFIED, PooledReason.IGNORED, PooledReason.UNPARSED}
)


@dataclass(frozen=True, slots=True)
class ScoringJob:
    """Everything that scoring a document needs, captured once on the event loop; equal jobs have equal results.

    ``past`` is that of the document's repository; ``excluded_by`` names where ``exclude`` is set.
    """

    snapshot: Snapshot
    settings: Settings = field(default_factory=Settings)
    folder: Path | None = None
    model: Model = field(default_factory=Model)
    past: Past | None = None
    excluded_by: str = "the settings"

    def skipped(self) -> str | None:
        """Why the document is not scored, worded to follow "not scored: "; None if it is."""
        snapshot, settings = self.snapshot, self.settings
        if not settings.enable:
            return "switched off in the settings"
        if snapshot.language is None:
            return UNCLEAR_LANGUAGE if snapshot.unnamed else UNSUPPORTED_LANGUAGE
        if snapshot.language.id not in settings.languages:
            return "the language is switched off in the settings"
        # A code point takes at most four bytes, so the exact size is computed only when it matters.
        limit = settings.max_file_size
        if len(snapshot.text) * 4 > limit and len(snapshot.text.encode("utf-8", "surrogatepass")) > limit:
            return f"larger than maxFileSize ({limit} bytes)"
        if snapshot.path is not None:
            path = Path(snapshot.path)
            pattern = exclusions(settings.exclude, self.folder or Path(path.anchor)).by(path)
            if pattern is not None:
                return exclusion(pattern, self.excluded_by)
        return None


@dataclass(frozen=True, slots=True)
class Result:
    """The result of a job; without a report, ``skipped`` says why."""

    job: ScoringJob
    report: FileReport | None
    model_id: str
    skipped: str | None = None

    @property
    def snapshot(self) -> Snapshot:
        return self.job.snapshot

    @property
    def settings(self) -> Settings:
        return self.job.settings

    @property
    def version(self) -> int:
        return self.job.snapshot.version

    @property
    def is_complete(self) -> bool:
        return self.report is None or self.report.is_complete

    @property
    def is_given_up(self) -> bool:
        """Whether the text took the parser too much."""
        verdict = self.report.verdict if self.report is not None else None
        return verdict is not None and verdict.reason is PooledReason.UNPARSED

    @property
    def reason(self) -> str | None:
        """Why nothing in the document is judged; None if its functions are."""
        if self.skipped is not None:
            return self.skipped
        verdict = self.report.verdict if self.report is not None else None
        return short_reason(verdict.reason) if verdict is not None and verdict.reason in _OF_ALL else None

    @property
    def functions(self) -> tuple[JudgedFunction, ...]:
        """The outermost functions."""
        return self.report.functions if self.report is not None else ()

    def moves(self, before: Result) -> bool:
        """Whether a function with unchanged text has another verdict than in ``before``."""
        known = {function.function_id: function.verdict.probability for function in before.functions}
        return any(
            function.verdict.probability != known[function.function_id]
            for function in self.functions
            if function.function_id in known
        )

    def at_line(self, line: int) -> JudgedFunction | None:
        """The outermost function that contains ``line``; the first one if there are several."""
        for function in self.functions:
            if function.span.range.start_line <= line <= function.span.range.end_line:
                return function
        return None


def score(job: ScoringJob, seconds: float, analyzer: Analyzer, cancel: CancelToken) -> Result:
    """Score a document that is not skipped. Runs in the scoring thread.

    If the model is slow and that takes more than ``seconds``, the result has the functions scored so far and is not
    complete; the next call goes on from there.
    """
    snapshot = job.snapshot
    assert snapshot.language is not None, "other documents are skipped"
    document = Document(snapshot.text, snapshot.language.id, snapshot.path, snapshot.is_cell)
    analyze = partial(analyzer.analyze, document, file_context=job.settings.file_context, past=job.past)
    until = time.monotonic() + seconds
    try:
        report = analyze(
            cancel=CancelWhen(cancel, lambda: time.monotonic() > until) if analyzer.is_slow else cancel
        )
    except Cancelled:
        cancel.raise_if_cancelled()
        report = analyze(known_only=True, cancel=cancel)
    return Result(job, report, analyzer.model_id)
