"""Cooperative cancellation: long work checks between its steps whether its result is still wanted."""

import threading

from codeorigin.errors import Cancelled


class CancelToken:
    """A one-way switch that any thread may throw and that workers poll."""

    def __init__(self) -> None:
        self._event = threading.Event()

    def cancel(self) -> None:
        """Ask the work to stop at its next check."""
        self._event.set()

    @property
    def cancelled(self) -> bool:
        """Whether :meth:`cancel` was called."""
        return self._event.is_set()

    def raise_if_cancelled(self) -> None:
        """Raise :class:`~codeorigin.errors.Cancelled` once :meth:`cancel` was called."""
        if self._event.is_set():
            raise Cancelled("cancelled")


class _Never(CancelToken):
    """The token of work that nobody can cancel."""

    def cancel(self) -> None:
        raise RuntimeError("NEVER is shared by all callers and must not be cancelled")


NEVER: CancelToken = _Never()
