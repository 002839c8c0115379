"""``initialize``, ``initialized``, ``shutdown``: read the client's capabilities, start and stop work."""

import asyncio
import logging
from functools import partial

from lsprotocol import types

from codeorigin.lsp.connection.client_support import ClientSupport
from codeorigin.lsp.connection.parameters import plain_json
from codeorigin.lsp.connection.transport import watch_process
from codeorigin.lsp.handlers.configuration import fetch_settings, reconfigure, watch_settings
from codeorigin.lsp.handlers.repository_evidence import past_changed
from codeorigin.lsp.handlers.text_sync import closed
from codeorigin.lsp.server import CodeOriginServer

logger = logging.getLogger(__name__)


def register(server: CodeOriginServer) -> None:
    """Register the handlers."""
    session = server.session
    session.pasts.changed = partial(past_changed, session)

    @server.feature(types.INITIALIZE)
    def initialize(params: types.InitializeParams) -> None:
        session.documents.closed = partial(closed, session)
        session.client.support = ClientSupport.of(params.capabilities)
        session.configuration.set_initial(plain_json(params.initialization_options))
        session.configuration.rebuild(session.documents.folder_uris())
        if params.process_id is not None:
            loop = asyncio.get_running_loop()
            watch_process(params.process_id, lambda: loop.call_soon_threadsafe(client_gone))

    @server.feature(types.INITIALIZED)
    async def initialized(_: types.InitializedParams) -> None:
        watch_settings(session)
        await fetch_settings(session)
        session.configured.set()
        reconfigure(session)
        server.status.changed()

    @server.feature(types.SHUTDOWN)
    def shutdown(_: None) -> None:
        session.stop()

    def client_gone() -> None:
        logger.info("the client's process has ended")
        session.stop()
        server.end(1)
