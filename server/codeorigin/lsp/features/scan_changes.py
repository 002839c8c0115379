"""``codeorigin.scanChanges``: score the functions in the working tree that differ from HEAD."""

from collections.abc import Sequence
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, Any

from codeorigin.cancellation import CancelToken
from codeorigin.errors import Cancelled, CodeOriginError, RepositoryError, SourceError
from codeorigin.lsp.documents.eligibility import is_excluded
from codeorigin.lsp.features.findings import reported
from codeorigin.lsp.features.scans import MAX_ERRORS, file_of_scan, has_verdicts, register_scan
from codeorigin.lsp.scoring.closed_files import is_chosen
from codeorigin.lsp.scoring.file_records import FileRecord
from codeorigin.lsp.scoring.worker import Priority
from codeorigin.lsp.scoring.workspace_scan import ScanFolder, log_failure
from codeorigin.lsp.server import CodeOriginServer
from codeorigin.lsp.session import Session
from codeorigin.settings.schema import Settings
from codeorigin.text.literal_text import plain_message
from codeorigin.wording.messages import NO_CHANGE_JUDGED, in_place_of_list, on_changes, reported_functions
from codeorigin.wording.titles import SCANNING_CHANGES

if TYPE_CHECKING:
    from codeorigin.git.written import WrittenFile

SCAN_CHANGES = "codeorigin.scanChanges"


def register(server: CodeOriginServer) -> None:
    """Register the command (:func:`register_scan`)."""
    register_scan(server, SCAN_CHANGES, _scan)


async def _scan(session: Session, folders: list[ScanFolder]) -> dict[str, Any]:
    token = CancelToken()
    progress = session.client.start_progress(SCANNING_CHANGES, token.cancel)
    files: list[dict[str, Any]] = []
    errors: list[str] = []
    try:
        for folder in folders:
            if folder.settings.enable:
                await _scan_folder(session, folder, token, files, errors)
    except Cancelled:
        pass
    except CodeOriginError as problem:
        errors.append(str(problem))
    finally:
        progress.end()
    found = sum(file["reported"] for file in files)
    functions = sum(len(file["functions"]) for file in files)
    problems = [plain_message(error) for error in errors[:MAX_ERRORS]]
    return {
        "files": files,
        "scored": len(files),
        "functions": functions,
        "reported": found,
        "reportedText": reported_functions(found),
        "skipped": 0,
        "errors": problems,
        "cancelled": token.cancelled,
        "remark": in_place_of_list(
            listed=has_verdicts(files), cancelled=token.cancelled, errors=problems, nothing=NO_CHANGE_JUDGED
        ),
        "message": plain_message(
            on_changes(files=len(files), functions=functions, findings=found, errors=errors)
        ),
    }


def _changed_files(folder: ScanFolder, token: CancelToken) -> "Sequence[tuple[Path, WrittenFile]]":
    # Imported in the thread that runs git, because `initialize` does not need it.
    from codeorigin.git.written import working_files  # noqa: PLC0415

    settings = folder.settings
    return working_files(
        folder.path,
        lambda path: folder.holds(path) and _is_wanted(path, settings, folder.path),
        max_bytes=settings.max_file_size,
        cancel=token,
    )


async def _scan_folder(
    session: Session, folder: ScanFolder, token: CancelToken, files: list[dict[str, Any]], errors: list[str]
) -> None:
    settings = folder.settings
    try:
        ask = partial(_changed_files, folder, token)
        changed = await session.git.submit(ask, priority=Priority.SCAN, token=token)
    except RepositoryError as error:
        errors.append(str(error))
        return
    for path, file in changed:
        try:
            record = await session.scanner.changed_file(path, file, settings, token)
        except SourceError as error:
            errors.append(str(error))
            continue
        except CodeOriginError:
            raise
        except Exception as error:
            # Continue with the other files.
            errors.append(log_failure(path, error))
            continue
        if record.functions:
            files.append(_file(session, record, settings))


def _is_wanted(path: Path, settings: Settings, folder: Path) -> bool:
    return is_chosen(path, settings) and not is_excluded(str(path), settings.exclude, folder)


def _file(session: Session, record: FileRecord, settings: Settings) -> dict[str, Any]:
    found = reported(record.functions, settings, session.accepted(record.uri))
    # No verdict on the file, because it would count unchanged functions too.
    return file_of_scan(record, settings, len(found), None)
