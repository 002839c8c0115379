"""``textDocument/codeLens``: what each function reads like, if enabled."""

from lsprotocol import types

from codeorigin.lsp.connection.parameters import to_wire
from codeorigin.lsp.handlers.explain import EXPLAIN
from codeorigin.lsp.handlers.publish import settled
from codeorigin.lsp.session import Session
from codeorigin.report.verdicts import reading_or_reason


async def lenses(session: Session, params: types.CodeLensParams) -> list[types.CodeLens]:
    """A lens above each function, once the document is not being scored."""
    document = session.documents.find(params.text_document.uri)
    if document is None or not session.settings(document).code_lens:
        return []
    await settled(session, document)
    result = session.current_result(document)
    found: list[types.CodeLens] = []
    for function in result.functions if result is not None else ():
        if result is not None and function.verdict.probability is not None:
            place = result.snapshot.positions.range(function.span.name_range)
            title = reading_or_reason(function.verdict, result.settings.limits.band(function.verdict))
            arguments = [params.text_document.uri, to_wire(place.start)]
            command = types.Command(title=title, command=EXPLAIN, arguments=arguments)
            found.append(types.CodeLens(range=place, command=command))
    return found
