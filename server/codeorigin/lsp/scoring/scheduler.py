"""When a document is scored: debounced, newest version only, cancelled on edit.

All methods are called on the event loop; only ``analyze`` runs in the worker.
"""

import asyncio
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Generic, Protocol, TypeVar

from codeorigin.cancellation import CancelToken
from codeorigin.errors import Cancelled
from codeorigin.lsp.scoring.worker import Priority, Worker


class Versioned(Protocol):
    """What the scheduler must know of a snapshot."""

    @property
    def version(self) -> int: ...


S = TypeVar("S", bound=Versioned)
R = TypeVar("R")


@dataclass(slots=True)
class _Entry:
    timer: asyncio.TimerHandle | None = None
    token: CancelToken | None = None
    waiters: list[asyncio.Future[None]] = field(default_factory=list)

    @property
    def busy(self) -> bool:
        return self.timer is not None or self.token is not None


class Scheduler(Generic[S, R]):
    """Runs ``analyze`` for documents and hands results of current versions to ``deliver``.

    ``snapshot`` gives the document as it is now, or None when it is gone. ``failed`` hears of every
    exception but cancellation.
    """

    def __init__(
        self,
        worker: Worker,
        *,
        snapshot: Callable[[str], S | None],
        analyze: Callable[[S, CancelToken], R],
        deliver: Callable[[str, S, R], None],
        failed: Callable[[str, Exception], None],
    ) -> None:
        self._worker = worker
        self._snapshot = snapshot
        self._analyze = analyze
        self._deliver = deliver
        self._failed = failed
        self._entries: dict[str, _Entry] = {}

    def schedule(self, uri: str, delay: float) -> None:
        """Score ``uri`` after ``delay`` seconds without another call; work on an older text stops now."""
        entry = self._entries.setdefault(uri, _Entry())
        self._stop(entry)
        entry.timer = asyncio.get_running_loop().call_later(delay, self._start, uri)

    def hurry(self, uri: str) -> None:
        """Do not wait out the debounce: somebody looks at the document."""
        entry = self._entries.get(uri)
        if entry is not None and entry.timer is not None:
            entry.timer.cancel()
            self._start(uri)

    def cancel(self, uri: str) -> None:
        """Stop the work on ``uri``; who waits for it is let go."""
        entry = self._entries.pop(uri, None)
        if entry is not None:
            self._stop(entry)
            self._release(entry)

    def cancel_all(self) -> None:
        """Stop the work on every document."""
        for uri in list(self._entries):
            self.cancel(uri)

    @property
    def pending(self) -> int:
        """Documents whose run waits or is under way."""
        return sum(entry.busy for entry in self._entries.values())

    def is_busy(self, uri: str) -> bool:
        """Whether a run for ``uri`` waits or is under way."""
        entry = self._entries.get(uri)
        return entry is not None and entry.busy

    async def settled(self, uri: str) -> None:
        """Wait until no run for ``uri`` waits or is under way."""
        entry = self._entries.get(uri)
        if entry is None or not entry.busy:
            return
        waiter: asyncio.Future[None] = asyncio.get_running_loop().create_future()
        entry.waiters.append(waiter)
        await waiter

    def _start(self, uri: str) -> None:
        entry = self._entries[uri]
        entry.timer = None
        snapshot = self._snapshot(uri)
        if snapshot is None:
            self.cancel(uri)
            return
        token = entry.token = CancelToken()
        future = self._worker.submit(
            lambda: self._analyze(snapshot, token), priority=Priority.TYPING, token=token
        )
        future.add_done_callback(lambda done: self._done(uri, snapshot, token, done))

    def _done(self, uri: str, snapshot: S, token: CancelToken, future: asyncio.Future[R]) -> None:
        entry = self._entries.get(uri)
        if entry is None or entry.token is not token:
            return  # an edit or a close came between: the result is of an old version
        entry.token = None
        current = self._snapshot(uri)
        error = Cancelled("cancelled") if future.cancelled() else future.exception()
        if error is None and current is not None and current.version == snapshot.version:
            self._deliver(uri, snapshot, future.result())
        elif isinstance(error, Exception) and not isinstance(error, Cancelled):
            self._failed(uri, error)
        if not entry.busy:
            self._release(entry)

    @staticmethod
    def _stop(entry: _Entry) -> None:
        if entry.timer is not None:
            entry.timer.cancel()
            entry.timer = None
        if entry.token is not None:
            entry.token.cancel()
            entry.token = None

    @staticmethod
    def _release(entry: _Entry) -> None:
        waiters, entry.waiters = entry.waiters, []
        for waiter in waiters:
            if not waiter.done():
                waiter.set_result(None)
