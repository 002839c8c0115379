"""Commands that scan folders: ``codeorigin.scanWorkspace`` (all files), ``codeorigin.scanChanges`` (against HEAD)."""

import time
from collections.abc import Sequence
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, Any

from pygls import uris
from pygls.exceptions import JsonRpcInvalidParams

from codeorigin.core.cancellation import CancelToken
from codeorigin.core.errors import Cancelled, CodeOriginError, RepositoryError
from codeorigin.lsp.connection.parameters import read
from codeorigin.lsp.features.closed_files import send_closed, withdraw
from codeorigin.lsp.features.findings import reported
from codeorigin.lsp.features.wire_forms import file_to_wire, function_to_wire
from codeorigin.lsp.scoring.file_records import FileRecord
from codeorigin.lsp.scoring.workspace_scan import MAX_FILES, ScanFolder, ScanSummary, failure
from codeorigin.lsp.session import Session
from codeorigin.model.verdict import PooledVerdict
from codeorigin.settings.schema import Settings
from codeorigin.text.literal_text import plain_message
from codeorigin.wording.messages import (
    NO_CHANGE_JUDGED,
    NOTHING_JUDGED,
    SCANNING,
    SCANNING_CHANGES,
    in_place_of_list,
    on_changes,
    on_scan,
    reported_functions,
    reported_of,
)

if TYPE_CHECKING:
    from codeorigin.git.written import WrittenFile

SCAN_WORKSPACE = "codeorigin.scanWorkspace"
SCAN_CHANGES = "codeorigin.scanChanges"
PROGRESS_INTERVAL = 0.1
MAX_ERRORS = 100


async def scan_workspace(session: Session, folder: Any) -> dict[str, Any]:
    """Score all files of the workspace, or of one folder, with progress and cancel."""
    folders = await _folders(session, folder)
    token = CancelToken()
    progress = session.client.start_progress(SCANNING, token.cancel, measured=True)
    files: list[dict[str, Any]] = []
    seen: set[str] = set()
    summary, reported_at = ScanSummary(), 0.0

    def is_gone(uri: str) -> bool:
        path = uris.to_fs_path(uri)
        inside = path is not None and any(Path(path).is_relative_to(scanned.path) for scanned in folders)
        return inside and uri not in seen

    try:
        async for record, settings in session.scanner.scan(folders, token, summary):
            seen.add(record.uri)
            if record.functions:
                files.append(_file(session, record, settings, record.verdict))
            send_closed(session, record, settings)
            if time.monotonic() - reported_at >= PROGRESS_INTERVAL:
                reported_at = time.monotonic()
                progress.report(
                    f"{summary.done} of {summary.total} files", 100 * summary.done // summary.total
                )
    except CodeOriginError as error:
        message = plain_message(f"the workspace was not scored: {error}")
        return {"files": [], "message": message, "remark": message, "cancelled": False}
    finally:
        token.cancel()
        progress.end()
    if not summary.cancelled:
        # An earlier scan found them.
        withdraw(session, is_gone)
    answer = _answer(files, summary.errors, NOTHING_JUDGED, cancelled=summary.cancelled)
    message = on_scan(
        files=summary.files,
        functions=answer["functions"],
        findings=answer["reported"],
        cancelled=summary.cancelled,
        limit=MAX_FILES if summary.cut else None,
    )
    return {**answer, "scored": summary.files, "skipped": summary.skipped, "message": message}


async def scan_changes(session: Session, folder: Any) -> dict[str, Any]:
    """Score the functions in the working tree that differ from HEAD."""
    folders = await _folders(session, folder)
    token = CancelToken()
    progress = session.client.start_progress(SCANNING_CHANGES, token.cancel)
    files: list[dict[str, Any]] = []
    errors: list[str] = []
    try:
        for changed_folder in folders:
            if changed_folder.settings.enable:
                await _scan_changes_of(session, changed_folder, token, files, errors)
    except Cancelled:
        pass
    except CodeOriginError as error:
        errors.append(str(error))
    finally:
        progress.end()
    answer = _answer(files, errors, NO_CHANGE_JUDGED, cancelled=token.cancelled)
    message = on_changes(
        files=len(files), functions=answer["functions"], findings=answer["reported"], errors=errors
    )
    return {**answer, "scored": len(files), "skipped": 0, "message": message}


async def _scan_changes_of(
    session: Session, folder: ScanFolder, token: CancelToken, files: list[dict[str, Any]], errors: list[str]
) -> None:
    try:
        changed = await session.engine.git.submit(partial(_changed_files, folder), token=token)
    except RepositoryError as error:
        errors.append(str(error))
        return
    for path, file in changed:
        try:
            record = await session.scanner.changed_file(path, file, folder.settings, token)
        except Exception as error:
            errors.append(failure(path, error))
        else:
            if record.functions:
                # No verdict on the file, because it would count unchanged functions too.
                files.append(_file(session, record, folder.settings, None))


def _changed_files(folder: ScanFolder, token: CancelToken) -> "Sequence[tuple[Path, WrittenFile]]":
    # Imported in the thread that runs git, because `initialize` does not need it.
    from codeorigin.git.written import working_files  # noqa: PLC0415

    return working_files(folder.path, folder.takes, max_bytes=folder.settings.max_file_size, cancel=token)


async def _folders(session: Session, only: Any) -> list[ScanFolder]:
    """The workspace folders, or only the one with the URI ``only`` and those inside it.

    Raises:
        JsonRpcInvalidParams: ``only`` is not a folder of the workspace.
    """
    name = None if only is None else read(only, str, "folder")
    await session.configured.wait()
    folders = session.folders()
    if name is None:
        return list(folders.values())
    if name not in folders:
        raise JsonRpcInvalidParams(message=f"{plain_message(name)} is not a folder of the workspace")
    root = folders[name].path
    return [folder for folder in folders.values() if folder.path.is_relative_to(root)]


def _file(
    session: Session, record: FileRecord, settings: Settings, verdict: PooledVerdict | None
) -> dict[str, Any]:
    """The JSON of a file: its functions, the number of findings, and the ``verdict`` on the whole file."""
    found = len(reported(record.functions, settings, session.accepted(record.uri)))
    judged = sum(function.verdict.probability is not None for function in record.functions)
    return {
        "uri": record.uri,
        "reported": found,
        "reportedText": reported_of(found, judged),
        "file": file_to_wire(verdict),
        "functions": [function_to_wire(function, settings) for function in record.functions],
    }


def _answer(
    files: list[dict[str, Any]], errors: list[str], nothing: str, *, cancelled: bool
) -> dict[str, Any]:
    functions = [function for file in files for function in file["functions"]]
    found = sum(file["reported"] for file in files)
    problems = [plain_message(error) for error in errors[:MAX_ERRORS]]
    return {
        "files": files,
        "functions": len(functions),
        "reported": found,
        "reportedText": reported_functions(found),
        "errors": problems,
        "cancelled": cancelled,
        "remark": in_place_of_list(
            listed=any(function["verdict"]["probability"] is not None for function in functions),
            cancelled=cancelled,
            errors=problems,
            nothing=nothing,
        ),
    }
