"""``codeorigin.scanWorkspace``: score all files of the workspace, with progress and cancel."""

import time
from pathlib import Path
from typing import Any

from lsprotocol import types
from pygls import uris

from codeorigin.cancellation import CancelToken
from codeorigin.errors import CodeOriginError
from codeorigin.lsp.connection.parameters import plain_json, read
from codeorigin.lsp.presentation.diagnostics import diagnostic, reported
from codeorigin.lsp.presentation.wire_forms import file_to_wire, function_to_wire
from codeorigin.lsp.scoring.scored_document import Result
from codeorigin.lsp.scoring.workspace_scan import ScanFolder, Scanner
from codeorigin.lsp.server import CodeOriginServer
from codeorigin.settings.schema import Settings
from codeorigin.source.literal_text import plain_message
from codeorigin.wording.messages import on_scan, reported_functions

SCAN_WORKSPACE = "codeorigin.scanWorkspace"
REPORT_SECONDS = 0.1
MAX_ERRORS = 100


def register(server: CodeOriginServer) -> None:
    """Register the command: ``[folder uri or null, {quiet?}?]``."""

    @server.command(SCAN_WORKSPACE)
    async def scan_workspace(*arguments: Any) -> dict[str, Any]:
        values = plain_json(arguments)
        folder = read(values[0], str, "folder") if values and values[0] is not None else None
        options = values[1] if len(values) > 1 and isinstance(values[1], dict) else {}
        answer = await _Scan(server).run(folder)
        if options.get("quiet") is not True:
            server.show(answer["message"])
        return answer


def scan_folders(server: CodeOriginServer, only: str | None) -> list[ScanFolder]:
    """The workspace folders (or the one whose URI is ``only``), the outer of nested ones alone."""
    found = []
    for folder in server.documents.folders.values():
        path = uris.to_fs_path(folder.uri)
        if path is not None and (only is None or only == folder.uri):
            found.append(ScanFolder(Path(path), server.configuration.of(folder.uri)))
    outer = [each.path for each in found]
    return [each for each in found if not any(path in each.path.parents for path in outer)]


class _Scan:
    """One run of the command."""

    def __init__(self, server: CodeOriginServer) -> None:
        self._server = server
        self._token = CancelToken()
        self._files: list[dict[str, Any]] = []
        self._reported = 0.0
        self._progress = server.start_progress("Scoring the workspace", self._token.cancel, measured=True)

    async def run(self, folder: str | None) -> dict[str, Any]:
        server = self._server
        await server.configured.wait()
        scanner = Scanner(server.worker, server.engine, server.documents.encoding)
        error: str | None = None
        summary = None
        try:
            summary = await scanner.scan(
                scan_folders(server, folder),
                self._token,
                skip=lambda uri: False,
                scored=self._scored,
                progress=self._show_progress,
            )
        except CodeOriginError as problem:
            error = str(problem)
        finally:
            self._token.cancel()
            self._progress.end()
        if summary is None:
            return {
                "files": [],
                "message": plain_message(f"the workspace was not scored: {error}"),
                "cancelled": False,
            }
        found = sum(each["reported"] for each in self._files)
        return {
            "files": self._files,
            "scored": summary.files,
            "functions": summary.functions,
            "reported": found,
            "reportedText": reported_functions(found),
            "skipped": summary.skipped,
            "errors": [plain_message(error) for error in summary.errors[:MAX_ERRORS]],
            "cancelled": summary.cancelled,
            "message": on_scan(
                files=summary.files, functions=summary.functions, findings=found, cancelled=summary.cancelled
            ),
        }

    def _scored(self, result: Result, settings: Settings) -> None:
        server, uri = self._server, result.snapshot.uri
        accepted = server.accepted_findings_of(uri)
        found = reported(result, settings, accepted.ids() if accepted is not None else ())
        if result.functions:
            self._files.append(
                {
                    "uri": uri,
                    "reported": len(found),
                    "file": file_to_wire(result.verdict),
                    "functions": [function_to_wire(result, each, settings) for each in result.functions],
                }
            )
        if server.document(uri) is None:
            items: list[types.Diagnostic] = [
                diagnostic(result, each, band, settings, with_link=server.client.code_description)
                for each, band in found
            ]
            server.publisher.publish(uri, items)

    def _show_progress(self, done: int, total: int) -> None:
        now = time.monotonic()
        if now - self._reported >= REPORT_SECONDS:
            self._reported = now
            self._progress.report(f"{done} of {total} files", 100 * done // max(total, 1))
