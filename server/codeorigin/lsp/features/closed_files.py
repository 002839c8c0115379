"""Findings in files that are not open: sent by a scan, then kept in step with the settings and the disk."""

import logging
import operator
from collections.abc import Callable, Collection
from functools import partial
from pathlib import Path
from urllib.parse import unquote

from lsprotocol import types
from pygls import uris

from codeorigin.core.cancellation import CancelToken
from codeorigin.core.errors import Cancelled, CodeOriginError, SourceError
from codeorigin.lsp.features.findings import diagnostic, reported
from codeorigin.lsp.scoring.file_records import FileRecord
from codeorigin.lsp.session import ClosedFindings, Session
from codeorigin.settings.schema import Settings

logger = logging.getLogger(__name__)


def send_closed(session: Session, record: FileRecord, settings: Settings) -> None:
    """Push the findings of a file, if it is not open and the client does not pull them."""
    uri, path = record.uri, uris.to_fs_path(record.uri)
    # A folder may be removed from the workspace while it is scanned.
    is_inside = path is not None and session.documents.folder_of(uri) is not None
    if session.client.support.pull_diagnostics or session.is_open(uri) or not is_inside:
        return
    if items := closed_findings(session, record, settings):
        session.closed[unquote(uri)] = ClosedFindings(uri, Path(path or ""), items)
        session.client.publish(uri, items)
    else:
        withdraw(session, lambda shown: shown == uri)


def closed_findings(session: Session, record: FileRecord, settings: Settings) -> list[types.Diagnostic]:
    """The diagnostics of a file that is not open."""
    with_link = session.client.support.code_description
    return [
        diagnostic(function, record.model_id, band, settings, with_link=with_link)
        for function, band in reported(record.functions, settings, session.accepted(record.uri))
    ]


def withdraw(session: Session, is_gone: Callable[[str], bool]) -> None:
    """Clear the findings in the files that are not open and for whose URI ``is_gone`` is true."""
    for key, shown in list(session.closed.items()):
        if is_gone(shown.uri):
            del session.closed[key]
            session.client.publish(shown.uri, [])


def check_closed(session: Session, only: Collection[str] | None = None) -> None:
    """Score the files with findings (``only`` those with these URIs) again in the background, if need be."""
    wanted = None if only is None else {unquote(uri) for uri in only}
    files = [shown for key, shown in session.closed.items() if wanted is None or key in wanted]
    if files and not session.stopped:
        if session.checking_closed.runs:
            files = list(session.closed.values())
        session.checking_closed.start(_check(session, files))


async def _check(session: Session, files: list[ClosedFindings]) -> None:
    token = CancelToken()
    try:
        for shown in files:
            record = await _record(session, shown, token)
            if session.closed.get(unquote(shown.uri)) is not shown:
                continue  # it was opened or scanned meanwhile
            if record is None:
                withdraw(session, partial(operator.eq, shown.uri))
                continue
            settings = session.settings_of(shown.uri)
            if closed_findings(session, record, settings) != shown.items:
                send_closed(session, record, settings)
    except Cancelled:
        pass
    except CodeOriginError as error:
        logger.warning("files that are not open could not be scored again: %s", error)
    except Exception:
        logger.exception("files that are not open could not be scored again")


async def _record(session: Session, shown: ClosedFindings, token: CancelToken) -> FileRecord | None:
    """The record of the file as it is now; None if it is gone or is not scored any more."""
    folder = session.folders().get(session.documents.folder_of(shown.uri) or "")
    if folder is None or not folder.takes(shown.path):
        return None
    try:
        return await session.scanner.file(shown.path, folder.settings, token)
    except SourceError:
        return None
