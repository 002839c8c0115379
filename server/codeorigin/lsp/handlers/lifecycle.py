"""How a session begins and ends: what the client can, which changes it is to report, and what stops."""

from functools import partial
from pathlib import Path
from typing import Any

from lsprotocol import types
from pygls.lsp.server import LanguageServer

from codeorigin.lsp.connection.client import ClientSupport
from codeorigin.lsp.connection.parameters import plain_json
from codeorigin.lsp.documents.configuration import SECTION
from codeorigin.lsp.handlers.publish import closed, publish_soon
from codeorigin.lsp.handlers.settings import fetch_settings, reconfigure
from codeorigin.lsp.session import Session
from codeorigin.lsp.status import StatusReporter
from codeorigin.settings.project import WATCHED_FILES
from codeorigin.settings.schema import RunMode


def register(server: LanguageServer, session: Session, status: StatusReporter) -> None:
    """Register what begins and ends a session, and what starts with it."""
    session.pasts.changed = partial(_past_changed, session)

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
        status.changed()

    @server.feature(types.SHUTDOWN)
    def shutdown(_: None) -> None:
        session.stop()


def _past_changed(session: Session, repository: Path) -> None:
    """The past of a repository is known, or is another one: judge its files again."""
    for document in session.documents.opened():
        # Later edits are not scored before a save, if the settings say so.
        is_scored = session.current_result(document) is not None or document.state.scoring.runs
        if document.state.past_repository == repository and (
            is_scored or session.settings(document).run is RunMode.ON_TYPE
        ):
            publish_soon(session, document)


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
