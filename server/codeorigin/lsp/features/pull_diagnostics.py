"""``textDocument/diagnostic`` and ``workspace/diagnostic``, for clients that pull: findings once they are complete."""

import asyncio
import time
from functools import partial
from urllib.parse import unquote

from lsprotocol import types

from codeorigin.core.cancellation import CancelToken
from codeorigin.lsp.features.closed_files import closed_findings
from codeorigin.lsp.features.findings import content_id
from codeorigin.lsp.features.publish import settled
from codeorigin.lsp.scoring.document_state import DocumentState
from codeorigin.lsp.scoring.file_records import FileRecord
from codeorigin.lsp.scoring.workspace_scan import MAX_FILES, ScanSummary
from codeorigin.lsp.server import CodeOriginServer
from codeorigin.lsp.session import Session
from codeorigin.settings.schema import RunMode, Settings
from codeorigin.wording.messages import too_many_files

PAUSE_SECONDS = 2.0


def register(server: CodeOriginServer, *, workspace: bool) -> None:
    """Register the handlers; that for the ``workspace`` only if the settings enable it."""
    options = types.DiagnosticOptions(
        identifier="codeorigin", inter_file_dependencies=False, workspace_diagnostics=False
    )
    server.feature(types.TEXT_DOCUMENT_DIAGNOSTIC, options)(partial(_pull, server.session))
    if workspace:
        server.feature(types.WORKSPACE_DIAGNOSTIC)(partial(_pull_workspace, server.session))


async def _pull(session: Session, params: types.DocumentDiagnosticParams) -> types.DocumentDiagnosticReport:
    document = session.document(params.text_document.uri)
    if document is None:
        return types.RelatedFullDocumentDiagnosticReport(items=[])
    state = session.state(document.uri)
    await _complete_or_superseded(session, document.uri, state)
    result_id = content_id(state.findings)
    if params.previous_result_id == result_id:
        return types.RelatedUnchangedDocumentDiagnosticReport(result_id=result_id)
    return types.RelatedFullDocumentDiagnosticReport(items=state.findings, result_id=result_id)


async def _complete_or_superseded(session: Session, uri: str, state: DocumentState) -> None:
    """Wait until the findings are complete, a newer request for them arrives, or the document is closed."""
    state.superseded.set()
    state.superseded = superseded = asyncio.Event()
    state.pulls += 1
    complete = asyncio.ensure_future(_complete(session, uri, state))
    newer = asyncio.ensure_future(superseded.wait())
    try:
        done, _ = await asyncio.wait({complete, newer}, return_when=asyncio.FIRST_COMPLETED)
        if complete in done:
            complete.result()
    finally:
        state.pulls -= 1
        complete.cancel()
        newer.cancel()


async def _complete(session: Session, uri: str, state: DocumentState) -> None:
    """Wait for the newest result. A client that cannot be asked to pull again waits for what comes later, too."""
    if session.client.support.refresh_diagnostics:
        await settled(session, uri, or_begun=True)
        return
    await settled(session, uri)
    while session.document(uri) is not None and _more_will_come(session, uri, state):
        state.changed.clear()
        await state.changed.wait()
        await settled(session, uri)


def _more_will_come(session: Session, uri: str, state: DocumentState) -> bool:
    """Whether findings are withheld near the caret, or until the document is saved."""
    waits = session.settings_of(uri).run is not RunMode.ON_TYPE and state.result is not None
    return state.quiet is not None or (waits and session.current_result(uri) is None)


async def _pull_workspace(
    session: Session, params: types.WorkspaceDiagnosticParams
) -> types.WorkspaceDiagnosticReport:
    """The findings in all files that are not open."""
    await session.configured.wait()
    if params.previous_result_ids:
        # Clients ask again as soon as they have an answer. The pause keeps the server from constantly walking
        # the disk.
        await asyncio.sleep(max(0.0, session.scanner.ended_at + PAUSE_SECONDS - time.monotonic()))
    # Keyed by the unquoted URI, because clients may spell a URI differently from the server.
    previous = {unquote(result.uri): result for result in params.previous_result_ids}
    reports: list[types.WorkspaceDocumentDiagnosticReport] = []
    token, summary = CancelToken(), ScanSummary()
    scan = session.scanner.scan(list(session.folders().values()), token, summary, skip=session.is_open)
    try:
        async for record, settings in scan:
            known = previous.pop(unquote(record.uri), None)
            reports.append(_file_report(session, record, settings, known))
    finally:
        token.cancel()
        session.scanner.ended_at = time.monotonic()
    if summary.cut:
        session.client.show_once(too_many_files(MAX_FILES), types.MessageType.Warning)
    if not summary.cancelled:
        # These files are gone or no longer scored. Open documents and notebook cells have their own reports.
        reports += [
            types.WorkspaceFullDocumentDiagnosticReport(uri=result.uri, version=None, items=[])
            for result in previous.values()
            if session.document(result.uri) is None
        ]
    return types.WorkspaceDiagnosticReport(items=reports)


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
