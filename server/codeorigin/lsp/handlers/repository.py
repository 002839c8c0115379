"""When a document's repository is read: its past, which verdicts are compared with, and its records."""

from pathlib import Path

from codeorigin.lsp.documents.documents import SourceDocument
from codeorigin.lsp.handlers.declared_lines import read_declared
from codeorigin.lsp.handlers.publish import publish_soon
from codeorigin.lsp.session import Session
from codeorigin.settings.schema import RunMode


def read_repository(session: Session, document: SourceDocument) -> None:
    """Look at the repository of a document again, as far as the settings and the document allow it."""
    folder, state, settings = document.repository, document.state, session.settings(document)
    if folder is not None:
        session.facts.forget(folder)
    state.past_repository = folder if settings.enable and settings.past else None
    if state.past_repository is not None and not session.stopped:
        session.pasts.read(state.past_repository)
    state.reading_declared.stop()
    if read_declared(session, document) is None:
        state.declared = None


def past_changed(session: Session, repository: Path) -> None:
    """The past of a repository is known, or is another one: judge its files again."""
    for document in session.documents.opened():
        # Later edits are not scored before a save, if the settings say so.
        is_scored = session.current_result(document) is not None or document.state.scoring.runs
        if document.state.past_repository == repository and (
            is_scored or session.settings(document).run is RunMode.ON_TYPE
        ):
            publish_soon(session, document)
