"""Settings from the client and from project files: asked for, pushed, changed on disk."""

import asyncio
import logging
from fnmatch import fnmatchcase
from pathlib import Path
from typing import Any

from lsprotocol import types

from codeorigin.core.errors import ModelError
from codeorigin.lsp.connection.parameters import plain_json
from codeorigin.lsp.documents.configuration import SECTION
from codeorigin.lsp.handlers.declared_lines import read_repository
from codeorigin.lsp.handlers.publish import publish_soon
from codeorigin.lsp.scoring.worker import Priority
from codeorigin.lsp.session import Session
from codeorigin.settings.project import WATCHED_FILES
from codeorigin.settings.schema import RunMode

logger = logging.getLogger(__name__)

ANSWER_SECONDS = 3.0


async def changed(session: Session, params: types.DidChangeConfigurationParams) -> None:
    if session.client.support.configuration:
        await fetch_settings(session)
    else:
        session.configuration.set_editor(plain_json(params.settings))
        reconfigure(session)


async def folders_changed(session: Session, _: types.DidChangeWorkspaceFoldersParams) -> None:
    reconfigure(session)
    await fetch_settings(session)


def files_changed(session: Session, params: types.DidChangeWatchedFilesParams) -> None:
    names = [event.uri.rpartition("/")[2] for event in params.changes]
    if any(fnmatchcase(name, pattern) for name in names for pattern in WATCHED_FILES):
        reconfigure(session)


def reconfigure(session: Session) -> None:
    """Recompute the settings from all layers, and act on what changed."""
    session.configuration.rebuild(session.documents.folder_uris())
    session.client.show_problems("settings", session.configuration.problems)
    if not session.configured.is_set():
        return
    everywhere = session.configuration.everywhere
    if everywhere.enable:
        _load_model(session, everywhere.model_path)
    for document in session.documents.opened():
        state = document.state
        read_repository(session, document)
        if session.settings(document).run is RunMode.ON_TYPE:
            state.waits_for_save = False
        if state.result is not None or not state.waits_for_save:
            publish_soon(session, document)  # cached texts cost nothing
    session.client.refresh_lenses()


def _load_model(session: Session, setting: str | None) -> None:
    """Load the model that the settings name, unless it was already requested."""
    chosen = session.model_dir or (Path(setting).expanduser() if setting else None)
    if not session.engine.choose(chosen) and session.model_requested:
        return
    session.model_requested = True

    def loaded(loading: asyncio.Future[Any]) -> None:
        error = None if loading.cancelled() else loading.exception()
        if isinstance(error, ModelError):
            session.client.show_once(str(error), types.MessageType.Error)

    session.engine.score(lambda *_: None, Priority.MODEL).add_done_callback(loaded)


async def fetch_settings(session: Session) -> None:
    """Request the client's settings, in general and for each folder, and apply them.

    Waits only a few seconds, because a client may answer late or never, and its documents are already open. Until the
    answer arrives, however late, the previous settings apply.
    """
    if not session.client.support.configuration:
        return
    folders = session.documents.folder_uris()
    items = [types.ConfigurationItem(section=SECTION, scope_uri=uri) for uri in (None, *folders)]

    def take(answer: asyncio.Future[Any]) -> None:
        if answer.cancelled():
            return  # a newer one was asked for
        values = None if answer.exception() is not None else plain_json(answer.result())
        if not isinstance(values, list) or len(values) != len(items):
            logger.warning("the client's answer holds no settings")
            return
        session.configuration.set_editor(values[0], dict(zip(folders, values[1:], strict=True)))
        reconfigure(session)

    if session.asked_settings is not None:
        session.asked_settings.cancel()
    answer = session.client.ask(types.WORKSPACE_CONFIGURATION, types.ConfigurationParams(items=items))
    session.asked_settings = answer
    answer.add_done_callback(take)
    await asyncio.wait({answer}, timeout=ANSWER_SECONDS)
    if not answer.done():
        logger.warning("the client has not answered with its settings yet")
