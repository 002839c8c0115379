"""Command ``codeorigin.scanChanges``: the functions in the working tree that differ from HEAD."""

import logging
from functools import partial
from pathlib import Path
from typing import Any

from pygls.exceptions import JsonRpcInvalidParams

from codeorigin.analysis.judged import JudgedFunction
from codeorigin.core.budget import Budget
from codeorigin.core.cancellation import CancelToken
from codeorigin.core.errors import Cancelled, CodeOriginError, RepositoryError, SourceError
from codeorigin.lsp.connection.parameters import read
from codeorigin.lsp.documents.snapshot import Positions
from codeorigin.lsp.handlers.findings import reported
from codeorigin.lsp.handlers.wire_forms import function_to_wire
from codeorigin.lsp.scoring.changed_files import FileToScan, ScanFolder, changed_files
from codeorigin.lsp.session import Session
from codeorigin.model.verdict import Band, Reason
from codeorigin.report.changes import MOVES_UNKNOWN
from codeorigin.report.editor_texts import (
    NO_CHANGE_JUDGED,
    SCANNING_CHANGES,
    in_place_of_list,
    likely_of,
    on_changes,
)
from codeorigin.text.literal_text import plain_message

logger = logging.getLogger(__name__)

SCAN_CHANGES = "codeorigin.scanChanges"
MAX_ERRORS = 100


async def scan_changes(session: Session, folder: Any) -> dict[str, Any]:
    """Score the functions in the working tree that differ from HEAD."""
    from codeorigin.languages.parse_budget import run_budget  # noqa: PLC0415 - not needed by `initialize`

    folders = await _folders(session, folder)
    token, budget = CancelToken(), run_budget()
    files: list[dict[str, Any]] = []
    errors: list[str] = []
    try:
        with session.client.progress(SCANNING_CHANGES, token.cancel):
            for changed_folder in folders:
                if changed_folder.settings.enable:
                    await _scan(session, changed_folder, budget, token, files, errors)
    except Cancelled:
        pass
    except CodeOriginError as error:
        errors.append(str(error))
    return _answer(files, errors, cancelled=token.cancelled)


async def _scan(
    session: Session,
    folder: ScanFolder,
    budget: Budget,
    token: CancelToken,
    files: list[dict[str, Any]],
    errors: list[str],
) -> None:
    engine, encoding = session.engine, session.documents.encoding
    try:
        look = partial(changed_files, session.facts, folder)
        changed, tells_moves = await engine.git.submit(look, token=token)
    except RepositoryError as error:
        errors.append(str(error))
        return
    if not tells_moves:
        errors.append(f"{folder.path}: {MOVES_UNKNOWN}")
    for path, written, content in changed:
        past = await session.pasts.of(path, folder.settings, token)
        file = FileToScan(path, written, content, folder.settings, past, encoding, budget)
        try:
            functions, positions = await engine.score(file.functions, token=token)
        except SourceError as error:
            errors.append(str(error))
        except CodeOriginError:
            raise  # it concerns more than that file
        except Exception as error:
            logger.exception("a file could not be scored")
            errors.append(f"{path}: could not be scored ({type(error).__name__})")
        else:
            if functions:
                files.append(_file(session, path, functions, positions, folder))


async def _folders(session: Session, only: Any) -> list[ScanFolder]:
    """The workspace folders, or only the one with the URI ``only``, which must be one of them, and those inside it."""
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
    session: Session, path: Path, functions: list[JudgedFunction], positions: Positions, folder: ScanFolder
) -> dict[str, Any]:
    """The JSON of a file: its functions and the number of findings."""
    settings = folder.settings
    found = reported(functions, settings, session.accepted(folder.path, settings))
    likely_llm = sum(band is Band.LLM for _, band in found)
    judged = sum(function.verdict.probability is not None for function in functions)
    moved = sum(function.verdict.reason is Reason.MOVED for function in functions)
    return {
        "uri": path.as_uri(),
        "reported": likely_llm,
        "moved": moved,
        "reportedText": likely_of(likely_llm, judged, moved),
        "functions": [function_to_wire(function, positions, settings) for function in functions],
    }


def _answer(files: list[dict[str, Any]], errors: list[str], *, cancelled: bool) -> dict[str, Any]:
    verdicts = [function["verdict"] for file in files for function in file["functions"]]
    found, moved = (sum(file[key] for file in files) for key in ("reported", "moved"))
    count, problems = len(verdicts) - moved, [plain_message(error) for error in errors[:MAX_ERRORS]]
    listed = bool(moved) or any(verdict["probability"] is not None for verdict in verdicts)
    return {
        "files": files,
        "scored": len(files),
        "functions": count,
        "moved": moved,
        "reported": found,
        "errors": problems,
        "cancelled": cancelled,
        "remark": in_place_of_list(
            listed=listed, cancelled=cancelled, errors=problems, nothing=NO_CHANGE_JUDGED
        ),
        "message": on_changes(files=len(files), functions=count, findings=found, moved=moved, errors=errors),
    }
