"""``notebookDocument/*``: every code cell is a separate document."""

from lsprotocol import types

from codeorigin.lsp.server import CodeOriginServer


def register(server: CodeOriginServer) -> None:
    """Register the handlers."""

    @server.feature(types.NOTEBOOK_DOCUMENT_DID_OPEN)
    def opened(params: types.DidOpenNotebookDocumentParams) -> None:
        # Findings of a scan in the file are now shown on its cells instead.
        server.session.publisher.withdraw(lambda uri: uri == params.notebook_document.uri)
        for cell in params.cell_text_documents:
            server.session.touched(cell.uri, edited=False)

    @server.feature(types.NOTEBOOK_DOCUMENT_DID_CHANGE)
    def changed(params: types.DidChangeNotebookDocumentParams) -> None:
        cells = params.change.cells
        if cells is None:
            return
        if cells.structure is not None:
            for closed_cell in cells.structure.did_close or ():
                server.session.closed(closed_cell.uri)
            for opened_cell in cells.structure.did_open or ():
                server.session.touched(opened_cell.uri, edited=False)
        for content in cells.text_content or ():
            server.session.touched(content.document.uri, edited=True)

    @server.feature(types.NOTEBOOK_DOCUMENT_DID_SAVE)
    def saved(params: types.DidSaveNotebookDocumentParams) -> None:
        notebook = server.session.documents.get_notebook_document(notebook_uri=params.notebook_document.uri)
        for cell in notebook.cells if notebook is not None else ():
            server.session.touched(cell.document, edited=False)

    @server.feature(types.NOTEBOOK_DOCUMENT_DID_CLOSE)
    def closed(params: types.DidCloseNotebookDocumentParams) -> None:
        for cell in params.cell_text_documents:
            server.session.closed(cell.uri)
