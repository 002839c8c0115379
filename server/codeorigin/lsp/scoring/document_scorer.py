"""Schedules the scoring of open documents: debounced, newest version only, cancelled on edit.

All methods must be called on the event loop; only the scoring itself runs in the worker.
"""

import asyncio
from collections.abc import Callable
from dataclasses import dataclass, field

from codeorigin.cancellation import CancelToken
from codeorigin.errors import Cancelled
from codeorigin.lsp.documents.eligibility import skipped
from codeorigin.lsp.scoring.model_loader import ModelLoader
from codeorigin.lsp.scoring.scored_document import Key, Pass, Result
from codeorigin.lsp.scoring.worker import Priority, WorkerThread


@dataclass(slots=True)
class _Entry:
    timer: asyncio.TimerHandle | None = None
    token: CancelToken | None = None
    waiters: list[asyncio.Future[bool]] = field(default_factory=list)

    @property
    def busy(self) -> bool:
        return self.timer is not None or self.token is not None


class DocumentScorer:
    """Scores documents, keeps their results and passes each new one to ``deliver``.

    ``begin`` returns a pass over the document as it is now, or None if it is closed; ``key`` returns only the key of
    that pass, and is cheap. ``failed`` is called with every exception except cancellation.
    """

    def __init__(
        self,
        worker: WorkerThread,
        loader: ModelLoader,
        *,
        begin: Callable[[str], Pass | None],
        key: Callable[[str], Key | None],
        deliver: Callable[[Result, Result | None], None],
        failed: Callable[[Exception], None],
    ) -> None:
        self._worker = worker
        self._loader = loader
        self._begin = begin
        self._key = key
        self._deliver = deliver
        self._failed = failed
        self._entries: dict[str, _Entry] = {}
        self.results: dict[str, Result] = {}

    def schedule(self, uri: str, delay: float) -> None:
        """Score ``uri`` after ``delay`` seconds without another call; work on older text stops now."""
        entry = self._entries.setdefault(uri, _Entry())
        self._stop(entry)
        entry.timer = asyncio.get_running_loop().call_later(delay, self._start, uri)

    async def score_now(self, uri: str) -> bool:
        """Score ``uri`` without delay and wait; False if that failed or :meth:`cancel_all` was called."""
        entry = self._entries.get(uri)
        if entry is None or not entry.busy:
            self.schedule(uri, 0.0)
        elif entry.timer is not None:
            entry.timer.cancel()
            self._start(uri)
        return await self.settled(uri)

    def cancel(self, uri: str) -> None:
        """Stop the work on ``uri``; waiting calls return."""
        entry = self._entries.pop(uri, None)
        if entry is not None:
            self._stop(entry)
            self._release(entry, worked=True)

    def cancel_all(self) -> None:
        """Stop the work on every document permanently."""
        for entry in self._entries.values():
            self._stop(entry)
            self._release(entry, worked=False)
        self._entries.clear()

    def forget(self, uri: str) -> None:
        """Stop the work on a closed document and forget its result."""
        self.results.pop(uri, None)
        self.cancel(uri)

    @property
    def pending(self) -> int:
        """Number of documents with a pass waiting or running."""
        return sum(entry.busy for entry in self._entries.values())

    def is_busy(self, uri: str) -> bool:
        """Whether a pass over ``uri`` is waiting or running."""
        entry = self._entries.get(uri)
        return entry is not None and entry.busy

    async def settled(self, uri: str) -> bool:
        """Wait until no pass over ``uri`` is waiting or running; False if the last one failed."""
        entry = self._entries.get(uri)
        if entry is None or not entry.busy:
            return True
        waiter: asyncio.Future[bool] = asyncio.get_running_loop().create_future()
        entry.waiters.append(waiter)
        return await waiter

    def _start(self, uri: str) -> None:
        entry = self._entries[uri]
        entry.timer = None
        work = self._begin(uri)
        if work is None:
            self.cancel(uri)
            return
        token = entry.token = CancelToken()
        future = self._worker.submit(lambda: self._score(work, token), priority=Priority.TYPING, token=token)
        future.add_done_callback(lambda done: self._done(uri, work, token, done))

    def _score(self, work: Pass, token: CancelToken) -> Result:
        """Score the document. Runs in the worker."""
        snapshot, settings = work.snapshot, work.settings
        reason = skipped(snapshot, settings, work.folder)
        if reason is not None or snapshot.kind is None:
            return Result(work, None, "", reason)
        analyzer = self._loader.analyzer(work.generation)
        report = analyzer.analyze(
            snapshot.text,
            snapshot.kind.id,
            path=snapshot.path,
            file_context=settings.file_context,
            languages=settings.languages,
            cell=snapshot.is_cell,
            in_commits=work.commits.others,
            cancel=token,
        )
        return Result(work, report, analyzer.model_id)

    def _done(self, uri: str, work: Pass, token: CancelToken, future: asyncio.Future[Result]) -> None:
        entry = self._entries.get(uri)
        if entry is None or entry.token is not token:
            return  # edited or closed meanwhile, so the result is for an old version
        entry.token = None
        error = Cancelled("cancelled") if future.cancelled() else future.exception()
        is_current = self._key(uri) == work.key
        try:
            if error is None and is_current:
                before = self.results.get(uri)
                result = self.results[uri] = future.result()
                self._deliver(result, before)
            elif isinstance(error, Exception) and not isinstance(error, Cancelled):
                self._failed(error)
        finally:
            if not entry.busy:
                self._release(entry, worked=error is None or not is_current)

    @staticmethod
    def _stop(entry: _Entry) -> None:
        if entry.timer is not None:
            entry.timer.cancel()
            entry.timer = None
        if entry.token is not None:
            entry.token.cancel()
            entry.token = None

    @staticmethod
    def _release(entry: _Entry, *, worked: bool) -> None:
        waiters, entry.waiters = entry.waiters, []
        for waiter in waiters:
            if not waiter.done():
                waiter.set_result(worked)
