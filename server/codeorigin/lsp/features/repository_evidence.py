"""What a document's repository says about its functions, read in the background: its past, and their commits."""

import asyncio
import logging
from pathlib import Path

from codeorigin.cancellation import CancelToken
from codeorigin.errors import Cancelled, CodeOriginError
from codeorigin.languages import Language
from codeorigin.lsp.features.closed_files import check_closed
from codeorigin.lsp.features.publish import publish_soon
from codeorigin.lsp.session import Session
from codeorigin.past.place import repository_folder
from codeorigin.settings.schema import RunMode, Scope

logger = logging.getLogger(__name__)


def read_repository(session: Session, uri: str) -> None:
    """Look at the repository of a document again, as far as the settings and the document allow it."""
    _read_past(session, uri)
    _read_commits(session, uri)


def past_changed(session: Session, repository: Path) -> None:
    """The past of a repository is known, or is another one: judge its files again."""
    for uri in session.documents.open_uris():
        if session.state(uri).repository == repository:
            _judge_again(session, uri)
    check_closed(session)


def _read_past(session: Session, uri: str) -> None:
    settings, path = session.settings_of(uri), session.documents.path_of(uri)
    wanted = settings.enable and settings.past and path is not None
    repository = repository_folder(Path(path or "").parent) if wanted else None
    session.state(uri).repository = repository
    if repository is not None and not session.stopped:
        session.pasts.read(repository)


def _read_commits(session: Session, uri: str) -> None:
    settings, state = session.settings_of(uri), session.state(uri)
    snapshot = session.documents.snapshot(uri) if settings.scope is Scope.COMMIT else None
    if snapshot is None or snapshot.path is None or snapshot.language is None or snapshot.is_cell:
        state.stop_reading_commits()
        state.in_commits = {}
    elif settings.run is not RunMode.MANUAL or state.result is not None:
        state.stop_reading_commits()
        reading = _commits(session, uri, Path(snapshot.path), snapshot.language)
        state.reading_commits = asyncio.get_running_loop().create_task(reading)


async def _commits(session: Session, uri: str, path: Path, language: Language) -> None:
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
    if in_commits != state.in_commits:
        state.in_commits = in_commits
        _judge_again(session, uri)


def _judge_again(session: Session, uri: str) -> None:
    # Later edits are not scored before a save, if the settings say so.
    is_scored = session.current_result(uri) is not None or session.state(uri).is_busy
    if is_scored or session.settings_of(uri).run is RunMode.ON_TYPE:
        publish_soon(session, uri)
