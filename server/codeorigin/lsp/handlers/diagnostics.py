"""``textDocument/diagnostic`` and ``workspace/diagnostic``, for clients that pull."""

import asyncio
import time
from typing import Any

from lsprotocol import types

from codeorigin.cancellation import CancelToken
from codeorigin.lsp.handlers.scan_workspace import scan_folders
from codeorigin.lsp.presentation.diagnostics import diagnostic, reported
from codeorigin.lsp.scoring.scored_document import Result
from codeorigin.lsp.scoring.workspace_scan import Scanner
from codeorigin.lsp.server import CodeOriginServer
from codeorigin.settings.schema import RunMode, Settings

PAUSE_SECONDS = 2.0


def register(server: CodeOriginServer) -> None:
    """Register the handlers; ``workspace/diagnostic`` only when the settings switch it on."""

    @server.feature(
        types.TEXT_DOCUMENT_DIAGNOSTIC,
        types.DiagnosticOptions(
            identifier="codeorigin", inter_file_dependencies=False, workspace_diagnostics=False
        ),
    )
    async def pull(params: types.DocumentDiagnosticParams) -> types.DocumentDiagnosticReport:
        document = server.document(params.text_document.uri)
        if document is None:
            return types.RelatedFullDocumentDiagnosticReport(items=[])
        uri = document.uri
        return await server.publisher.report(uri, params.previous_result_id, lambda: _settle(server, uri))

    if server.configuration.everywhere.workspace_diagnostics:
        _register_workspace(server)


async def _settle(server: CodeOriginServer, uri: str) -> None:
    """Wait for the newest result; where the client cannot be told of a later one, also for a save."""
    await server.scoring.settled(uri)
    document = server.document(uri)
    if document is None or server.client.refresh_diagnostics:
        return
    mode = server.settings_of(uri).run
    while mode is not RunMode.ON_TYPE and (document := server.document(uri)) is not None:
        result = server.scoring.results.get(uri)
        if result is None or result.version == (document.version or 0):
            return
        await server.publisher.next_change(uri)


def _register_workspace(server: CodeOriginServer) -> None:
    scanned_at = [float("-inf")]
    scanner = Scanner(server.worker, server.engine, server.documents.encoding)

    @server.feature(types.WORKSPACE_DIAGNOSTIC)
    async def pull_workspace(params: types.WorkspaceDiagnosticParams) -> types.WorkspaceDiagnosticReport:
        await server.configured.wait()
        if params.previous_result_ids:
            # Clients ask again as soon as they have the answer: the disk is not walked all the time.
            await asyncio.sleep(max(0.0, scanned_at[0] + PAUSE_SECONDS - time.monotonic()))
        previous = {each.uri: each.value for each in params.previous_result_ids}
        reports: list[types.WorkspaceDocumentDiagnosticReport] = []

        def scored(result: Result, settings: Settings) -> None:
            reports.append(_file_report(server, result, settings, previous.get(result.snapshot.uri)))

        token = CancelToken()
        try:
            await scanner.scan(
                scan_folders(server, None),
                token,
                skip=lambda uri: server.document(uri) is not None,
                scored=scored,
                progress=lambda done, total: None,
            )
        finally:
            token.cancel()
            scanned_at[0] = time.monotonic()
        return types.WorkspaceDiagnosticReport(items=reports)


def _file_report(
    server: CodeOriginServer, result: Result, settings: Settings, previous: str | None
) -> types.WorkspaceDocumentDiagnosticReport:
    uri = result.snapshot.uri
    accepted = server.accepted_findings_of(uri)
    found = reported(result, settings, accepted.ids() if accepted is not None else ())
    # The same functions at the same places give the same id, also in another run of the server; the probability,
    # because a function's verdict may move while only the others of its file are edited.
    places: list[Any] = [
        (function.function_id, band.value, function.verdict.probability, function.span.header.start_line)
        for function, band in found
    ]
    result_id = f"{settings.severity}:{places}"
    if previous == result_id:
        return types.WorkspaceUnchangedDocumentDiagnosticReport(uri=uri, version=None, result_id=result_id)
    items = [
        diagnostic(result, function, band, settings, with_link=server.client.code_description)
        for function, band in found
    ]
    return types.WorkspaceFullDocumentDiagnosticReport(
        uri=uri, version=None, items=items, result_id=result_id
    )
