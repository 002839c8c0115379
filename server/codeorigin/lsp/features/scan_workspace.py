"""``codeorigin.scanWorkspace``: score all files of the workspace, with progress and cancel."""

import time
from pathlib import Path
from typing import Any

from pygls import uris

from codeorigin.cancellation import CancelToken
from codeorigin.errors import CodeOriginError
from codeorigin.lsp.features.closed_files import send_closed, withdraw
from codeorigin.lsp.features.findings import reported
from codeorigin.lsp.features.scans import MAX_ERRORS, file_of_scan, has_verdicts, register_scan
from codeorigin.lsp.scoring.file_records import FileRecord
from codeorigin.lsp.scoring.workspace_scan import MAX_FILES, ScanFolder
from codeorigin.lsp.server import CodeOriginServer
from codeorigin.lsp.session import Session
from codeorigin.settings.schema import Settings
from codeorigin.text.literal_text import plain_message
from codeorigin.wording.messages import NOTHING_JUDGED, in_place_of_list, on_scan, reported_functions
from codeorigin.wording.titles import SCANNING

SCAN_WORKSPACE = "codeorigin.scanWorkspace"
REPORT_SECONDS = 0.1


def register(server: CodeOriginServer) -> None:
    """Register the command (:func:`register_scan`)."""
    register_scan(server, SCAN_WORKSPACE, lambda session, folders: _Scan(session).run(folders))


class _Scan:
    """One run of the command."""

    def __init__(self, session: Session) -> None:
        self._session = session
        self._token = CancelToken()
        self._files: list[dict[str, Any]] = []
        self._seen: set[str] = set()
        self._reported = 0.0
        self._progress = session.client.start_progress(SCANNING, self._token.cancel, measured=True)

    async def run(self, folders: list[ScanFolder]) -> dict[str, Any]:
        session = self._session
        error: str | None = None
        summary = None
        try:
            summary = await session.scanner.scan(
                folders,
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
            message = plain_message(f"the workspace was not scored: {error}")
            return {"files": [], "message": message, "remark": message, "cancelled": False}
        if not summary.cancelled:
            self._withdraw_stale([folder.path for folder in folders])
        found = sum(file["reported"] for file in self._files)
        errors = [plain_message(error) for error in summary.errors[:MAX_ERRORS]]
        return {
            "files": self._files,
            "scored": summary.files,
            "functions": summary.functions,
            "reported": found,
            "reportedText": reported_functions(found),
            "skipped": summary.skipped,
            "errors": errors,
            "cancelled": summary.cancelled,
            "remark": in_place_of_list(
                listed=has_verdicts(self._files),
                cancelled=summary.cancelled,
                errors=errors,
                nothing=NOTHING_JUDGED,
            ),
            "message": on_scan(
                files=summary.files,
                functions=summary.functions,
                findings=found,
                cancelled=summary.cancelled,
                limit=MAX_FILES if summary.cut else None,
            ),
        }

    def _scored(self, record: FileRecord, settings: Settings) -> None:
        session, uri = self._session, record.uri
        self._seen.add(uri)
        found = reported(record.functions, settings, session.accepted(uri))
        if record.functions:
            self._files.append(file_of_scan(record, settings, len(found), record.verdict))
        send_closed(session, record, settings)

    def _withdraw_stale(self, folders: list[Path]) -> None:
        """Withdraw the findings in files that an earlier scan found but this one did not."""

        def is_gone(uri: str) -> bool:
            path = uris.to_fs_path(uri)
            inside = path is not None and any(Path(path).is_relative_to(folder) for folder in folders)
            return inside and uri not in self._seen

        withdraw(self._session, is_gone)

    def _show_progress(self, done: int, total: int) -> None:
        now = time.monotonic()
        if now - self._reported >= REPORT_SECONDS:
            self._reported = now
            self._progress.report(f"{done} of {total} files", 100 * done // max(total, 1))
