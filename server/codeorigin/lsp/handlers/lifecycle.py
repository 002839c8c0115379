"""``initialize``, ``initialized``, ``shutdown``: what the client can do, and when work begins and ends."""

import asyncio
import logging

from lsprotocol import types

from codeorigin.lsp.connection import process_watch
from codeorigin.lsp.connection.client_support import ClientSupport
from codeorigin.lsp.connection.parameters import plain_json
from codeorigin.lsp.handlers import diagnostics
from codeorigin.lsp.handlers.configuration import fetch_settings, watch_settings
from codeorigin.lsp.server import CodeOriginServer

logger = logging.getLogger(__name__)


def register(server: CodeOriginServer) -> None:
    """Register the handlers."""

    @server.feature(types.INITIALIZE)
    def initialize(params: types.InitializeParams) -> None:
        server.client = ClientSupport.of(params.capabilities)
        server.configuration.set_initial(plain_json(params.initialization_options))
        server.configuration.rebuild([folder.uri for folder in server.documents.folders.values()])
        server.publisher.with_link = server.client.code_description
        server.publisher.pull = server.client.pull_diagnostics
        if server.client.pull_diagnostics:
            diagnostics.register(server)
            if server.client.refresh_diagnostics:
                server.publisher.refresh = lambda: server.protocol.ask(
                    types.WORKSPACE_DIAGNOSTIC_REFRESH, None
                )
        if params.process_id is not None:
            loop = asyncio.get_running_loop()
            process_watch.watch(params.process_id, lambda: loop.call_soon_threadsafe(_client_gone, server))

    @server.feature(types.INITIALIZED)
    async def initialized(_: types.InitializedParams) -> None:
        watch_settings(server)
        await fetch_settings(server)
        server.configured.set()
        server.reconfigure()
        server.status.changed()

    @server.feature(types.SHUTDOWN)
    def shutdown(_: None) -> None:
        server.stop_work()


def _client_gone(server: CodeOriginServer) -> None:
    logger.info("the client's process has ended")
    server.stop_work()
    server.end(1)
