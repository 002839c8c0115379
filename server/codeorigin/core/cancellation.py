"""Cooperative cancellation: long-running work checks between steps whether its result is still wanted."""

import threading
from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager
from typing import TypeVar

from codeorigin.core.errors import Cancelled

T = TypeVar("T")

_CHECK_EVERY = 256


class CancelToken:
    """A one-way flag that any thread may set and that workers poll.

    Whatever takes one raises :class:`~codeorigin.core.errors.Cancelled` soon after it is set.
    """

    def __init__(self) -> None:
        self._event = threading.Event()
        self._lock = threading.Lock()
        self._ends: list[Callable[[], None]] = []

    def cancel(self) -> None:
        """Ask the work to stop at its next check, and interrupt what it is waiting for (see :meth:`ending`)."""
        with self._lock:
            self._event.set()
            for end in self._ends:
                end()

    @contextmanager
    def ending(self, end: Callable[[], None]) -> Iterator[None]:
        """While the block runs, cancelling also calls ``end``, to interrupt what the block waits for.

        If the token is already cancelled, ``end`` is called at once. It must be quick, and may be called repeatedly.
        """
        with self._lock:
            self._ends.append(end)
            if self._event.is_set():
                end()
        try:
            yield
        finally:
            with self._lock:
                self._ends.remove(end)

    @property
    def cancelled(self) -> bool:
        """Whether :meth:`cancel` was called."""
        return self._event.is_set()

    def raise_if_cancelled(self) -> None:
        """Raise :class:`~codeorigin.core.errors.Cancelled` if the work should stop."""
        if self.cancelled:
            raise Cancelled("cancelled")


NEVER = CancelToken()
"""The token for work that cannot be cancelled; all callers share it."""


class CancelWhen(CancelToken):
    """Cancelled when ``token`` is, and while ``is_enough`` returns True."""

    def __init__(self, token: CancelToken, is_enough: Callable[[], bool]) -> None:
        super().__init__()
        self._token = token
        self._is_enough = is_enough

    def cancel(self) -> None:
        self._token.cancel()

    @contextmanager
    def ending(self, end: Callable[[], None]) -> Iterator[None]:
        """While the block runs, cancelling ``token`` also calls ``end``."""
        with self._token.ending(end):
            yield

    @property
    def cancelled(self) -> bool:
        """Whether the work should stop."""
        return self._token.cancelled or self._is_enough()


def checked(items: Iterable[T], cancel: CancelToken) -> Iterator[T]:
    """Yield the items, checking ``cancel`` every so often; raises :class:`~codeorigin.core.errors.Cancelled`."""
    for number, item in enumerate(items):
        if number % _CHECK_EVERY == 0:
            cancel.raise_if_cancelled()
        yield item
