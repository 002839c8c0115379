"""``notebookDocument/*``: every code cell is a separate document."""

from lsprotocol import types

from codeorigin.lsp.features.closed_files import withdraw
from codeorigin.lsp.features.text_sync import closed, edited, opened, saved
from codeorigin.lsp.server import CodeOriginServer


def register(server: CodeOriginServer) -> None:
    """Register the handlers."""
    session = server.session

    @server.feature(types.NOTEBOOK_DOCUMENT_DID_OPEN)
    def did_open(params: types.DidOpenNotebookDocumentParams) -> None:
        # Findings of a scan in the file are now shown on its cells instead.
        withdraw(session, lambda uri: uri == params.notebook_document.uri)
        for cell in params.cell_text_documents:
            opened(session, cell.uri)

    @server.feature(types.NOTEBOOK_DOCUMENT_DID_CHANGE)
    def did_change(params: types.DidChangeNotebookDocumentParams) -> None:
        cells = params.change.cells
        if cells is None:
            return
        if cells.structure is not None:
            for closed_cell in cells.structure.did_close or ():
                closed(session, closed_cell.uri)
            for opened_cell in cells.structure.did_open or ():
                opened(session, opened_cell.uri)
        for content in cells.text_content or ():
            edited(session, content.document.uri)

    @server.feature(types.NOTEBOOK_DOCUMENT_DID_SAVE)
    def did_save(params: types.DidSaveNotebookDocumentParams) -> None:
        notebook = session.documents.get_notebook_document(notebook_uri=params.notebook_document.uri)
        for cell in notebook.cells if notebook is not None else ():
            saved(session, cell.document)

    @server.feature(types.NOTEBOOK_DOCUMENT_DID_CLOSE)
    def did_close(params: types.DidCloseNotebookDocumentParams) -> None:
        for cell in params.cell_text_documents:
            closed(session, cell.uri)
