"""What the server is doing, for a status bar: ``codeorigin/status``."""

import asyncio
from collections.abc import Callable
from dataclasses import dataclass
from enum import StrEnum
from typing import Any

from codeorigin.text.literal_text import plain_message

BUSY_AFTER_SECONDS = 0.15


class ServerState(StrEnum):
    """The states of the server."""

    LOADING = "loading"
    READY = "ready"
    BUSY = "busy"
    ERROR = "error"


@dataclass(frozen=True, slots=True)
class Status:
    """The server's status; ``model_id`` is None until the model is loaded, ``message`` is set on errors."""

    state: ServerState
    model_id: str | None
    queue: int
    message: str | None = None

    def to_wire(self) -> dict[str, Any]:
        """The JSON form."""
        return {
            "state": self.state.value,
            "modelId": self.model_id,
            "queue": self.queue,
            "message": None if self.message is None else plain_message(self.message),
        }


class StatusReporter:
    """Sends the status when it has changed, without flicker during short bursts of work."""

    def __init__(
        self,
        current: Callable[[], Status],
        send: Callable[[Status], None],
        *,
        is_wanted: Callable[[], bool],
    ) -> None:
        self._current = current
        self._send = send
        self._is_wanted = is_wanted
        self._stopped = False
        self._sent: Status | None = None
        self._timer: asyncio.TimerHandle | None = None

    @property
    def enabled(self) -> bool:
        """Whether the status is sent to the client."""
        return self._is_wanted() and not self._stopped

    def changed(self) -> None:
        """Send the status if it has changed."""
        status = self._current()
        if not self.enabled or status == self._sent:
            return
        if status.state is ServerState.BUSY or (
            self._sent is not None and self._sent.state is ServerState.BUSY
        ):
            if self._timer is None:
                self._timer = asyncio.get_running_loop().call_later(BUSY_AFTER_SECONDS, self._later)
            return
        self._say(status)

    def stop(self) -> None:
        """Stop sending."""
        self._stopped = True
        if self._timer is not None:
            self._timer.cancel()

    def _later(self) -> None:
        self._timer = None
        status = self._current()
        if self.enabled and status != self._sent:
            self._say(status)

    def _say(self, status: Status) -> None:
        self._sent = status
        self._send(status)
