"""Refines verdicts of the model's wide part with its deep part, in the background or at once on request.

All methods must be called on the event loop. The worker gets one function at a time, so that more urgent work waits
for one function at most.
"""

from __future__ import annotations

import asyncio
import dataclasses
import logging
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field

from codeorigin.analysis.report import FileReport, FunctionReport
from codeorigin.cancellation import CancelToken
from codeorigin.errors import Cancelled, CodeOriginError, ModelError
from codeorigin.explain.explanation import ExplainOptions
from codeorigin.lsp.scoring.model_loader import ModelLoader
from codeorigin.lsp.scoring.scored_document import Result
from codeorigin.lsp.scoring.worker import Priority, WorkerThread
from codeorigin.wording.explanations import deep_part_failed, without_deep

logger = logging.getLogger(__name__)

SHOW_SECONDS = 1.0
"""Interval at which refined verdicts are shown while there are more to refine."""


@dataclass(slots=True)
class _Work:
    """The work in progress for one version of a document."""

    token: CancelToken = field(default_factory=CancelToken)
    task: asyncio.Task[None] | None = None
    running: dict[str, asyncio.Future[None]] = field(default_factory=dict)


class Refining:
    """Refines the verdicts in ``results`` and calls ``show`` with each changed result and the previous one.

    ``failed`` is called with errors. A deep part that does not work is not used again until another model is chosen;
    if it fails unexpectedly on one function, it is only not used for that function again.
    """

    def __init__(
        self,
        worker: WorkerThread,
        loader: ModelLoader,
        results: dict[str, Result],
        *,
        show: Callable[[Result, Result], None],
        failed: Callable[[Exception], None],
    ) -> None:
        self._worker = worker
        self._loader = loader
        self._results = results
        self._show = show
        self._failed = failed
        self._work: dict[str, _Work] = {}
        self._looked_at: dict[str, frozenset[str]] = {}
        self._failures: dict[tuple[int, str | None], str] = {}
        """Reasons as text, because an exception would keep the text of a document alive."""

    @property
    def looked_at(self) -> Mapping[str, frozenset[str]]:
        """By document, the ids of functions that the user looked at; their verdicts are always refined."""
        return self._looked_at

    @property
    def pending(self) -> int:
        """Number of documents being refined in the background."""
        return sum(each.task is not None and not each.task.done() for each in self._work.values())

    @property
    def is_needed(self) -> bool:
        """Whether the loaded model has a deep part that refines verdicts."""
        analyzer = self._loader.loaded
        return analyzer is not None and analyzer.refines

    def failure(self, generation: int, function: FunctionReport | None = None) -> str | None:
        """Why the deep part of the model of ``generation`` does not work, in general or for one function.

        A sentence for users; None if no failure is known.
        """
        found = self._failures.get((generation, None))
        return found if found or function is None else self._failures.get((generation, function.function_id))

    def explain_options(self, result: Result, function: FunctionReport) -> ExplainOptions:
        """Explain options; wide part only if the verdict is from that alone, or if the deep part fails."""
        options, verdict = result.settings.explain_options, function.verdict
        if not self.is_needed:
            return options
        is_deep = verdict.awaits_deep or verdict.windows > 0
        if is_deep and self.failure(result.done.generation, function) is None:
            return options
        return dataclasses.replace(options, deep=False)

    def begin(self, result: Result) -> None:
        """Start refining new verdicts in the background: doubtful ones, and those that the user looked at."""
        uri = result.snapshot.uri
        self.cancel(uri)
        if uri in self._looked_at:
            self._looked_at[uri] &= {each.function_id for each in result.functions}
        if self.is_needed and any(self._is_wanted(result, each) for each in result.functions):
            work = self._work[uri] = _Work()
            work.task = asyncio.get_running_loop().create_task(self._refine_all(uri, work))
            work.task.add_done_callback(_log_unforeseen)

    async def look(
        self, result: Result, function: FunctionReport, seconds: float | None = None
    ) -> tuple[Result, FunctionReport]:
        """Refine one verdict now, wait at most ``seconds``, and return the newest result and function.

        A verdict that is not ready by then is still refined and shown, unless the document is edited first.
        """
        uri = result.snapshot.uri
        result, function = self._newest(result, function)
        if not self.is_needed or self._results.get(uri) is not result:
            return result, function
        self._looked_at[uri] = self._looked_at.get(uri, frozenset()) | {function.function_id}
        if function.verdict.awaits_deep and self.failure(result.done.generation, function) is None:
            asking = self._ask(uri, self._work.setdefault(uri, _Work()), function, Priority.ASKED)
            await asyncio.wait({asking}, timeout=seconds)
        return self._newest(result, function)

    def _newest(self, result: Result, function: FunctionReport) -> tuple[Result, FunctionReport]:
        """The newest result of the same pass over the document, and the function in it."""
        newest = self._results.get(result.snapshot.uri, result)
        same = (each for each in newest.functions if each.span is function.span)
        return (newest, next(same, function)) if newest.done is result.done else (result, function)

    async def settled(self, uri: str) -> None:
        """Wait until a document is no longer being refined in the background."""
        work = self._work.get(uri)
        if work is not None and work.task is not None:
            await asyncio.wait({work.task})

    def cancel(self, uri: str) -> None:
        """Stop refining the old text of a document that has changed."""
        work = self._work.pop(uri, None)
        if work is not None:
            work.token.cancel()
            if work.task is not None:
                work.task.cancel()

    def forget(self, uri: str) -> None:
        """Forget a closed document."""
        self.cancel(uri)
        self._looked_at.pop(uri, None)

    def stop(self) -> None:
        """Cancel everything permanently."""
        for uri in list(self._work):
            self.cancel(uri)

    async def _refine_all(self, uri: str, work: _Work) -> None:
        loop = asyncio.get_running_loop()
        shown, shown_at = self._results[uri], loop.time()
        for function in shown.functions:
            result = self._results.get(uri)
            if result is None or self.failure(result.done.generation) is not None:
                break
            if not self._is_wanted(result, function):
                continue
            await asyncio.wait({self._ask(uri, work, function, Priority.REFINING, quiet=True)})
            if loop.time() - shown_at >= SHOW_SECONDS:
                shown, shown_at = self._tell(uri, shown), loop.time()
        self._tell(uri, shown)

    def _is_wanted(self, result: Result, function: FunctionReport) -> bool:
        looked_at = function.function_id in self._looked_at.get(result.snapshot.uri, frozenset())
        if not function.verdict.is_to_refine(looked_at=looked_at):
            return False
        return self.failure(result.done.generation, function) is None

    def _tell(self, uri: str, shown: Result) -> Result:
        result = self._results.get(uri, shown)
        if result is not shown and result.done is shown.done:
            self._show(result, shown)
        return result

    def _ask(
        self, uri: str, work: _Work, function: FunctionReport, priority: Priority, *, quiet: bool = False
    ) -> asyncio.Future[None]:
        """Ask the deep part about ``function``, and show the answer unless ``quiet``.

        A running request is reused, unless this one is urgent (``Priority.ASKED``).
        """
        known = work.running.get(function.function_id)
        if known is not None and not known.done() and priority is not Priority.ASKED:
            return known
        result = self._results[uri]
        report, text, generation = result.report, result.snapshot.text, result.done.generation
        if report is None:
            raise ValueError("a document without a report has no functions")
        alone = dataclasses.replace(report, functions=(function,))
        asking = self._worker.submit(
            lambda: self._loader.analyzer(generation).refine(
                text, alone, [function.function_id], cancel=work.token
            ),
            priority=priority,
            token=work.token,
        )
        heard: asyncio.Future[None] = asyncio.get_running_loop().create_future()
        work.running[function.function_id] = heard

        def answered(done: asyncio.Future[FileReport]) -> None:
            error = Cancelled("cancelled") if done.cancelled() else done.exception()
            if error is None and not work.token.cancelled:
                self._hear(uri, quiet=quiet)
            elif isinstance(error, Exception) and not isinstance(error, Cancelled):
                self.fail(generation, error, function)
            if not heard.done():
                heard.set_result(None)

        asking.add_done_callback(answered)
        return heard

    def _hear(self, uri: str, *, quiet: bool) -> None:
        """Update the result with all of the deep part's answers so far."""
        result, analyzer = self._results.get(uri), self._loader.loaded
        if result is None or result.report is None or analyzer is None:
            return
        if result.done.generation != self._loader.generation:
            return  # another model was chosen; its scales are not for these logits
        looked_at = self._looked_at.get(uri, frozenset())
        report = analyzer.refine(result.snapshot.text, result.report, looked_at, ask=False)
        if report != result.report:
            self._results[uri] = dataclasses.replace(result, report=report)
            if not quiet:
                self._show(self._results[uri], result)

    def fail(self, generation: int, error: Exception, function: FunctionReport | None = None) -> None:
        """Record that the deep part of ``generation`` does not work, or fails unexpectedly on ``function``."""
        if self.failure(generation, function) is None:
            alone = None if function is None or isinstance(error, ModelError) else function.function_id
            why = without_deep if isinstance(error, CodeOriginError) else deep_part_failed
            self._failures[generation, alone] = why(error)
            self._failed(error)


def _log_unforeseen(task: asyncio.Task[None]) -> None:
    error = None if task.cancelled() else task.exception()
    if error is not None and not isinstance(error, CodeOriginError):
        logger.error("refining a document failed", exc_info=error)
