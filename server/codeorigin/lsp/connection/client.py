"""The connected client: its capabilities, its progress bars and the messages sent to it."""

import asyncio
import uuid
from collections.abc import Callable, Iterable, Iterator
from concurrent.futures import Future
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Any

from lsprotocol import types
from pygls.capabilities import get_capability

from codeorigin.lsp.connection.parameters import plain_json
from codeorigin.lsp.connection.protocol import CodeOriginProtocol
from codeorigin.text.literal_text import plain_message


@dataclass(frozen=True, slots=True)
class ClientSupport:
    """The client capabilities that the server uses."""

    code_description: bool = False
    configuration: bool = False
    register_configuration: bool = False
    register_watchers: bool = False
    work_done_progress: bool = False
    command_links: bool = False
    markdown_hovers: bool = True
    refresh_code_lens: bool = False

    @classmethod
    def of(cls, capabilities: types.ClientCapabilities) -> "ClientSupport":
        """Read the capabilities that the client sent."""

        def has(name: str) -> bool:
            return bool(get_capability(capabilities, name, False))

        hovers = get_capability(capabilities, "text_document.hover.content_format", None)
        # Not part of LSP; see docs/contributing/protocol.md.
        experimental = plain_json(capabilities.experimental)
        return cls(
            code_description=has("text_document.publish_diagnostics.code_description_support"),
            configuration=has("workspace.configuration"),
            register_configuration=has("workspace.did_change_configuration.dynamic_registration"),
            register_watchers=has("workspace.did_change_watched_files.dynamic_registration"),
            work_done_progress=has("window.work_done_progress"),
            command_links=isinstance(experimental, dict) and experimental.get("commandLinks") is True,
            markdown_hovers=not hovers or types.MarkupKind.Markdown in hovers,
            refresh_code_lens=has("workspace.code_lens.refresh_support"),
        )


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
        self._protocol.notify(method, params)

    def ask(self, method: str, params: Any) -> asyncio.Future[Any]:
        """Send a request; the future can safely be cancelled or dropped."""
        return self._protocol.ask(method, params)

    def publish(self, uri: str, items: list[types.Diagnostic], version: int | None = None) -> None:
        params = types.PublishDiagnosticsParams(uri=uri, diagnostics=items, version=version)
        self._protocol.notify(types.TEXT_DOCUMENT_PUBLISH_DIAGNOSTICS, params)

    def show(self, message: str, kind: types.MessageType = types.MessageType.Info) -> None:
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

    def refresh_lenses(self) -> None:
        """Ask the client to fetch lenses again, if it supports that."""
        if self.support.refresh_code_lens:
            self.ask(types.WORKSPACE_CODE_LENS_REFRESH, None)

    @contextmanager
    def progress(self, title: str, cancelled: Callable[[], object]) -> Iterator[None]:
        """Show a progress bar during the block, if the client can; ``cancelled`` is called when the user cancels."""
        token, tokens = str(uuid.uuid4()), self._protocol.progress.tokens
        is_wanted = True

        def send(value: Any) -> None:
            self.notify(types.PROGRESS, types.ProgressParams(token=token, value=value))

        def created(done: asyncio.Future[Any]) -> None:
            if is_wanted and done.exception() is None:
                tokens[token] = Future()
                tokens[token].add_done_callback(lambda hook: cancelled() if hook.cancelled() else None)
                send(types.WorkDoneProgressBegin(title=title, cancellable=True))

        if self.support.work_done_progress:
            params = types.WorkDoneProgressCreateParams(token=token)
            self.ask(types.WINDOW_WORK_DONE_PROGRESS_CREATE, params).add_done_callback(created)
        try:
            yield
        finally:
            is_wanted = False
            if tokens.pop(token, None) is not None:
                send(types.WorkDoneProgressEnd())
