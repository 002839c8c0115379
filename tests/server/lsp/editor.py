"""An editor for the tests: a pytest-lsp client that keeps every message until a test has read it."""

import asyncio
import re
from collections import deque
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import pytest_lsp
from lsprotocol import types
from tests.server.lsp.requests import Document, Requests, plain, soon

PUSHED = types.TEXT_DOCUMENT_PUBLISH_DIAGNOSTICS
SHOWN = types.WINDOW_SHOW_MESSAGE
STATUS = "codeorigin/status"
DOCUMENT_STATUS = "codeorigin/documentStatus"
SETTINGS: dict[str, Any] = {
    "threshold": 0.0,
    "debounce": 20,
    "hoverTimeout": 10_000,
}
"""Every function with a verdict is reported at once, so that no test depends on the model's opinion."""


def python_function(name: str, step: int = 3) -> str:
    """Source of a function that is long enough to be judged."""
    return (
        f"def {name}(values, limit):\n"
        f'    """Add up the values below the limit, {step} at a time."""\n'
        "    total = 0\n"
        f"    for index in range(0, len(values), {step}):\n"
        "        value = values[index]\n"
        "        if value is None or value >= limit:\n"
        "            continue\n"
        f"        total += value * {step}\n"
        "    return total\n"
    )


def camel(name: str) -> str:
    """The name on the wire of a value that reports call ``name``."""
    head, *tail = name.split("_")
    return head + "".join(part.title() for part in tail)


def hover_rows(text: str) -> list[tuple[str, str, int, str]]:
    """The rows of a hover, strongest first: bar, side, line number from 1, code."""
    found = re.findall(r"^(▰+) +(LLM|human) +(\d+)  (.+)$", text, re.MULTILINE)
    return [(bar, side, int(number), code) for bar, side, number, code in found]


@dataclass
class Editor(Requests):
    """Opens, edits and asks; ``inbox`` holds the messages of the server that no test has read."""

    client: pytest_lsp.LanguageClient
    root: Path
    inbox: dict[str, deque[Any]] = field(default_factory=dict)
    statuses: list[dict[str, Any]] = field(default_factory=list)
    summaries: dict[str, str] = field(default_factory=dict)
    registered: list[str] = field(default_factory=list)
    refreshes: list[str] = field(default_factory=list)
    documents: list[Document] = field(default_factory=list)
    settings: dict[str, Any] = field(default_factory=lambda: SETTINGS)
    result: types.InitializeResult | None = None
    asked_for_settings: asyncio.Event = field(default_factory=asyncio.Event)
    _arrived: asyncio.Event = field(default_factory=asyncio.Event)
    _names: int = 0

    def listen(self) -> None:
        """Keep what the server sends."""
        features = {
            PUSHED: lambda params: self._keep(PUSHED, params),
            SHOWN: lambda params: self._keep(SHOWN, params),
            # A lambda, because the library sets attributes on what it registers, which methods do not allow.
            types.WORKSPACE_CONFIGURATION: lambda params: self._give_settings(params),  # noqa: PLW0108
            STATUS: lambda params: self.statuses.append(plain(params)),
            DOCUMENT_STATUS: lambda params: self.summaries.__setitem__(params.uri, params.text),
            types.CLIENT_REGISTER_CAPABILITY: lambda params: self.registered.extend(
                each.id for each in params.registrations
            ),
            types.WORKSPACE_CODE_LENS_REFRESH: lambda _: self.refreshes.append("codeLens"),
        }
        for name, handler in (pytest_lsp.client.DEFAULT_CLIENT_FEATURES | features).items():
            self.client.feature(name)(handler)

    def _keep(self, method: str, params: Any) -> None:
        self.inbox.setdefault(method, deque()).append(params)
        self._arrived.set()

    def _give_settings(self, params: types.ConfigurationParams) -> list[Any]:
        self.asked_for_settings.set()
        return [
            self.client.get_configuration(section=item.section, scope_uri=item.scope_uri)
            for item in params.items
        ]

    async def take(self, method: str, wanted: Any = lambda _: True) -> Any:
        """The next unread message of this kind for which ``wanted`` holds; the others stay unread."""

        async def find() -> Any:
            while True:
                waiting = self.inbox.get(method, deque())
                for params in waiting:
                    if wanted(params):
                        waiting.remove(params)
                        return params
                self._arrived.clear()
                await self._arrived.wait()

        return await soon(find())

    def open(
        self, text: str, *, language: str = "python", name: str | None = None, uri: str | None = None
    ) -> Document:
        """Open a document; without a name or URI, a new file in the workspace."""
        self._names += 1
        if uri is None:
            uri = (self.root / (name or f"file_{self._names}.py")).as_uri()
        document = Document(uri, text)
        self.documents.append(document)
        self.client.text_document_did_open(
            types.DidOpenTextDocumentParams(
                types.TextDocumentItem(uri=uri, language_id=language, version=0, text=text)
            )
        )
        return document

    def replace(self, document: Document, old: str, new: str) -> None:
        """Replace the first ``old`` with ``new``, incrementally."""
        start = document.text.index(old)
        document.version += 1
        assert self.result is not None
        encoding = self.result.capabilities.position_encoding or "utf-16"
        self.change(
            document, document.splice(start, start + len(old), new, getattr(encoding, "value", encoding))
        )

    def change(self, document: Document, *changes: Any) -> None:
        """Send changes as they are."""
        self.client.text_document_did_change(
            types.DidChangeTextDocumentParams(
                types.VersionedTextDocumentIdentifier(uri=document.uri, version=document.version),
                list(changes),
            )
        )

    def fill(self, document: Document, text: str) -> None:
        """Replace the whole text."""
        document.version, document.text = document.version + 1, text
        self.change(document, types.TextDocumentContentChangeWholeDocument(text))

    def save(self, document: Document) -> None:
        """Tell the server that the document was saved."""
        self.client.text_document_did_save(types.DidSaveTextDocumentParams(document.identifier))

    async def findings(self, document: Document, *, version: int | None = None) -> list[types.Diagnostic]:
        """The diagnostics of the document's current version, or of an older one."""
        pushed = await self.take(
            PUSHED,
            lambda params: (
                params.uri == document.uri
                and params.version == (document.version if version is None else version)
            ),
        )
        return list(pushed.diagnostics)

    async def names(self, document: Document) -> list[str]:
        """Of which functions these diagnostics are."""
        return [each.data["name"] for each in await self.findings(document)]

    async def configure(self, **settings: Any) -> None:
        """Change the settings as a client does, and wait until they apply to the open documents."""
        self.settings = settings
        self.client.set_configuration(settings, section="codeorigin")
        self.asked_for_settings.clear()
        self.client.workspace_did_change_configuration(
            types.DidChangeConfigurationParams(settings={"codeorigin": settings})
        )
        await soon(self.asked_for_settings.wait())
        await self.command("codeorigin.status")
        await self.idle()

    @property
    def watches(self) -> bool:
        """Whether this client watches the project's files for the server."""
        return "codeorigin-files" in self.registered

    @contextmanager
    def project_file(self, name: str, text: str) -> Iterator[Path]:
        """A file of settings in the workspace, which a client that watches it reports; gone after the block."""
        path = self.root / name
        path.write_text(text, encoding="utf-8")
        if self.watches:
            self.tell_of_change(path)
        yield path
        path.unlink()
        if self.watches:
            self.tell_of_change(path)

    def tell_of_change(self, file: Path) -> None:
        """Tell the server that a file has changed, as a client that watches it does."""
        event = types.FileEvent(file.as_uri(), types.FileChangeType.Changed)
        self.client.workspace_did_change_watched_files(types.DidChangeWatchedFilesParams([event]))

    async def change_folders(self, added: Sequence[Path] = (), removed: Sequence[Path] = ()) -> None:
        """Change the folders of the workspace, and wait until the server has read their settings."""

        def folders(paths: Sequence[Path]) -> list[types.WorkspaceFolder]:
            return [types.WorkspaceFolder(uri=path.as_uri(), name=path.name) for path in paths]

        change = types.WorkspaceFoldersChangeEvent(added=folders(added), removed=folders(removed))
        self.client.workspace_did_change_workspace_folders(types.DidChangeWorkspaceFoldersParams(change))
        await self.idle()

    async def idle(self) -> None:
        """Wait until the server has nothing to do."""
        while True:
            status = await self.command("codeorigin.status")
            if not status["queue"] and not status["pending"] and status["state"] != "loading":
                return
            await asyncio.sleep(0.02)

    async def close(self, document: Document) -> None:
        """Close the document; the server must clear its diagnostics."""
        self.documents.remove(document)
        self.client.text_document_did_close(types.DidCloseTextDocumentParams(document.identifier))
        await self.take(PUSHED, lambda params: params.uri == document.uri and not params.diagnostics)

    async def tidy(self) -> None:
        """Close all documents and forget their diagnostics; any other unread message is a failure."""
        for document in list(self.documents):
            await self.idle()
            # Wait for the document's first diagnostics: closing before them leaves nothing to clear.
            await self.findings_arrived(document)
            self._forget(document.uri)
            await self.close(document)
            self._forget(document.uri)
        await self.command("codeorigin.status")
        # Whoever deletes files or removes folders need not read that their findings went.
        gone = [params for params in self.inbox.get(PUSHED, ()) if not params.diagnostics]
        unread = [each for messages in self.inbox.values() for each in messages if each not in gone]
        self.inbox.clear()
        assert not unread, f"nobody read {unread}"

    async def findings_arrived(self, document: Document) -> None:
        """Send a request that is answered only after the document's diagnostics were sent."""
        await self.command("codeorigin.rescore", document.uri, None, {"quiet": True})

    def _forget(self, uri: str) -> None:
        waiting = self.inbox.get(PUSHED)
        if waiting is not None:
            self.inbox[PUSHED] = deque(params for params in waiting if params.uri != uri)
