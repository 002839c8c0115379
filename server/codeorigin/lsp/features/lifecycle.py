"""``initialize``, ``initialized``, ``shutdown``: read the client's capabilities, start and stop work."""

import asyncio
import logging

from lsprotocol import types

from codeorigin.lsp.connection import process_watch
from codeorigin.lsp.connection.client_support import ClientSupport
from codeorigin.lsp.connection.parameters import plain_json
from codeorigin.lsp.features import pull_diagnostics, workspace_diagnostics
from codeorigin.lsp.features.configuration import fetch_settings, reconfigure, watch_settings
from codeorigin.lsp.server import CodeOriginServer

logger = logging.getLogger(__name__)


def register(server: CodeOriginServer) -> None:
    """Register the handlers."""

    @server.feature(types.INITIALIZE)
    def initialize(params: types.InitializeParams) -> None:
        session, support = server.session, ClientSupport.of(params.capabilities)
        server.client.support = support
        session.configuration.set_initial(plain_json(params.initialization_options))
        session.configuration.rebuild([folder.uri for folder in session.documents.folders.values()])
        if support.pull_diagnostics:
            pull_diagnostics.register(server)
            if session.configuration.everywhere.workspace_diagnostics:
                workspace_diagnostics.register(server)
        if params.process_id is not None:
            loop = asyncio.get_running_loop()
            process_watch.watch(params.process_id, lambda: loop.call_soon_threadsafe(_client_gone, server))

    @server.feature(types.INITIALIZED)
    async def initialized(_: types.InitializedParams) -> None:
        watch_settings(server)
        await fetch_settings(server)
        server.session.configured.set()
        reconfigure(server.session)
        server.status.changed()

    @server.feature(types.SHUTDOWN)
    def shutdown(_: None) -> None:
        server.stop_work()


def _client_gone(server: CodeOriginServer) -> None:
    logger.info("the client's process has ended")
    server.stop_work()
    server.end(1)
