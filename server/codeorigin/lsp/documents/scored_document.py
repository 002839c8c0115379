"""What scoring a document needs, its result, and how to find a function in it."""

from __future__ import annotations

import logging
import time
from collections.abc import Iterator
from dataclasses import dataclass, field
from functools import partial
from hashlib import sha256
from pathlib import Path
from typing import TYPE_CHECKING

from lsprotocol import types

from codeorigin.analysis.report import FileReport, FunctionReport
from codeorigin.core.cancellation import CancelToken, CancelWhen
from codeorigin.core.errors import Cancelled, CodeOriginError, ModelError
from codeorigin.core.lru_cache import LruCache
from codeorigin.functions.documents import Document
from codeorigin.lsp.documents.snapshot import Positions, Snapshot
from codeorigin.model.past import Past
from codeorigin.model.verdict import PooledReason, Verdict
from codeorigin.report import UNCLEAR_LANGUAGE, UNSUPPORTED_LANGUAGE, exclusion
from codeorigin.report.functions import short_reason
from codeorigin.settings.schema import Settings
from codeorigin.text.exclusions import exclusions

if TYPE_CHECKING:
    from codeorigin.analysis.analyzer import Analyzer

logger = logging.getLogger(__name__)


class Model:
    """A model folder (None: the bundled one) and its analyzer, or why that could not be loaded.

    Results of different models are never mixed; choosing another model makes another one of these.
    """

    def __init__(self, folder: Path | None = None) -> None:
        self.folder = folder
        self.loaded: Analyzer | None = None
        self.error: ModelError | None = None

    def analyzer(self) -> Analyzer:
        """The analyzer, loaded now if necessary. Worker thread only.

        Raises:
            ModelError: the model cannot be loaded.
        """
        if self.loaded is None and self.error is None:
            try:
                # Imported here because it imports the inference runtime, which `initialize` must not wait for.
                from codeorigin.analysis.analyzer import Analyzer  # noqa: PLC0415

                self.loaded = Analyzer.load(self.folder)
            except CodeOriginError as error:
                self.error = error if isinstance(error, ModelError) else ModelError(str(error))
            except Exception as error:
                logger.exception("the model could not be loaded")
                why = type(error).__name__
                self.error = ModelError(f"the model could not be loaded ({why}); run `codeorigin doctor`")
        if self.loaded is None:
            assert self.error is not None
            raise self.error
        return self.loaded


_OF_ALL = frozenset(
    {PooledReason.GENERATED, PooledReason.MINIFIED, PooledReason.IGNORED, PooledReason.UNPARSED}
)
Key = tuple[int, Settings, Model, Past | None]


@dataclass(frozen=True, slots=True)
class ScoringJob:
    """Everything that scoring a document needs, captured once on the event loop.

    ``past`` is that of the document's repository; ``excluded_by`` names where ``exclude`` is set.
    """

    snapshot: Snapshot
    settings: Settings = field(default_factory=Settings)
    folder: Path | None = None
    model: Model = field(default_factory=Model)
    past: Past | None = None
    excluded_by: str = "the settings"

    @property
    def key(self) -> Key:
        """Version, settings, model and past; while they are unchanged, so is the result."""
        return self.snapshot.version, self.settings, self.model, self.past

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

    @classmethod
    def of(cls, function: FunctionReport, positions: Positions) -> FunctionRecord:
        """The record of a function in the text that ``positions`` are about."""
        span = function.span
        return cls(
            function_id=function.function_id,
            name=span.qualified_name,
            verdict=function.verdict,
            range=positions.range(span.range),
            header=positions.first_line(span.header),
            header_offset=span.header.start_line - span.range.start_line,
        )


@dataclass(frozen=True, slots=True)
class Result:
    """The result of a job; without a report, ``skipped`` says why."""

    job: ScoringJob
    report: FileReport | None
    model_id: str
    skipped: str | None = None

    @property
    def snapshot(self) -> Snapshot:
        """The document that was scored."""
        return self.job.snapshot

    @property
    def settings(self) -> Settings:
        """The settings that it was scored with."""
        return self.job.settings

    @property
    def version(self) -> int:
        """The version of the document that was scored."""
        return self.job.snapshot.version

    @property
    def is_complete(self) -> bool:
        """Whether all functions were scored."""
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
    def functions(self) -> tuple[FunctionReport, ...]:
        """The outermost functions."""
        return self.report.functions if self.report is not None else ()

    def record(self, function: FunctionReport) -> FunctionRecord:
        """The data needed to show ``function``."""
        return FunctionRecord.of(function, self.snapshot.positions)

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


GivenUp = LruCache[bytes, FileReport]
"""The reports on texts that take the parser too much, by a digest of the text and its language."""


def score(
    job: ScoringJob, seconds: float, given_up: GivenUp, analyzer: Analyzer, cancel: CancelToken
) -> Result:
    """Score a document that is not skipped. Runs in the scoring thread.

    If the model is slow and that takes more than ``seconds``, the result has the functions scored so far and is not
    complete; the next call goes on from there. A text in ``given_up`` is not parsed again.
    """
    snapshot = job.snapshot
    assert snapshot.language is not None, "other documents are skipped"
    key = sha256(f"{snapshot.language.id}\0{snapshot.text}".encode("utf-8", "surrogatepass")).digest()
    report = given_up.get(key) or _report(job, time.monotonic() + seconds, analyzer, cancel)
    result = Result(job, report, analyzer.model_id)
    if result.is_given_up:
        given_up.put(key, report)
    return result


def _report(job: ScoringJob, until: float, analyzer: Analyzer, cancel: CancelToken) -> FileReport:
    snapshot, settings = job.snapshot, job.settings
    assert snapshot.language is not None, "other documents are skipped"
    document = Document(snapshot.text, snapshot.language.id, snapshot.path, snapshot.is_cell)
    analyze = partial(analyzer.analyze, document, file_context=settings.file_context, past=job.past)
    if not analyzer.is_slow:
        return analyze(cancel=cancel)
    try:
        return analyze(cancel=CancelWhen(cancel, lambda: time.monotonic() > until))
    except Cancelled:
        cancel.raise_if_cancelled()
        return analyze(known_only=True, cancel=cancel)


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
