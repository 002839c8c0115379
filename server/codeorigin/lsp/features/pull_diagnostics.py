"""``textDocument/diagnostic`` and ``workspace/diagnostic``, for clients that pull."""

import asyncio
import time
from collections.abc import Iterator
from typing import TYPE_CHECKING
from urllib.parse import unquote

from lsprotocol import types

from codeorigin.cancellation import CancelToken
from codeorigin.lsp.features.findings import diagnostic, reported
from codeorigin.lsp.features.publisher import content_id
from codeorigin.lsp.features.scans import scan_folders
from codeorigin.lsp.server import CodeOriginServer
from codeorigin.lsp.session import Session
from codeorigin.settings.schema import RunMode, Settings
from codeorigin.wording.messages import too_many_files

if TYPE_CHECKING:
    from codeorigin.lsp.scoring.file_records import FileRecord

PAUSE_SECONDS = 2.0


def register(server: CodeOriginServer) -> None:
    """Register the handlers; ``workspace/diagnostic`` only if the settings enable it."""
    session = server.session

    @server.feature(
        types.TEXT_DOCUMENT_DIAGNOSTIC,
        types.DiagnosticOptions(
            identifier="codeorigin", inter_file_dependencies=False, workspace_diagnostics=False
        ),
    )
    async def pull(params: types.DocumentDiagnosticParams) -> types.DocumentDiagnosticReport:
        document = session.document(params.text_document.uri)
        if document is None:
            return types.RelatedFullDocumentDiagnosticReport(items=[])
        uri = document.uri
        return await session.publisher.report(uri, params.previous_result_id, lambda: _settle(session, uri))

    if session.configuration.everywhere.workspace_diagnostics:
        _register_workspace(server)


async def _settle(session: Session, uri: str) -> None:
    """Wait for the newest result; if the client does not support refreshing, also wait for a save."""
    await session.settled(uri)
    document = session.document(uri)
    if document is None or session.client.support.refresh_diagnostics:
        return
    mode = session.settings_of(uri).run
    while mode is not RunMode.ON_TYPE and (document := session.document(uri)) is not None:
        result = session.result(uri)
        if result is None or result.version == (document.version or 0):
            break
        await session.publisher.next_change(uri)


def _register_workspace(server: CodeOriginServer) -> None:
    session = server.session
    scanned_at = [float("-inf")]

    @server.feature(types.WORKSPACE_DIAGNOSTIC)
    async def pull_workspace(params: types.WorkspaceDiagnosticParams) -> types.WorkspaceDiagnosticReport:
        await session.configured.wait()
        if params.previous_result_ids:
            # Clients ask again as soon as they have an answer. The pause keeps the server from constantly walking
            # the disk.
            await asyncio.sleep(max(0.0, scanned_at[0] + PAUSE_SECONDS - time.monotonic()))
        # Keyed by the unquoted URI, because clients may spell a URI differently from the server.
        previous = {unquote(each.uri): each for each in params.previous_result_ids}
        reports: list[types.WorkspaceDocumentDiagnosticReport] = []

        def scored(record: "FileRecord", settings: Settings) -> None:
            known = previous.pop(unquote(record.uri), None)
            reports.append(_file_report(session, record, settings, known))

        token = CancelToken()
        try:
            summary = await session.scanner.scan(
                scan_folders(session, None),
                token,
                skip=session.is_open,
                scored=scored,
                progress=lambda done, total: None,
            )
        finally:
            token.cancel()
            scanned_at[0] = time.monotonic()
        if summary.cut:
            from codeorigin.lsp.scoring.workspace_scan import MAX_FILES  # noqa: PLC0415 - see scan_folders

            session.client.show_once(too_many_files(MAX_FILES), types.MessageType.Warning)
        if not summary.cancelled:
            reports += _empty_reports(session, [each.uri for each in previous.values()])
        return types.WorkspaceDiagnosticReport(items=reports)


def _empty_reports(
    session: Session, unseen: list[str]
) -> Iterator[types.WorkspaceFullDocumentDiagnosticReport]:
    """Reports for files that the client has findings for but that are gone or no longer scored."""
    for uri in unseen:
        if session.document(uri) is None:  # open documents and notebook cells have their own reports
            yield types.WorkspaceFullDocumentDiagnosticReport(uri=uri, version=None, items=[])


def _file_report(
    session: Session, record: "FileRecord", settings: Settings, previous: types.PreviousResultId | None
) -> types.WorkspaceDocumentDiagnosticReport:
    with_link = session.client.support.code_description
    items = [
        diagnostic(function, record.model_id, band, settings, with_link=with_link)
        for function, band in reported(record.functions, settings, session.accepted(record.uri))
    ]
    uri = previous.uri if previous is not None else record.uri
    result_id = content_id(items)
    if previous is not None and previous.value == result_id:
        return types.WorkspaceUnchangedDocumentDiagnosticReport(uri=uri, version=None, result_id=result_id)
    return types.WorkspaceFullDocumentDiagnosticReport(
        uri=uri, version=None, items=items, result_id=result_id
    )
