"""How a session begins and ends: what the client can, which changes it is to report, and what stops."""

from functools import partial
from typing import Any

from lsprotocol import types

from codeorigin.lsp.connection.client import ClientSupport
from codeorigin.lsp.connection.parameters import plain_json
from codeorigin.lsp.documents.configuration import SECTION
from codeorigin.lsp.handlers.publish import closed
from codeorigin.lsp.handlers.repository import past_changed
from codeorigin.lsp.handlers.settings import fetch_settings, reconfigure
from codeorigin.lsp.server import CodeOriginServer
from codeorigin.lsp.session import Session
from codeorigin.settings.project import WATCHED_FILES


def register(server: CodeOriginServer) -> None:
    """Register what begins and ends a session, and what starts with it."""
    session = server.session
    session.pasts.changed = partial(past_changed, session)

    @server.feature(types.INITIALIZE)
    def initialize(params: types.InitializeParams) -> None:
        session.documents.closed = partial(closed, session)
        session.client.support = ClientSupport.of(params.capabilities)
        session.configuration.set_initial(plain_json(params.initialization_options))
        session.configuration.rebuild(session.documents.folder_uris())

    @server.feature(types.INITIALIZED)
    async def initialized(_: types.InitializedParams) -> None:
        _watch(session)
        await fetch_settings(session)
        session.configured.set()
        reconfigure(session)
        server.status.changed()

    @server.feature(types.SHUTDOWN)
    def shutdown(_: None) -> None:
        session.stop()


def _watch(session: Session) -> None:
    """Ask the client to report changed settings and project files, if it can."""
    support, registrations = session.client.support, []
    if support.register_configuration:
        options: Any = types.DidChangeConfigurationRegistrationOptions(section=SECTION)
        method = types.WORKSPACE_DID_CHANGE_CONFIGURATION
        registrations.append(types.Registration("codeorigin-configuration", method, options))
    if support.register_watchers:
        watchers = [types.FileSystemWatcher(glob_pattern=f"**/{name}") for name in WATCHED_FILES]
        options = types.DidChangeWatchedFilesRegistrationOptions(watchers=watchers)
        method = types.WORKSPACE_DID_CHANGE_WATCHED_FILES
        registrations.append(types.Registration("codeorigin-files", method, options))
    if registrations:
        params = types.RegistrationParams(registrations=registrations)
        session.client.ask(types.CLIENT_REGISTER_CAPABILITY, params)
