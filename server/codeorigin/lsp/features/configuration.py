"""Settings from the client and from project files: requested, pushed, watched."""

import asyncio
import logging
from typing import Any

from lsprotocol import types

from codeorigin.lsp.connection.parameters import plain_json
from codeorigin.lsp.documents.configuration import SECTION
from codeorigin.lsp.server import CodeOriginServer
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
        server.session.withdraw_outside()
        await fetch_settings(server)
        server.session.reconfigure()

    @server.feature(types.WORKSPACE_DID_CHANGE_WATCHED_FILES)
    def files_changed(_: types.DidChangeWatchedFilesParams) -> None:
        server.session.reconfigure()


async def fetch_settings(server: CodeOriginServer) -> None:
    """Request the client's settings, in general and for each folder.

    Waits only a few seconds, because a client may answer late or never, and its documents are already open. Until the
    answer arrives, however late, the previous settings apply.
    """
    if not server.client.support.configuration:
        return
    folders = [folder.uri for folder in server.session.documents.folders.values()]
    items = [
        types.ConfigurationItem(section=SECTION),
        *(types.ConfigurationItem(section=SECTION, scope_uri=uri) for uri in folders),
    ]
    number = server.session.configuration.next_request()

    def take(answer: asyncio.Future[Any]) -> bool:
        """Use the answer unless a newer one has arrived; return whether it was used."""
        if answer.cancelled() or answer.exception() is not None:
            failure = None if answer.cancelled() else answer.exception()
            logger.warning("the client gave no settings (%s)", type(failure).__name__)
            return False
        values = plain_json(answer.result())
        if not isinstance(values, list) or len(values) != len(items):
            logger.warning("the client's answer holds no settings")
            return False
        return server.session.configuration.answer(
            number, values[0], dict(zip(folders, values[1:], strict=True))
        )

    def take_late(answer: asyncio.Future[Any]) -> None:
        if take(answer):
            server.session.reconfigure()

    answer = server.protocol.ask(types.WORKSPACE_CONFIGURATION, types.ConfigurationParams(items=items))
    await asyncio.wait({answer}, timeout=ANSWER_SECONDS)
    if answer.done():
        take(answer)
    else:
        logger.warning("the client has not answered with its settings yet")
        answer.add_done_callback(take_late)


def watch_settings(server: CodeOriginServer) -> None:
    """Ask the client to report changed settings and project files, if it can."""
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
