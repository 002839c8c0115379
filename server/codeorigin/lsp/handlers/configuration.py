"""Settings from the client and from project files: asked for, pushed, watched."""

import asyncio
import logging

from lsprotocol import types

from codeorigin.lsp.connection.parameters import plain_json
from codeorigin.lsp.server import CodeOriginServer
from codeorigin.lsp.settings.layers import SECTION
from codeorigin.settings.project_files import WATCHED_FILES

logger = logging.getLogger(__name__)

ANSWER_SECONDS = 3.0


def register(server: CodeOriginServer) -> None:
    """Register the handlers."""

    @server.feature(types.WORKSPACE_DID_CHANGE_CONFIGURATION)
    async def changed(params: types.DidChangeConfigurationParams) -> None:
        if server.client.support.configuration:
            await fetch_settings(server)
        else:
            server.session.configuration.set_editor(plain_json(params.settings))
        server.session.reconfigure()

    @server.feature(types.WORKSPACE_DID_CHANGE_WORKSPACE_FOLDERS)
    async def folders_changed(_: types.DidChangeWorkspaceFoldersParams) -> None:
        await fetch_settings(server)
        server.session.reconfigure()

    @server.feature(types.WORKSPACE_DID_CHANGE_WATCHED_FILES)
    def files_changed(_: types.DidChangeWatchedFilesParams) -> None:
        server.session.reconfigure()


async def fetch_settings(server: CodeOriginServer) -> None:
    """Ask the client for its settings, for all folders and for each; keep the old ones without an answer."""
    if not server.client.support.configuration:
        return
    folders = [folder.uri for folder in server.session.documents.folders.values()]
    items = [
        types.ConfigurationItem(section=SECTION),
        *(types.ConfigurationItem(section=SECTION, scope_uri=uri) for uri in folders),
    ]
    try:
        answer = await asyncio.wait_for(
            server.protocol.ask(types.WORKSPACE_CONFIGURATION, types.ConfigurationParams(items=items)),
            ANSWER_SECONDS,
        )
    except Exception as error:
        logger.warning("the client gave no settings (%s)", type(error).__name__)
        return
    values = plain_json(answer)
    if isinstance(values, list) and len(values) == len(items):
        server.session.configuration.set_editor(values[0], dict(zip(folders, values[1:], strict=True)))


def watch_settings(server: CodeOriginServer) -> None:
    """Ask the client to tell of changed settings and project files, where it can."""
    registrations = []
    if server.client.support.register_configuration:
        registrations.append(
            types.Registration(
                id="codeorigin-configuration",
                method=types.WORKSPACE_DID_CHANGE_CONFIGURATION,
                register_options=types.DidChangeConfigurationRegistrationOptions(section=SECTION),
            )
        )
    if server.client.support.register_watchers:
        watchers = [types.FileSystemWatcher(glob_pattern=f"**/{name}") for name in WATCHED_FILES]
        registrations.append(
            types.Registration(
                id="codeorigin-files",
                method=types.WORKSPACE_DID_CHANGE_WATCHED_FILES,
                register_options=types.DidChangeWatchedFilesRegistrationOptions(watchers=watchers),
            )
        )
    if not registrations:
        return
    answer = server.protocol.ask(
        types.CLIENT_REGISTER_CAPABILITY, types.RegistrationParams(registrations=registrations)
    )
    if server.client.support.register_watchers:
        answer.add_done_callback(
            lambda done: None if done.cancelled() or done.exception() else server.session.files_watched()
        )
