"""Runs explanations, shared between requests, cancelled when no request waits or the document changes."""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass

from codeorigin.analysis.report import FunctionReport
from codeorigin.cancellation import CancelToken
from codeorigin.errors import Cancelled, CodeOriginError
from codeorigin.explain.explanation import ExplainOptions, Explanation
from codeorigin.lsp.connection.progress import WorkDoneProgress
from codeorigin.lsp.scoring.model_loader import ModelLoader
from codeorigin.lsp.scoring.requests import Result
from codeorigin.lsp.scoring.worker import Priority, WorkerThread
from codeorigin.wording.explanations import FAILED, READY
from codeorigin.wording.titles import EXPLAINING

logger = logging.getLogger(__name__)

_Key = tuple[str, str, ExplainOptions, int]


@dataclass(slots=True)
class _Run:
    token: CancelToken
    future: asyncio.Future[Explanation]
    waiting: int = 0
    progress: WorkDoneProgress | None = None

    def stop_if_unwanted(self) -> None:
        if not self.waiting and self.progress is None and not self.future.done():
            self.token.cancel()


class ExplanationJobs:
    """Runs explanations in the worker, one per function, options and model at a time."""

    def __init__(
        self,
        worker: WorkerThread,
        loader: ModelLoader,
        start_progress: Callable[[str, Callable[[], None]], WorkDoneProgress],
    ) -> None:
        self._worker = worker
        self._loader = loader
        self._start_progress = start_progress
        self._runs: dict[_Key, _Run] = {}
        self._failures: dict[_Key, Exception] = {}
        """Errors of runs that failed when no request was waiting; the next request gets them."""

    def cached(self, result: Result, function: FunctionReport) -> Explanation | None:
        """The explanation if it is cached, else None; does not wait."""
        analyzer = self._loader.loaded
        if analyzer is None or result.request.generation != self._loader.generation:
            return None
        return analyzer.cached_explanation(
            result.snapshot.text,
            function.span,
            result.settings.explain_options,
            function_id=function.function_id,
        )

    async def get(self, result: Result, function: FunctionReport) -> Explanation:
        """Wait for the explanation; cancelling this stops the work unless another request waits for it.

        Raises:
            Cancelled: the document or the model has changed.
            ModelError: there is no model.
        """
        if (known := self.cached(result, function)) is not None:
            return known
        with self._joined(result, function) as run:
            return await asyncio.shield(run.future)

    async def get_within(
        self, result: Result, function: FunctionReport, seconds: float
    ) -> Explanation | None:
        """The explanation if it is ready within ``seconds``; else None, and work continues in the background.

        The background work shows progress, and stops early when the document is edited or the user cancels. If it
        fails, the next call raises its error.
        """
        if (known := self.cached(result, function)) is not None:
            return known
        failure = self._failures.pop(_key(result, function), None)
        if failure is not None:
            raise failure
        with self._joined(result, function) as run:
            await asyncio.wait({run.future}, timeout=seconds)
            if run.future.done():
                return run.future.result()
            if run.progress is None:
                run.progress = self._start_progress(EXPLAINING, lambda: _stop(run))
            return None

    def cancel(self, uri: str) -> None:
        """Stop explanations of the old text of a document that has changed."""
        for key, run in list(self._runs.items()):
            if key[0] == uri:
                run.token.cancel()
                del self._runs[key]
        for key in [key for key in self._failures if key[0] == uri]:
            del self._failures[key]

    @contextmanager
    def _joined(self, result: Result, function: FunctionReport) -> Iterator[_Run]:
        """The run for a function, new if there is none, which goes on at least as long as the block."""
        run = self._runs.get(_key(result, function))
        if run is None or run.token.cancelled:
            run = self._started(result, function)
        run.waiting += 1
        try:
            yield run
        finally:
            run.waiting -= 1
            run.stop_if_unwanted()

    def _started(self, result: Result, function: FunctionReport) -> _Run:
        key, token = _key(result, function), CancelToken()
        generation, text = result.request.generation, result.snapshot.text
        span, options, function_id = function.span, result.settings.explain_options, function.function_id
        future = self._worker.submit(
            lambda: self._loader.analyzer(generation).explain(
                text, span, options, function_id=function_id, cancel=token
            ),
            priority=Priority.ASKED,
            token=token,
        )
        run = self._runs[key] = _Run(token, future)
        future.add_done_callback(lambda _: self._ended(key, run))
        return run

    def _ended(self, key: _Key, run: _Run) -> None:
        if self._runs.get(key) is run:
            del self._runs[key]
        error = Cancelled("cancelled") if run.future.cancelled() else run.future.exception()
        if error is not None and not isinstance(error, CodeOriginError):
            logger.error("an explanation failed", exc_info=error)
        if run.progress is None:
            return
        if error is None:
            run.progress.end(READY)
        elif isinstance(error, Cancelled) or not isinstance(error, Exception):
            run.progress.end()
        else:
            if not run.waiting:
                self._failures[key] = error
            run.progress.end(FAILED)


def _key(result: Result, function: FunctionReport) -> _Key:
    return (
        result.snapshot.uri,
        function.function_id,
        result.settings.explain_options,
        result.request.generation,
    )


def _stop(run: _Run) -> None:
    """Stop background work that the user cancelled, unless requests still wait for it."""
    progress, run.progress = run.progress, None
    if progress is not None:
        progress.end()
    run.stop_if_unwanted()
