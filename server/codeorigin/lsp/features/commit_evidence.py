"""Evidence for the functions of an open document from the commits that wrote them, read in the background."""

import asyncio
import logging
from pathlib import Path

from codeorigin.cancellation import CancelToken
from codeorigin.errors import Cancelled, CodeOriginError
from codeorigin.languages import Language
from codeorigin.lsp.features.publish import publish_soon
from codeorigin.lsp.session import Session
from codeorigin.settings.schema import RunMode, Scope

logger = logging.getLogger(__name__)


def read_commits(session: Session, uri: str) -> None:
    """Read the commits of a document again, or drop them if the settings or the document do not allow it."""
    settings, state = session.settings_of(uri), session.state(uri)
    snapshot = session.documents.snapshot(uri) if settings.scope is Scope.COMMIT else None
    if snapshot is None or snapshot.path is None or snapshot.language is None or snapshot.is_cell:
        state.stop_reading_commits()
        state.in_commits = {}
    elif settings.run is not RunMode.MANUAL or state.result is not None:
        state.stop_reading_commits()
        reading = _read(session, uri, Path(snapshot.path), snapshot.language)
        state.reading_commits = asyncio.get_running_loop().create_task(reading)


async def _read(session: Session, uri: str, path: Path, language: Language) -> None:
    state = session.state(uri)
    try:
        in_commits = await session.commits.others(path, language, CancelToken())
    except Cancelled:
        return
    except CodeOriginError as error:
        logger.debug("no evidence by commits: %s", error)
        in_commits = {}
    except Exception:
        logger.exception("the commits of a document could not be read")
        return
    if in_commits == state.in_commits:
        return
    is_scored = session.current_result(uri) is not None
    state.in_commits = in_commits
    # Later edits are not scored before a save, if the settings say so.
    if is_scored or state.is_busy or session.settings_of(uri).run is RunMode.ON_TYPE:
        publish_soon(session, uri)
