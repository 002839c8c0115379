"""Runs explanations, and stops those that nobody waits for any more or whose document has changed."""

import asyncio
import logging
from collections.abc import Iterable

from codeorigin.analysis.judged import JudgedFunction
from codeorigin.core.cancellation import CancelToken
from codeorigin.core.errors import CodeOriginError
from codeorigin.explain.explanation import Explanation
from codeorigin.lsp.documents.model import Model
from codeorigin.lsp.documents.scored_document import Result
from codeorigin.lsp.scoring.engine import ScoringEngine
from codeorigin.lsp.scoring.worker import Priority

logger = logging.getLogger(__name__)

MOST_PREPARED = 200
"""Explanations that wait until there is nothing else to do. The cache keeps few more, and a window has few documents."""

_Key = tuple[str, str, Model]


class ExplanationJobs:
    """Runs explanations one after the other; the second of two requests for one finds that of the first cached."""

    def __init__(self, engine: ScoringEngine) -> None:
        self._engine = engine
        self._running: dict[asyncio.Future[Explanation], tuple[_Key, CancelToken]] = {}

    def cached(self, result: Result, function: JudgedFunction) -> Explanation | None:
        """The explanation if it is cached, else None; does not wait."""
        analyzer = result.job.model.loaded
        if analyzer is None:
            return None
        return analyzer.explainer.cached(function, result.job.past)

    async def get(self, result: Result, function: JudgedFunction) -> Explanation:
        """Wait for the explanation; cancelling this stops the work. Raises Cancelled once the document has changed."""
        return self.cached(result, function) or await self._started(result, function)

    async def get_within(
        self, result: Result, function: JudgedFunction, seconds: float
    ) -> Explanation | None:
        """Like :meth:`get`, but None if it is not ready within ``seconds``; it is then computed for the next call."""
        if (known := self.cached(result, function)) is not None:
            return known
        explaining = self._started(result, function)
        try:
            await asyncio.wait({explaining}, timeout=seconds)
        except asyncio.CancelledError:
            explaining.cancel()
            raise
        return explaining.result() if explaining.done() else None

    def prepare(self, result: Result, functions: Iterable[JudgedFunction]) -> None:
        """Explain ``functions`` when there is nothing else to do, so that no hover waits for it."""
        waiting = {key for key, _ in self._running.values()}
        for function in functions:
            if len(self._running) >= MOST_PREPARED:
                return
            if _key(result, function) not in waiting and self.cached(result, function) is None:
                self._started(result, function, Priority.IDLE)

    def cancel(self, uri: str) -> None:
        """Stop explanations of the old text of a document that has changed."""
        for (of, _, _), token in self._running.values():
            if of == uri:
                token.cancel()

    def _started(
        self, result: Result, function: JudgedFunction, priority: Priority = Priority.ASKED
    ) -> asyncio.Future[Explanation]:
        text, past, token = result.snapshot.text, result.job.past, CancelToken()
        future = self._engine.score(
            lambda analyzer, cancel: analyzer.explainer.explain(text, function, past, cancel=cancel),
            priority,
            token,
            result.job.model,
        )
        self._running[future] = _key(result, function), token
        future.add_done_callback(self._ended)
        return future

    def _ended(self, future: asyncio.Future[Explanation]) -> None:
        del self._running[future]
        error = None if future.cancelled() else future.exception()
        if error is not None and not isinstance(error, CodeOriginError):
            logger.error("an explanation failed", exc_info=error)


def _key(result: Result, function: JudgedFunction) -> _Key:
    return result.snapshot.uri, function.function_id, result.job.model
