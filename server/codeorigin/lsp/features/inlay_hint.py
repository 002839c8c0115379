"""``textDocument/inlayHint``: the probability after each function's header, if enabled."""

from lsprotocol import types

from codeorigin.lsp.features.publish import settled
from codeorigin.lsp.server import CodeOriginServer
from codeorigin.wording.figures import probability_percent
from codeorigin.wording.functions import finding


def register(server: CodeOriginServer) -> None:
    """Register the handler."""
    session = server.session

    @server.feature(types.TEXT_DOCUMENT_INLAY_HINT, types.InlayHintOptions(resolve_provider=False))
    async def hints(params: types.InlayHintParams) -> list[types.InlayHint]:
        uri = params.text_document.uri
        if session.document(uri) is None or not session.settings_of(uri).inlay_hints:
            return []
        await settled(session, uri)
        result = session.current_result(uri)
        if result is None:
            return []
        positions = result.snapshot.positions
        found = []
        for function in result.between(params.range.start.line, params.range.end.line):
            line = function.span.header.start_line
            if function.verdict.probability is None:
                continue
            if not params.range.start.line <= line <= params.range.end.line:
                continue
            end = positions.position(line, len(positions.index.line_text(line).rstrip()))
            found.append(
                types.InlayHint(
                    position=end,
                    label=f"LLM {probability_percent(function.verdict.probability)}",
                    tooltip=finding(function.verdict),
                    padding_left=True,
                )
            )
        return found
