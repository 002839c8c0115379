"""Explanations under way: shared by who asks, cancelled when nobody waits or the document moves on."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from dataclasses import dataclass

from codeorigin.cancellation import CancelToken
from codeorigin.explain.explanation import ExplainOptions, Explanation
from codeorigin.lsp.connection.progress import Progress
from codeorigin.lsp.scoring.model_loader import Engine
from codeorigin.lsp.scoring.scored_document import Result
from codeorigin.lsp.scoring.worker import Priority, Worker
from codeorigin.report import FunctionReport

_Key = tuple[str, str, ExplainOptions]


@dataclass(slots=True)
class _Run:
    token: CancelToken
    future: asyncio.Future[Explanation]
    waiting: int = 0
    progress: Progress | None = None


class Explanations:
    """Runs explanations in the worker, one per function and options at a time."""

    def __init__(
        self,
        worker: Worker,
        engine: Engine,
        start_progress: Callable[[str, Callable[[], None]], Progress],
    ) -> None:
        self._worker = worker
        self._engine = engine
        self._start_progress = start_progress
        self._runs: dict[_Key, _Run] = {}

    def cached(self, result: Result, function: FunctionReport, options: ExplainOptions) -> Explanation | None:
        """The explanation if it was made before; at once."""
        analyzer = self._engine.loaded
        if analyzer is None:
            return None
        return analyzer.cached_explanation(result.snapshot.text, function.span, options)

    async def get(self, result: Result, function: FunctionReport, options: ExplainOptions) -> Explanation:
        """The explanation, waiting for it; being cancelled stops the work when nobody else waits.

        Raises Cancelled when the document moves on, ModelError when there is no model.
        """
        if (known := self.cached(result, function, options)) is not None:
            return known
        run = self._join(result, function, options)
        run.waiting += 1
        try:
            return await asyncio.shield(run.future)
        finally:
            run.waiting -= 1
            if not run.waiting and run.progress is None and not run.future.done():
                run.token.cancel()

    async def get_within(
        self, result: Result, function: FunctionReport, options: ExplainOptions, seconds: float
    ) -> Explanation | None:
        """The explanation if it is ready within ``seconds``; else None, and it is made in the background.

        The background work shows progress, and ends early on edits and on the user's cancel.
        """
        if (known := self.cached(result, function, options)) is not None:
            return known
        run = self._join(result, function, options)
        run.waiting += 1
        try:
            await asyncio.wait({run.future}, timeout=seconds)
            if run.future.done():
                return run.future.result()
            if run.progress is None:
                run.progress = self._start_progress("Explaining a function", run.token.cancel)
            return None
        finally:
            run.waiting -= 1
            if not run.waiting and run.progress is None and not run.future.done():
                run.token.cancel()

    def cancel(self, uri: str) -> None:
        """The document moved on: stop what explains its old text."""
        for key, run in list(self._runs.items()):
            if key[0] == uri:
                run.token.cancel()
                del self._runs[key]

    def _join(self, result: Result, function: FunctionReport, options: ExplainOptions) -> _Run:
        key = (result.snapshot.uri, function.function_id, options)
        run = self._runs.get(key)
        if run is not None and not run.token.cancelled:
            return run
        token = CancelToken()
        text, span = result.snapshot.text, function.span
        future = self._worker.submit(
            lambda: self._engine.analyzer().explain(text, span, options, cancel=token),
            priority=Priority.ASKED,
            token=token,
        )
        run = self._runs[key] = _Run(token, future)
        future.add_done_callback(lambda _: self._ended(key, run))
        return run

    def _ended(self, key: _Key, run: _Run) -> None:
        if self._runs.get(key) is run:
            del self._runs[key]
        if run.progress is not None:
            failed = run.future.cancelled() or run.future.exception() is not None
            run.progress.end(None if failed else "The explanation is ready: hover again")
