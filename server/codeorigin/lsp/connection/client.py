"""The connected client: its capabilities, its progress bars and the messages sent to it."""

import asyncio
import uuid
from collections.abc import Callable, Iterable
from concurrent.futures import Future
from typing import Any

from lsprotocol import types

from codeorigin.lsp.connection.client_support import ClientSupport
from codeorigin.lsp.connection.protocol import CodeOriginProtocol
from codeorigin.text.literal_text import plain_message


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


class Client:
    """Sends messages that the server initiates, in forms that the client supports.

    Use only on the event loop. ``support`` is set at ``initialize``.
    """

    def __init__(self, protocol: CodeOriginProtocol) -> None:
        self._protocol = protocol
        self._shown: set[str] = set()
        self._problems: dict[str, frozenset[str]] = {}
        self.support = ClientSupport()

    def notify(self, method: str, params: Any) -> None:
        """Send a notification."""
        self._protocol.notify(method, params)

    def ask(self, method: str, params: Any) -> asyncio.Future[Any]:
        """Send a request; the future can safely be cancelled or dropped."""
        return self._protocol.ask(method, params)

    def publish(self, uri: str, items: list[types.Diagnostic], version: int | None = None) -> None:
        """Push diagnostics."""
        params = types.PublishDiagnosticsParams(uri=uri, diagnostics=items, version=version)
        self.notify(types.TEXT_DOCUMENT_PUBLISH_DIAGNOSTICS, params)

    def show(self, message: str, kind: types.MessageType = types.MessageType.Info) -> None:
        """Show one line to the user."""
        params = types.ShowMessageParams(type=kind, message=plain_message(f"CodeOrigin: {message}"))
        self.notify(types.WINDOW_SHOW_MESSAGE, params)

    def show_once(self, message: str, kind: types.MessageType) -> None:
        """Show a line unless it was shown before."""
        if message not in self._shown:
            self._shown.add(message)
            self.show(message, kind)

    def show_problems(self, subject: str, problems: Iterable[str]) -> None:
        """Show what is wrong with ``subject`` now, except what was already wrong with it the last time."""
        before = self._problems.get(subject, frozenset())
        now = self._problems[subject] = frozenset(problems)
        for problem in sorted(now - before):
            self.show(problem, types.MessageType.Warning)

    def log(self, message: str) -> None:
        """Write one line to the client's log."""
        text = plain_message(f"CodeOrigin: {message}")
        params = types.LogMessageParams(type=types.MessageType.Info, message=text)
        self.notify(types.WINDOW_LOG_MESSAGE, params)

    def refresh_lenses(self) -> None:
        """Ask the client to fetch lenses again, if it supports that."""
        if self.support.refresh_code_lens:
            self.ask(types.WORKSPACE_CODE_LENS_REFRESH, None)

    def start_progress(self, title: str, cancelled: Any, *, measured: bool = False) -> WorkDoneProgress:
        """Start a progress bar if the client supports it; ``cancelled`` is called when the user cancels."""
        return WorkDoneProgress(
            self._protocol,
            title,
            supported=self.support.work_done_progress,
            cancelled=cancelled,
            measured=measured,
        )
