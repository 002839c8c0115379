"""``textDocument/didOpen``, ``didChange``, ``didSave``, ``didClose``; pygls updates the text itself."""

from lsprotocol import types

from codeorigin.lsp.server import CodeOriginServer


def register(server: CodeOriginServer) -> None:
    """Register the handlers."""
    session = server.session

    @server.feature(types.TEXT_DOCUMENT_DID_OPEN)
    def opened(params: types.DidOpenTextDocumentParams) -> None:
        session.touched(params.text_document.uri, edited=False)

    @server.feature(types.TEXT_DOCUMENT_DID_CHANGE)
    def changed(params: types.DidChangeTextDocumentParams) -> None:
        session.touched(params.text_document.uri, edited=True)

    @server.feature(types.TEXT_DOCUMENT_DID_SAVE, types.SaveOptions(include_text=False))
    def saved(params: types.DidSaveTextDocumentParams) -> None:
        session.touched(params.text_document.uri, edited=False)

    @server.feature(types.TEXT_DOCUMENT_DID_CLOSE)
    def closed(params: types.DidCloseTextDocumentParams) -> None:
        session.closed(params.text_document.uri)
