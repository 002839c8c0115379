"""One file per LSP feature, and the table of what answers which message."""

from collections.abc import Callable
from functools import partial
from typing import Any

from lsprotocol import types

from codeorigin.lsp.handlers import (
    accept,
    attributions,
    code_action,
    code_lens,
    configuration,
    declared,
    explain,
    hover,
    lifecycle,
    rescore,
    scan_changes,
    text_sync,
)
from codeorigin.lsp.handlers.commands import register_command
from codeorigin.lsp.server import CodeOriginServer
from codeorigin.lsp.session import Session

_Handler = Callable[[Session, Any], Any]

STATUS = "codeorigin.status"


def _by_uri(act: Callable[[Session, str], None]) -> _Handler:
    return lambda session, params: act(session, params.text_document.uri)


_HANDLERS: tuple[tuple[str, _Handler, Any], ...] = (
    (types.WORKSPACE_DID_CHANGE_CONFIGURATION, configuration.changed, None),
    (types.WORKSPACE_DID_CHANGE_WORKSPACE_FOLDERS, configuration.folders_changed, None),
    (types.WORKSPACE_DID_CHANGE_WATCHED_FILES, configuration.files_changed, None),
    (types.TEXT_DOCUMENT_DID_OPEN, _by_uri(text_sync.opened), None),
    (types.TEXT_DOCUMENT_DID_CHANGE, _by_uri(text_sync.edited), None),
    (types.TEXT_DOCUMENT_DID_SAVE, _by_uri(text_sync.opened), types.SaveOptions(include_text=False)),
    (types.NOTEBOOK_DOCUMENT_DID_OPEN, text_sync.notebook_opened, None),
    (types.NOTEBOOK_DOCUMENT_DID_CHANGE, text_sync.notebook_edited, None),
    (types.NOTEBOOK_DOCUMENT_DID_SAVE, text_sync.notebook_saved, None),
    (types.TEXT_DOCUMENT_HOVER, hover.hover, None),
    (types.TEXT_DOCUMENT_CODE_ACTION, code_action.code_actions, code_action.OPTIONS),
    (types.TEXT_DOCUMENT_CODE_LENS, code_lens.lenses, types.CodeLensOptions(resolve_provider=False)),
    (attributions.ATTRIBUTIONS, attributions.attributions, None),
    (declared.DECLARED, declared.declared, None),
)


def register_all(server: CodeOriginServer) -> None:
    """Register every feature."""
    lifecycle.register(server)
    for method, handler, options in _HANDLERS:
        server.feature(method, options)(partial(handler, server.session))
    register_command(server, rescore.RESCORE, rescore.rescore, arguments=2)
    register_command(server, explain.EXPLAIN, explain.explain, arguments=2)
    register_command(server, accept.ACCEPT_FINDINGS, accept.accept, arguments=2)
    register_command(server, scan_changes.SCAN_CHANGES, scan_changes.scan_changes, arguments=1)
    server.command(STATUS)(lambda *_: server.status.describe())
