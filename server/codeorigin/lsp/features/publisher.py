"""Sends diagnostics to the client: pushed or pulled, never both, and withheld near the caret."""

import asyncio
import hashlib
import time
from collections.abc import Awaitable, Callable, Sequence
from dataclasses import dataclass, field

from lsprotocol import types

from codeorigin.lsp.documents.documents import SourceDocument
from codeorigin.lsp.features.findings import diagnostic, reported
from codeorigin.lsp.scoring.requests import Result


@dataclass(slots=True)
class _State:
    """What the client last received for one document."""

    items: list[types.Diagnostic] = field(default_factory=list)
    version: int | None = None
    shown: frozenset[str] = frozenset()
    quiet: asyncio.TimerHandle | None = None
    changed: asyncio.Event = field(default_factory=asyncio.Event)
    superseded: asyncio.Event = field(default_factory=asyncio.Event)
    pulls: int = 0


class Publisher:
    """Keeps each document's diagnostics and sends them in the way that the client supports.

    Set ``pull`` and ``with_link`` from the client's capabilities before the first document is opened. ``push`` sends
    diagnostics; ``refresh`` asks a pulling client to pull again, or is None if the client does not support that.
    """

    def __init__(self, push: Callable[[types.PublishDiagnosticsParams], None]) -> None:
        self._push = push
        self._states: dict[str, _State] = {}
        self._refresh_pending = False
        self.pull = False
        self.with_link = False
        self.refresh: Callable[[], object] | None = None

    def update(
        self,
        result: Result,
        document: SourceDocument | None,
        *,
        accepted: frozenset[str] = frozenset(),
        extra: tuple[types.Diagnostic, ...] = (),
    ) -> None:
        """Update the client's diagnostics with ``result``.

        A function that is being edited and had no finding gets none until ``caret_quiet`` has passed.
        """
        state = self._states.setdefault(result.snapshot.uri, _State())
        if state.quiet is not None:
            state.quiet.cancel()
            state.quiet = None
        settings = result.settings
        left = _quiet_left(document, settings.caret_quiet / 1000)
        items: list[types.Diagnostic] = []
        shown: set[str] = set()
        for function, band in reported(result.functions, settings, accepted):
            name, span = function.span.qualified_name, function.span.range
            if left > 0 and name not in state.shown and _is_edited(document, span.start_line, span.end_line):
                if state.quiet is None:
                    state.quiet = asyncio.get_running_loop().call_later(
                        left,
                        lambda: self.update(result, document, accepted=accepted, extra=extra),
                    )
                continue
            shown.add(name)
            record = result.record(function)
            items.append(diagnostic(record, result.model_id, band, settings, with_link=self.with_link))
        state.shown = frozenset(shown)
        self._tell(result.snapshot.uri, state, [*items, *extra], result.version)

    def edited(self, uri: str) -> None:
        """After an edit, discard the findings that were withheld for the old text."""
        state = self._states.get(uri)
        if state is not None and state.quiet is not None:
            state.quiet.cancel()
            state.quiet = None

    def clear(self, uri: str) -> None:
        """Forget a document, for example one that was closed, and clear its diagnostics."""
        state = self._states.pop(uri, None)
        if state is None:
            return
        if state.quiet is not None:
            state.quiet.cancel()
        state.superseded.set()
        state.changed.set()
        if not self.pull:
            self._push(types.PublishDiagnosticsParams(uri=uri, diagnostics=[]))

    def publish(self, uri: str, items: list[types.Diagnostic]) -> None:
        """Push the diagnostics of a file that is not open; does nothing if the client pulls."""
        if self.pull:
            return
        if items:
            self._states.setdefault(uri, _State()).items = items
            self._push(types.PublishDiagnosticsParams(uri=uri, diagnostics=items))
        elif uri in self._states:
            self.clear(uri)

    def withdraw(self, is_gone: Callable[[str], bool]) -> None:
        """Clear the diagnostics of the files for which ``is_gone`` is true."""
        for uri in [uri for uri in self._states if is_gone(uri)]:
            self.clear(uri)

    async def report(
        self, uri: str, previous: str | None, settle: Callable[[], Awaitable[None]]
    ) -> types.DocumentDiagnosticReport:
        """Answer a pull once ``settle`` is done, or with the current diagnostics when a newer pull arrives.

        If the client does not support refreshing, the answer also waits until ``caret_quiet`` has passed.
        """
        state = self._states.setdefault(uri, _State())
        state.superseded.set()
        state.superseded = superseded = asyncio.Event()
        state.pulls += 1
        work = asyncio.ensure_future(self._complete(uri, settle))
        newer = asyncio.ensure_future(superseded.wait())
        try:
            done, _ = await asyncio.wait({work, newer}, return_when=asyncio.FIRST_COMPLETED)
            if work in done:
                work.result()
        finally:
            state.pulls -= 1
            work.cancel()
            newer.cancel()
        result_id = content_id(state.items)
        if previous == result_id:
            return types.RelatedUnchangedDocumentDiagnosticReport(result_id=result_id)
        return types.RelatedFullDocumentDiagnosticReport(items=state.items, result_id=result_id)

    async def _complete(self, uri: str, settle: Callable[[], Awaitable[None]]) -> None:
        while True:
            await settle()
            state = self._states.get(uri)
            if state is None or state.quiet is None or self.refresh is not None:
                return
            await self.next_change(uri)

    async def next_change(self, uri: str) -> None:
        """Wait until the diagnostics of ``uri`` are updated, or the document is closed."""
        state = self._states.setdefault(uri, _State())
        state.changed.clear()
        await state.changed.wait()

    def _tell(self, uri: str, state: _State, items: list[types.Diagnostic], version: int) -> None:
        changed = items != state.items
        is_news = changed or version != state.version
        state.items, state.version = items, version
        state.changed.set()
        if not self.pull:
            if is_news:
                self._push(types.PublishDiagnosticsParams(uri=uri, diagnostics=items, version=version))
        elif changed and not state.pulls:
            self.request_refresh()

    def request_refresh(self) -> None:
        """Ask a pulling client to pull again, at most once per iteration of the event loop."""
        if self._refresh_pending or self.refresh is None or not self.pull:
            return
        self._refresh_pending = True
        asyncio.get_running_loop().call_soon(self._refresh_now)

    def _refresh_now(self) -> None:
        self._refresh_pending = False
        if self.refresh is not None:
            self.refresh()


def content_id(items: Sequence[types.Diagnostic]) -> str:
    """A result id derived only from the diagnostics, so that it is the same at any time and in any process."""
    return hashlib.sha256(repr(list(items)).encode("utf-8", "backslashreplace")).hexdigest()[:16]


def _quiet_left(document: SourceDocument | None, quiet_seconds: float) -> float:
    if document is None or not document.edited_lines:
        return 0.0
    return document.edited_at + quiet_seconds - time.monotonic()


def _is_edited(document: SourceDocument | None, first: int, last: int) -> bool:
    edited = document.edited_lines if document is not None else ()
    return any(start <= last and end >= first for start, end in edited)
