"""Work-done progress initiated by the server, for clients that support it."""

import uuid
from collections.abc import Callable
from concurrent.futures import Future
from typing import Any

from lsprotocol import types

from codeorigin.lsp.connection.protocol import CodeOriginProtocol


class WorkDoneProgress:
    """A progress bar in the client; does nothing if the client does not support it.

    ``cancelled`` is called when the user presses cancel; ``measured`` means that reports include a percentage.
    """

    def __init__(
        self,
        protocol: CodeOriginProtocol,
        title: str,
        *,
        supported: bool,
        cancelled: Callable[[], None],
        measured: bool = False,
    ) -> None:
        self._protocol = protocol
        self._token = str(uuid.uuid4())
        self._title = title
        self._cancelled = cancelled
        self._measured = measured
        self._begun = False
        self._ended = False
        if supported:
            created = protocol.ask(
                types.WINDOW_WORK_DONE_PROGRESS_CREATE,
                types.WorkDoneProgressCreateParams(token=self._token),
            )
            created.add_done_callback(self._created)

    def report(self, message: str, percentage: int | None = None) -> None:
        """Update the bar; ``percentage`` is 0 to 100."""
        if self._begun and not self._ended:
            self._send(types.WorkDoneProgressReport(message=message, percentage=percentage))

    def end(self, message: str | None = None) -> None:
        """Remove the bar. May be called at any time and more than once."""
        if self._ended:
            return
        self._ended = True
        if self._begun:
            self._protocol.progress.tokens.pop(self._token, None)
            self._send(types.WorkDoneProgressEnd(message=message))

    def _created(self, done: Any) -> None:
        if done.cancelled() or done.exception() is not None or self._ended:
            return
        self._begun = True
        hook: Future[None] = Future()
        hook.add_done_callback(lambda hooked: self._cancelled() if hooked.cancelled() else None)
        self._protocol.progress.tokens[self._token] = hook
        self._send(
            types.WorkDoneProgressBegin(
                title=self._title, cancellable=True, percentage=0 if self._measured else None
            )
        )

    def _send(self, value: Any) -> None:
        self._protocol.notify(types.PROGRESS, types.ProgressParams(token=self._token, value=value))
