"""``workspace/diagnostic``, for clients that pull, if the settings enable it."""

import asyncio
import time
from collections.abc import Iterator
from urllib.parse import unquote

from lsprotocol import types

from codeorigin.cancellation import CancelToken
from codeorigin.lsp.features.closed_files import closed_findings
from codeorigin.lsp.features.findings import content_id
from codeorigin.lsp.scoring.file_records import FileRecord
from codeorigin.lsp.scoring.workspace_scan import MAX_FILES
from codeorigin.lsp.server import CodeOriginServer
from codeorigin.lsp.session import Session
from codeorigin.settings.schema import Settings
from codeorigin.wording.messages import too_many_files

PAUSE_SECONDS = 2.0


def register(server: CodeOriginServer) -> None:
    """Register the handler."""
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
        previous = {unquote(result.uri): result for result in params.previous_result_ids}
        reports: list[types.WorkspaceDocumentDiagnosticReport] = []

        def scored(record: FileRecord, settings: Settings) -> None:
            known = previous.pop(unquote(record.uri), None)
            reports.append(_file_report(session, record, settings, known))

        token = CancelToken()
        try:
            summary = await session.scanner.scan(
                list(session.folders().values()),
                token,
                skip=session.is_open,
                scored=scored,
                progress=lambda done, total: None,
            )
        finally:
            token.cancel()
            scanned_at[0] = time.monotonic()
        if summary.cut:
            session.client.show_once(too_many_files(MAX_FILES), types.MessageType.Warning)
        if not summary.cancelled:
            reports += _empty_reports(session, [result.uri for result in previous.values()])
        return types.WorkspaceDiagnosticReport(items=reports)


def _empty_reports(
    session: Session, unseen: list[str]
) -> Iterator[types.WorkspaceFullDocumentDiagnosticReport]:
    """Reports for files that the client has findings for but that are gone or no longer scored."""
    for uri in unseen:
        if session.document(uri) is None:  # open documents and notebook cells have their own reports
            yield types.WorkspaceFullDocumentDiagnosticReport(uri=uri, version=None, items=[])


def _file_report(
    session: Session, record: FileRecord, settings: Settings, previous: types.PreviousResultId | None
) -> types.WorkspaceDocumentDiagnosticReport:
    items = closed_findings(session, record, settings)
    uri = previous.uri if previous is not None else record.uri
    result_id = content_id(items)
    if previous is not None and previous.value == result_id:
        return types.WorkspaceUnchangedDocumentDiagnosticReport(uri=uri, version=None, result_id=result_id)
    return types.WorkspaceFullDocumentDiagnosticReport(
        uri=uri, version=None, items=items, result_id=result_id
    )
