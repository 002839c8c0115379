"""``textDocument/did…`` and ``notebookDocument/did…``: pygls updates the text itself; every code cell is a document."""

from lsprotocol import types

from codeorigin.lsp.documents.documents import SourceDocument
from codeorigin.lsp.handlers.declared_lines import read_repository
from codeorigin.lsp.handlers.publish import publish_soon
from codeorigin.lsp.handlers.settings import reconfigure
from codeorigin.lsp.session import Session
from codeorigin.lsp.status import send_document_status
from codeorigin.settings.schema import RunMode


def opened(session: Session, document: SourceDocument | None) -> None:
    """A document was opened or saved, after which its repository may have moved on: score it.

    Before the settings are known, nothing is: then it is scored later.
    """
    if document is None or not session.configured.is_set():
        return
    if session.configuration.is_stale(document.folder):  # few clients report that
        reconfigure(session)
    read_repository(session, document)
    document.state.waits_for_save = False
    publish_soon(session, document)


def edited(session: Session, document: SourceDocument | None) -> None:
    """The text of a document has changed: score it when the user stops typing, or at the next save.

    A text that took the parser too much would do so again at every pause.
    """
    if document is None or not session.configured.is_set():
        return
    state, settings = document.state, session.settings(document)
    session.explanations.cancel(document.uri)
    state.selection = ()
    is_hard = state.result is not None and state.result.is_given_up
    if settings.run is RunMode.ON_TYPE and not is_hard:
        state.waits_for_save = False
        publish_soon(session, document, settings.debounce / 1000)
    else:
        state.waits_for_save = True
        state.scoring.stop()


def notebook_opened(session: Session, params: types.DidOpenNotebookDocumentParams) -> None:
    for cell in params.cell_text_documents:
        opened(session, session.documents.find(cell.uri))


def notebook_edited(session: Session, params: types.DidChangeNotebookDocumentParams) -> None:
    cells = params.change.cells
    if cells is None:
        return
    for cell in (cells.structure.did_open or ()) if cells.structure is not None else ():
        opened(session, session.documents.find(cell.uri))
    if cells.structure is not None and cells.structure.did_close:
        notebook = params.notebook_document.uri
        left = [document for document in session.documents.opened() if document.notebook == notebook]
        if left:
            send_document_status(session, left[0])
    for content in cells.text_content or ():
        edited(session, session.documents.find(content.document.uri))


def notebook_saved(session: Session, params: types.DidSaveNotebookDocumentParams) -> None:
    notebook = session.documents.get_notebook_document(notebook_uri=params.notebook_document.uri)
    for cell in notebook.cells if notebook is not None else ():
        opened(session, session.documents.find(cell.document))
