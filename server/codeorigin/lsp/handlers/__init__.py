"""One file per LSP feature, and the table of what answers which message."""

from collections.abc import Awaitable, Callable
from functools import partial
from typing import Any

from lsprotocol import types
from pygls.exceptions import JsonRpcInvalidParams
from pygls.lsp.server import LanguageServer

from codeorigin.lsp.connection.parameters import plain_json
from codeorigin.lsp.documents.documents import SourceDocument
from codeorigin.lsp.handlers import (
    accept,
    code_action,
    code_lens,
    declared_lines,
    explain,
    hover,
    lifecycle,
    rescore,
    scan_changes,
    settings,
    text_sync,
)
from codeorigin.lsp.session import Session
from codeorigin.lsp.status import StatusReporter
from codeorigin.text.literal_text import plain_message

_Handler = Callable[[Session, Any], Any]

STATUS = "codeorigin.status"


def _on_document(act: Callable[[Session, SourceDocument | None], None]) -> _Handler:
    return lambda session, params: act(session, session.documents.find(params.text_document.uri))


_HANDLERS: tuple[tuple[str, _Handler, Any], ...] = (
    (types.WORKSPACE_DID_CHANGE_CONFIGURATION, settings.changed, None),
    (types.WORKSPACE_DID_CHANGE_WORKSPACE_FOLDERS, settings.folders_changed, None),
    (types.WORKSPACE_DID_CHANGE_WATCHED_FILES, settings.files_changed, None),
    (types.TEXT_DOCUMENT_DID_OPEN, _on_document(text_sync.opened), None),
    (types.TEXT_DOCUMENT_DID_CHANGE, _on_document(text_sync.edited), None),
    (types.TEXT_DOCUMENT_DID_SAVE, _on_document(text_sync.opened), types.SaveOptions(include_text=False)),
    (types.NOTEBOOK_DOCUMENT_DID_OPEN, text_sync.notebook_opened, None),
    (types.NOTEBOOK_DOCUMENT_DID_CHANGE, text_sync.notebook_edited, None),
    (types.NOTEBOOK_DOCUMENT_DID_SAVE, text_sync.notebook_saved, None),
    (types.TEXT_DOCUMENT_HOVER, hover.hover, None),
    (types.TEXT_DOCUMENT_CODE_ACTION, code_action.code_actions, code_action.OPTIONS),
    (types.TEXT_DOCUMENT_CODE_LENS, code_lens.lenses, types.CodeLensOptions(resolve_provider=False)),
    (explain.ATTRIBUTIONS, explain.attributions, None),
    (declared_lines.DECLARED, declared_lines.declared, None),
)


_COMMANDS: tuple[tuple[str, Callable[..., Awaitable[dict[str, Any]]], int], ...] = (
    (rescore.RESCORE, rescore.rescore, 2),
    (explain.EXPLAIN, explain.explain, 2),
    (accept.ACCEPT_FINDINGS, accept.accept, 2),
    (scan_changes.SCAN_CHANGES, scan_changes.scan_changes, 1),
)
"""Commands, and how many arguments each has at most."""


def register_all(server: LanguageServer, session: Session, status: StatusReporter) -> None:
    lifecycle.register(server, session, status)
    for method, handler, options in _HANDLERS:
        server.feature(method, options)(partial(handler, session))
    for name, run, arguments in _COMMANDS:
        server.command(name)(_command(session, run, arguments))
    server.command(STATUS)(lambda *_: status.describe())


def _command(
    session: Session, run: Callable[..., Awaitable[dict[str, Any]]], arguments: int
) -> Callable[..., Awaitable[dict[str, Any]]]:
    """A command with up to ``arguments`` arguments, the missing ones None, and then ``{quiet?}``.

    The ``message`` of its answer is shown, unless ``quiet`` says that the client shows the answer itself.
    """

    async def command(*given: Any) -> dict[str, Any]:
        values = plain_json(given)
        if len(values) > arguments + 1:
            raise JsonRpcInvalidParams(
                message=f"up to {arguments + 1} arguments are needed, not {len(values)}"
            )
        *values, options = values + [None] * (arguments + 1 - len(values))
        answer = await run(session, *values)
        answer["message"] = plain_message(str(answer["message"]))
        if not (isinstance(options, dict) and options.get("quiet") is True):
            session.client.show(answer["message"])
        return answer

    return command
