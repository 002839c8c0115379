"""``textDocument/diagnostic``, for clients that pull: the findings once they are complete."""

import asyncio

from lsprotocol import types

from codeorigin.lsp.features.findings import content_id
from codeorigin.lsp.features.publish import settled, settled_or_begun
from codeorigin.lsp.scoring.document_state import DocumentState
from codeorigin.lsp.server import CodeOriginServer
from codeorigin.lsp.session import Session
from codeorigin.settings.schema import RunMode


def register(server: CodeOriginServer) -> None:
    """Register the handler."""
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
        await settled_or_begun(session, uri)
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
