"""``textDocument/codeLens``: what each function reads like, if enabled."""

from collections.abc import Iterator

from lsprotocol import types

from codeorigin.lsp.connection.parameters import to_wire
from codeorigin.lsp.documents.scored_document import Result
from codeorigin.lsp.handlers.explain import EXPLAIN
from codeorigin.lsp.handlers.publish import settled
from codeorigin.lsp.session import Session
from codeorigin.report.functions import reading_or_reason


async def lenses(session: Session, params: types.CodeLensParams) -> list[types.CodeLens]:
    """A lens above each function, once the document is not being scored."""
    document = session.documents.find(params.text_document.uri)
    if document is None or not session.settings(document).code_lens:
        return []
    await settled(session, document)
    result = session.current_result(document)
    return [] if result is None else list(_lenses(result, params.text_document.uri))


def _lenses(result: Result, uri: str) -> Iterator[types.CodeLens]:
    for function in result.functions:
        if function.verdict.probability is not None:
            place = result.snapshot.positions.range(function.span.name_range)
            title = reading_or_reason(function.verdict, result.settings.limits.band(function.verdict))
            command = types.Command(title=title, command=EXPLAIN, arguments=[uri, to_wire(place.start)])
            yield types.CodeLens(range=place, command=command)
