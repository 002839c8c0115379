"""``textDocument/codeLens`` and ``textDocument/inlayHint``: the probability at each function, if enabled."""

from collections.abc import Iterator

from lsprotocol import types

from codeorigin.lsp.connection.parameters import to_wire
from codeorigin.lsp.features.explain import EXPLAIN
from codeorigin.lsp.features.publish import settled
from codeorigin.lsp.features.rescore import RESCORE
from codeorigin.lsp.scoring.requests import Result
from codeorigin.lsp.session import Session
from codeorigin.text.literal_text import plain_message
from codeorigin.wording.figures import probability_percent
from codeorigin.wording.files import file_headline
from codeorigin.wording.functions import finding, reading_or_reason


async def lenses(session: Session, params: types.CodeLensParams) -> list[types.CodeLens]:
    """A lens above each function and above the file."""
    uri = params.text_document.uri
    if session.document(uri) is None or not session.settings_of(uri).code_lens:
        return []
    result = await _current(session, uri)
    return [] if result is None else list(_lenses(result, uri))


def _lenses(result: Result, uri: str) -> Iterator[types.CodeLens]:
    if result.verdict is not None and result.verdict.probability is not None:
        top = result.snapshot.positions.position(0, 0)
        command = types.Command(title=file_headline(result.verdict), command=RESCORE, arguments=[uri, None])
        yield types.CodeLens(range=types.Range(start=top, end=top), command=command)
    for function in result.functions:
        if function.verdict.probability is not None:
            place = result.snapshot.positions.range(function.span.name_range)
            title = reading_or_reason(function.verdict, result.settings.limits.band(function.verdict))
            command = types.Command(title=title, command=EXPLAIN, arguments=[uri, to_wire(place.start)])
            yield types.CodeLens(range=place, command=command)


async def hints(session: Session, params: types.InlayHintParams) -> list[types.InlayHint]:
    """A hint after the header of each function in a range."""
    uri = params.text_document.uri
    if session.document(uri) is None or not session.settings_of(uri).inlay_hints:
        return []
    result = await _current(session, uri)
    first, last = params.range.start.line, params.range.end.line
    return [] if result is None else list(_hints(result, first, last))


def _hints(result: Result, first: int, last: int) -> Iterator[types.InlayHint]:
    positions = result.snapshot.positions
    for function in result.between(first, last):
        line, verdict = function.span.header.start_line, function.verdict
        if verdict.probability is not None and first <= line <= last:
            band = result.settings.limits.band(verdict)
            yield types.InlayHint(
                position=positions.position(line, len(positions.index.line_text(line).rstrip())),
                label=f"LLM {probability_percent(verdict.probability)}",
                tooltip=finding(plain_message(function.span.qualified_name), verdict, band),
                padding_left=True,
            )


async def _current(session: Session, uri: str) -> Result | None:
    """The result for the current text, once the document is not being scored."""
    await settled(session, uri)
    return session.current_result(uri)
