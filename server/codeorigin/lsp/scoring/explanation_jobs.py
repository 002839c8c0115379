"""Runs explanations, and stops those that nobody waits for any more or whose document has changed."""

import asyncio
import logging
from collections.abc import Callable, Iterable
from dataclasses import dataclass

from codeorigin.analysis.report import FunctionReport
from codeorigin.core.cancellation import CancelToken
from codeorigin.core.errors import Cancelled, CodeOriginError
from codeorigin.explain.explanation import Explanation
from codeorigin.lsp.connection.client import WorkDoneProgress
from codeorigin.lsp.documents.chosen_model import Model
from codeorigin.lsp.documents.scored_document import Result
from codeorigin.lsp.scoring.engine import ScoringEngine
from codeorigin.lsp.scoring.worker import Priority
from codeorigin.report.editor_texts import EXPLAINING
from codeorigin.report.explanations import FAILED, READY

logger = logging.getLogger(__name__)

_Key = tuple[str, str, Model]


@dataclass(frozen=True, slots=True, eq=False)
class _Run:
    key: _Key
    priority: Priority
    token: CancelToken
    future: asyncio.Future[Explanation]


class ExplanationJobs:
    """Runs explanations one after the other; the second of two requests for one finds that of the first cached."""

    def __init__(
        self, engine: ScoringEngine, start_progress: Callable[[str, Callable[[], None]], WorkDoneProgress]
    ) -> None:
        self._engine = engine
        self._start_progress = start_progress
        self._runs: set[_Run] = set()
        self._late: dict[_Key, _Run] = {}
        """Runs that go on although the hover that began them was answered."""
        self._failures: dict[_Key, Exception] = {}
        """Errors of late runs; the next request gets them."""

    def cached(self, result: Result, function: FunctionReport) -> Explanation | None:
        """The explanation if it is cached, else None; does not wait."""
        analyzer = result.job.model.loaded
        if analyzer is None:
            return None
        return analyzer.cached_explanation(
            result.snapshot.text,
            function.span,
            function_id=function.function_id,
            past=result.job.past,
            records=function.verdict.records,
        )

    async def get(self, result: Result, function: FunctionReport) -> Explanation:
        """Wait for the explanation; cancelling this stops the work.

        Raises:
            Cancelled: the document has changed.
            ModelError: there is no model.
        """
        return self.cached(result, function) or await self._started(result, function).future

    async def get_within(
        self, result: Result, function: FunctionReport, seconds: float
    ) -> Explanation | None:
        """The explanation if it is ready within ``seconds``; else None, and work continues in the background.

        The background work shows progress, and stops early when the document is edited or the user cancels. If it
        fails, the next call raises its error.
        """
        if (known := self.cached(result, function)) is not None:
            return known
        key = _key(result, function)
        if (failure := self._failures.pop(key, None)) is not None:
            raise failure
        run = self._late.get(key) or self._started(result, function)
        try:
            await asyncio.wait({run.future}, timeout=seconds)
            if run.future.done():
                self._failures.pop(key, None)  # it is raised here
                return run.future.result()
            if key not in self._late:
                self._go_on(run)
            return None
        finally:
            if self._late.get(key) is not run:
                run.token.cancel()

    def prepare(self, result: Result, functions: Iterable[FunctionReport]) -> None:
        """Explain ``functions`` when there is nothing else to do, so that no hover waits for it."""
        waiting = {run.key for run in self._runs}
        for function in functions:
            if _key(result, function) not in waiting and self.cached(result, function) is None:
                self._started(result, function, Priority.IDLE)

    def cancel(self, uri: str) -> None:
        """Stop explanations of the old text of a document that has changed."""
        for run in self._runs:
            if run.key[0] == uri:
                run.token.cancel()
                self._late.pop(run.key, None)
        for key in [key for key in self._failures if key[0] == uri]:
            del self._failures[key]

    def _started(self, result: Result, function: FunctionReport, priority: Priority = Priority.ASKED) -> _Run:
        key, token, text = _key(result, function), CancelToken(), result.snapshot.text
        _, function_id, model = key
        for run in self._runs:
            if run.key == key and run.priority > priority:
                run.token.cancel()  # this one does its work
        future = self._engine.score(
            lambda analyzer, cancel: analyzer.explain(
                text,
                function.span,
                function_id=function_id,
                past=result.job.past,
                records=function.verdict.records,
                cancel=cancel,
            ),
            priority,
            token,
            model,
        )
        run = _Run(key, priority, token, future)
        self._runs.add(run)
        future.add_done_callback(lambda _: self._ended(run))
        return run

    def _ended(self, run: _Run) -> None:
        self._runs.discard(run)
        error = None if run.future.cancelled() else run.future.exception()
        if error is not None and not isinstance(error, CodeOriginError):
            logger.error("an explanation failed", exc_info=error)

    def _go_on(self, run: _Run) -> None:
        """Let a run go on in the background."""
        progress = self._start_progress(EXPLAINING, run.token.cancel)
        self._late[run.key] = run

        def ended(future: asyncio.Future[Explanation]) -> None:
            if self._late.get(run.key) is run:
                del self._late[run.key]
            error = future.exception()
            if error is None:
                progress.end(READY)
            elif isinstance(error, Cancelled) or not isinstance(error, Exception):
                progress.end()
            else:
                self._failures[run.key] = error
                progress.end(FAILED)

        run.future.add_done_callback(ended)


def _key(result: Result, function: FunctionReport) -> _Key:
    uri, model = result.snapshot.uri, result.job.model
    return uri, function.function_id, model
