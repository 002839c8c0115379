"""A server for the recorded capabilities of an editor."""

import asyncio
import json
import sys
from collections.abc import AsyncIterator, Awaitable, Callable, Sequence
from contextlib import AsyncExitStack, asynccontextmanager
from pathlib import Path
from typing import Any

import pytest
from lsprotocol import types
from pytest_lsp import ClientServerConfig, LanguageClient, client_capabilities

# The tests' own helper modules are imported by their full name, however pytest was started.
sys.path.insert(0, str(Path(__file__).parents[3]))

from tests.server.lsp.editor import SETTINGS, Editor
from tests.server.lsp.requests import make_client

from codeorigin.analysis import analyzer
from codeorigin.lsp.server import CodeOriginServer
from support.waiting import PATIENCE

VSCODE, NEOVIM, EMACS = "visual-studio-code", "neovim", "emacs"
"""Recorded clients; each has a position encoding of its own."""
COMMAND = [sys.executable, "-m", "codeorigin", "serve", "--log-level", "warning"]

StartOnce = Callable[..., Awaitable[Editor]]


def clients(*names: str) -> pytest.MarkDecorator:
    """Run a test for these clients; the others run for VS Code."""
    return pytest.mark.parametrize("server", names, indirect=True)


everywhere = clients(VSCODE, NEOVIM, EMACS)


class Pipe:
    """Hands each message that one side writes to the other side, in the next turn of the loop."""

    def __init__(self, receive: Callable[[bytes], object]) -> None:
        self._receive = receive

    def write(self, data: bytes) -> None:
        """Called with one message and its header."""
        asyncio.get_running_loop().call_soon(self._receive, data.split(b"\r\n\r\n", 1)[1])

    def close(self) -> None:
        """Nothing to close."""


def server_here(receive: Callable[[Any], object], model: Path | None = None) -> CodeOriginServer:
    """A server in this process; ``receive`` is called with each message that it writes."""
    server = CodeOriginServer(model)
    server.attach()
    server.protocol.set_writer(Pipe(lambda body: receive(json.loads(body))))
    return server


@asynccontextmanager
async def connected(model: Path | None) -> AsyncIterator[LanguageClient]:
    """A client of a server in this process."""
    client = make_client()
    protocol = client.protocol
    server = server_here(lambda message: protocol.handle_message(protocol.structure_message(message)), model)
    protocol.set_writer(Pipe(server.protocol.receive))
    yield client
    server.session.stop()
    assert server.session.engine.scorer.stop(PATIENCE)


@asynccontextmanager
async def started(
    command: Sequence[str], environment: dict[str, str] | None
) -> AsyncIterator[LanguageClient]:
    """A client of a server in another process."""
    config = ClientServerConfig(
        server_command=list(command), client_factory=make_client, server_env=environment
    )
    client = await config.start()
    yield client
    await client.stop()


@asynccontextmanager
async def running(
    root: Path,
    client: str = VSCODE,
    *,
    settings: dict[str, Any] | None = None,
    command: Sequence[str] = COMMAND,
    model: Path | None = None,
    environment: dict[str, str] | None = None,
    options: Any = None,
    folders: Sequence[str] = ("",),
) -> AsyncIterator[Editor]:
    """An editor in ``root`` whose server has nothing to do yet; both end with the block.

    The server is in this process, unless another ``command`` or ``environment`` is given.
    """
    chosen = [] if model is None else ["--model", str(model)]
    is_here = command == COMMAND and environment is None
    place = connected(model) if is_here else started([*command, *chosen], environment)
    async with place as connection:
        editor = Editor(connection, root, settings=SETTINGS if settings is None else settings)
        editor.listen()
        editor.client.set_configuration(editor.settings, section="codeorigin")
        editor.result = await editor.client.initialize_session(
            types.InitializeParams(
                capabilities=client_capabilities(client),
                root_uri=root.as_uri() if folders else None,
                workspace_folders=[
                    types.WorkspaceFolder(uri=(root / name).as_uri(), name=name or root.name)
                    for name in folders
                ],
                initialization_options=options,
            )
        )
        await editor.idle()
        yield editor
        await editor.client.shutdown_session()


@pytest.fixture
def failing(monkeypatch: pytest.MonkeyPatch) -> None:
    """Scoring fails for documents that say so."""

    def misbehave(document: Any, *more: Any) -> Any:
        if "RAISE" in document.text:
            raise ValueError(f"the text was {document.text}")
        if "EXIT" in document.text:
            sys.exit(5)
        return outlined(document, *more)

    outlined = analyzer.outlined
    monkeypatch.setattr(analyzer, "outlined", misbehave)


@pytest.fixture(scope="session")
async def start_once(tmp_path_factory: pytest.TempPathFactory) -> AsyncIterator[StartOnce]:
    """``start_once(client, kind, **options)``: the server of this kind for a client, once a test has asked for it."""
    started: dict[tuple[str, str], Editor] = {}
    async with AsyncExitStack() as stack:

        async def start(client: str, kind: str, **options: Any) -> Editor:
            if (client, kind) not in started:
                starting = running(tmp_path_factory.mktemp("workspace"), client, **options)
                started[client, kind] = await stack.enter_async_context(starting)
            return started[client, kind]

        yield start


@pytest.fixture
async def server(request: pytest.FixtureRequest, start_once: StartOnce) -> Editor:
    """The server for VS Code, or for the clients that a test names."""
    return await start_once(getattr(request, "param", VSCODE), "plain")


@pytest.fixture
async def editor(server: Editor) -> AsyncIterator[Editor]:
    """The server; afterwards its settings are restored and no message may be left unread."""
    yield server
    if server.settings != SETTINGS:
        await server.configure(**SETTINGS)
    await server.tidy()
    server.refreshes.clear()
