"""``textDocument/codeLens``: the probability above each function and above the file, if enabled."""

from lsprotocol import types

from codeorigin.lsp.connection.parameters import to_wire
from codeorigin.lsp.features.explain import EXPLAIN
from codeorigin.lsp.features.publish import settled
from codeorigin.lsp.features.rescore import RESCORE
from codeorigin.lsp.server import CodeOriginServer
from codeorigin.wording.files import file_headline
from codeorigin.wording.functions import headline_or_reason


def register(server: CodeOriginServer) -> None:
    """Register the handler."""
    session = server.session

    @server.feature(types.TEXT_DOCUMENT_CODE_LENS, types.CodeLensOptions(resolve_provider=False))
    async def lenses(params: types.CodeLensParams) -> list[types.CodeLens]:
        uri = params.text_document.uri
        if session.document(uri) is None or not session.settings_of(uri).code_lens:
            return []
        await settled(session, uri)
        result = session.current_result(uri)
        if result is None:
            return []
        positions = result.snapshot.positions
        found = []
        if result.verdict is not None and result.verdict.probability is not None:
            top = positions.position(0, 0)
            command = types.Command(
                title=file_headline(result.verdict), command=RESCORE, arguments=[uri, None]
            )
            found.append(types.CodeLens(range=types.Range(start=top, end=top), command=command))
        for function in result.functions:
            if function.verdict.probability is None:
                continue
            place = positions.range(function.span.name_range)
            found.append(
                types.CodeLens(
                    range=place,
                    command=types.Command(
                        title=headline_or_reason(function.verdict),
                        command=EXPLAIN,
                        arguments=[uri, to_wire(place.start)],
                    ),
                )
            )
        return found
