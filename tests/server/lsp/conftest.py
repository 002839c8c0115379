"""A real server process for the recorded capabilities of each of three editors."""

import sys
from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any

import pytest
from lsprotocol import types
from pytest_lsp import ClientServerConfig, client_capabilities

# The tests' own helper modules are imported by their full name, however pytest was started.
sys.path.insert(0, str(Path(__file__).parents[3]))

from tests.server.lsp.client import make_client
from tests.server.lsp.editor import Editor

from support.controlled_git import ControlledGit

EDITORS = ("visual-studio-code", "neovim", "emacs")
COMMAND = [sys.executable, "-m", "codeorigin", "serve", "--log-level", "warning"]
SETTINGS: dict[str, Any] = {
    "threshold": 0.0,
    "debounce": 20,
    "caretQuiet": 0,
    "explainWait": 10_000,
}
"""Every function with a verdict is reported at once, so that no test depends on the model's opinion."""


def refreshing_capabilities() -> types.ClientCapabilities:
    """VS Code's recorded capabilities plus what it has learnt since: it pulls, and refreshes when asked."""
    made = client_capabilities("visual-studio-code")
    made.text_document.diagnostic = types.DiagnosticClientCapabilities(related_document_support=True)
    made.workspace.diagnostics = types.DiagnosticWorkspaceClientCapabilities(refresh_support=True)
    made.workspace.inlay_hint = types.InlayHintWorkspaceClientCapabilities(refresh_support=True)
    return made


async def start(
    root: Path,
    capabilities: types.ClientCapabilities,
    *,
    settings: dict[str, Any] | None = None,
    command: list[str] = COMMAND,
    model: Path | None = None,
    environment: dict[str, str] | None = None,
    options: Any = None,
    folders: Sequence[str] = ("",),
) -> Editor:
    """Start a server and perform the handshake."""
    chosen = [] if model is None else ["--model", str(model)]
    config = ClientServerConfig(
        server_command=[*command, *chosen], client_factory=make_client, server_env=environment
    )
    client = await config.start()
    editor = Editor(client, root)
    editor.listen()
    client.set_configuration(SETTINGS if settings is None else settings, section="codeorigin")
    editor.result = await client.initialize_session(
        types.InitializeParams(
            capabilities=capabilities,
            root_uri=root.as_uri(),
            workspace_folders=[
                types.WorkspaceFolder(uri=(root / name).as_uri(), name=name or root.name) for name in folders
            ],
            initialization_options=options,
        )
    )
    return editor


async def stop(editor: Editor) -> None:
    """End the session properly."""
    await editor.client.shutdown_session()
    await editor.client.stop()


@asynccontextmanager
async def running(
    root: Path, capabilities: types.ClientCapabilities, **options: Any
) -> AsyncIterator[Editor]:
    """An editor whose server has nothing to do yet; both end with the block. ``options`` are those of ``start``."""
    editor = await start(root, capabilities, **options)
    await editor.idle()
    yield editor
    await stop(editor)


@pytest.fixture(scope="module")
def git(tmp_path_factory: pytest.TempPathFactory) -> ControlledGit:
    """The ``git`` of the module's server."""
    return ControlledGit(tmp_path_factory.mktemp("programs") / "git")


@pytest.fixture
def folder(editor: Editor) -> Path:
    """A folder in the workspace that no other test uses."""
    return editor.root / f"folder_{len(list(editor.root.iterdir()))}"


@pytest.fixture(scope="session")
async def servers() -> AsyncIterator[dict[str, Editor]]:
    """One server for each editor's capabilities, once a test has asked for it."""
    started: dict[str, Editor] = {}
    yield started
    for editor in started.values():
        await stop(editor)


@pytest.fixture(params=EDITORS)
async def server(
    request: pytest.FixtureRequest, servers: dict[str, Editor], tmp_path_factory: pytest.TempPathFactory
) -> Editor:
    """The server for each editor."""
    if request.param not in servers:
        root = tmp_path_factory.mktemp("workspace")
        servers[request.param] = await start(root, client_capabilities(request.param))
        await servers[request.param].idle()
    return servers[request.param]


@pytest.fixture
async def editor(server: Editor) -> AsyncIterator[Editor]:
    """The server; afterwards its settings are restored and no message may be left unread."""
    yield server
    await server.configure(**SETTINGS)
    await server.tidy()
    server.refreshes.clear()
