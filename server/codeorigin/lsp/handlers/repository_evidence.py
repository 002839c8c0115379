"""What a document's repository says about its functions, read in the background: its past and its records."""

import asyncio
import logging
from functools import partial
from pathlib import Path

from codeorigin.analysis.report import FunctionReport
from codeorigin.core.cancellation import CancelToken
from codeorigin.core.errors import Cancelled, RepositoryError
from codeorigin.functions.function_lines import function_lines
from codeorigin.lsp.documents.documents import Snapshot
from codeorigin.lsp.handlers.publish import publish_soon
from codeorigin.lsp.scoring.document_state import DeclaredLines, DocumentState
from codeorigin.lsp.scoring.repository_facts import RepositoryFacts
from codeorigin.lsp.scoring.scored_document import Result
from codeorigin.lsp.session import Session
from codeorigin.past.place import repository_folder
from codeorigin.report.declared import declared_sentence
from codeorigin.settings.schema import RunMode

logger = logging.getLogger(__name__)


def read_repository(session: Session, uri: str) -> None:
    """Look at the repository of a document again, as far as the settings and the document allow it."""
    path = session.documents.path_of(uri)
    if path is not None and (folder := repository_folder(Path(path).parent)) is not None:
        session.facts.forget(folder)
    _read_past(session, uri)
    state = session.state(uri)
    state.reading_declared.stop()
    snapshot = session.documents.snapshot(uri)
    if snapshot is None or read_declared(session, snapshot) is None:
        state.declared = None


def read_declared(
    session: Session, snapshot: Snapshot, *, again: bool = False
) -> asyncio.Task[DeclaredLines | None] | None:
    """Read the records about a document, unless that was done since its last edit or save.

    Returns what reads them; None if none are to be read. ``again``: HEAD or the notes may have moved since.
    """
    settings, state = session.settings_of(snapshot.uri), session.state(snapshot.uri)
    if session.stopped or not settings.enable:
        return None
    if snapshot.path is None or snapshot.language is None or snapshot.is_cell:
        return None
    path = Path(snapshot.path)
    folder = repository_folder(path.parent)
    if folder is None:
        return None
    again = again and not state.reading_declared.runs
    if again:
        session.facts.forget(folder)
    if again or state.read_version != snapshot.version or state.reading_declared.task is None:
        state.read_version = snapshot.version
        state.reading_declared.start(_declared(session, state, path, snapshot))
    return state.reading_declared.task


def declared_line(session: Session, result: Result, function: FunctionReport) -> str | None:
    """What is recorded about the lines of a function, as far as that is known."""
    snapshot = result.snapshot
    known = session.state(snapshot.uri).declared if session.document(snapshot.uri) is not None else None
    if known is None or known.version != snapshot.version:
        return None
    (place,) = function_lines(snapshot.text, [function.span])
    return declared_sentence(place.first, known.lines[place.first - 1 : place.last])


def past_changed(session: Session, repository: Path) -> None:
    """The past of a repository is known, or is another one: judge its files again."""
    for uri in session.documents.open_uris():
        if session.state(uri).repository == repository:
            _judge_again(session, uri)


def _read_past(session: Session, uri: str) -> None:
    settings, path = session.settings_of(uri), session.documents.path_of(uri)
    wanted = settings.enable and settings.past and path is not None
    repository = repository_folder(Path(path or "").parent) if wanted else None
    session.state(uri).repository = repository
    if repository is not None and not session.stopped:
        session.pasts.read(repository)


async def _declared(
    session: Session, state: DocumentState, path: Path, snapshot: Snapshot
) -> DeclaredLines | None:
    read = partial(_declared_lines, session.facts, path, snapshot.version, snapshot.text, state.declared)
    try:
        state.declared = await session.engine.git.submit(read)
    except Cancelled:
        return None
    except Exception:
        logger.exception("the records about a document could not be read")
        return None
    return state.declared


def _declared_lines(
    facts: RepositoryFacts,
    path: Path,
    version: int,
    text: str,
    known: DeclaredLines | None,
    token: CancelToken,
) -> DeclaredLines:
    """What is recorded now; ``known`` if text, HEAD and notes are the same. Runs in the git thread."""
    # Imported here, because `initialize` does not need it.
    from codeorigin.records.file_lines import text_records  # noqa: PLC0415

    state: tuple[object, ...] = ()
    try:
        looked_at = facts.of(Path(repository_folder(path.parent) or path.parent), token)
        state = looked_at.state
        if known is not None and (known.version, known.state) == (version, state):
            return known
        found = text_records(path, text, looked_at.repository, looked_at.state)
    except RepositoryError as error:
        logger.debug("no records about a document: %s", error)
        return DeclaredLines(version, state)
    for problem in found.problems:
        logger.debug("a record was skipped: %s", problem)
    return DeclaredLines(version, state, found.lines)


def _judge_again(session: Session, uri: str) -> None:
    # Later edits are not scored before a save, if the settings say so.
    is_scored = session.current_result(uri) is not None or session.state(uri).scoring.runs
    if is_scored or session.settings_of(uri).run is RunMode.ON_TYPE:
        publish_soon(session, uri)
