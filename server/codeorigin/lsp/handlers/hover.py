"""``textDocument/hover``: the verdict at once, the evidence when it is ready."""

from dataclasses import replace

from lsprotocol import types

from codeorigin.analysis.judged import JudgedFunction
from codeorigin.core.errors import Cancelled, CodeOriginError
from codeorigin.lsp.documents.scored_document import Result
from codeorigin.lsp.handlers.declared_lines import declared_line, read_declared
from codeorigin.lsp.handlers.hover_text import HoverContent
from codeorigin.lsp.handlers.markdown import literal
from codeorigin.lsp.handlers.publish import scored
from codeorigin.lsp.session import Session
from codeorigin.model.verdict import Reason
from codeorigin.report.explanations import PENDING
from codeorigin.report.figures import NOTICEABLE


async def hover(session: Session, params: types.HoverParams) -> types.Hover | None:
    """The function at a position: all of it on its header, the evidence of one line in its body."""
    line = params.position.line
    document = session.documents.find(params.text_document.uri)
    result = await scored(session, document, line) if document is not None else None
    function = result.at_line(line) if result is not None else None
    if document is None or result is None or function is None or function.verdict.reason is Reason.IGNORED:
        return None
    header, nested = function.span.header, _nested_at_header(function, line)
    if nested is None and not header.start_line <= line <= header.end_line:
        return _on_line(session, result, function, line)
    read_declared(session, document)
    content = await _explained(session, result, function, nested)
    return _hover(session, replace(content, declared=declared_line(document, result, function)))


async def _explained(
    session: Session, result: Result, function: JudgedFunction, nested: JudgedFunction | None
) -> HoverContent:
    if function.verdict.probability is None:
        return HoverContent(result, function)
    name = None if nested is None else literal(nested.span.qualified_name)
    note = None if name is None else f"{name} is judged as part of this function."
    explanation, why = None, None
    try:
        explanation = await session.explanations.get_within(
            result, function, result.settings.hover_timeout / 1000
        )
        why = PENDING if explanation is None else None
    except Cancelled:
        pass
    except CodeOriginError as error:
        why = literal(f"No explanation: {error}")
    except Exception as error:
        why = f"No explanation ({type(error).__name__}); the log has the details."
    notes = [text for text in (note, why) if text is not None]
    return HoverContent(result, function, explanation, " ".join(notes) or None)


def _on_line(session: Session, result: Result, function: JudgedFunction, line: int) -> types.Hover | None:
    """The hover in a function body: only cached evidence, and only if that of the line is noticeable."""
    explanation = session.explanations.cached(result, function)
    if explanation is None:
        return None
    if not any(evidence.line == line and abs(evidence.value) > NOTICEABLE for evidence in explanation.lines):
        return None
    return _hover(session, HoverContent(result, function, explanation, line=line))


def _hover(session: Session, content: HoverContent) -> types.Hover:
    support = session.client.support
    if support.markdown_hovers:
        said = content.markdown(command_links=support.command_links)
        contents = types.MarkupContent(types.MarkupKind.Markdown, said)
    else:
        contents = types.MarkupContent(types.MarkupKind.PlainText, content.plain())
    positions = content.result.snapshot.positions
    if content.line is None:
        place = positions.first_line(content.function.span.header)
    else:
        length = len(positions.index.line_text(content.line))
        place = types.Range(
            start=positions.position(content.line, 0), end=positions.position(content.line, length)
        )
    return types.Hover(contents=contents, range=place)


def _nested_at_header(function: JudgedFunction, line: int) -> JudgedFunction | None:
    """The innermost nested function whose header is on ``line``."""
    found = None
    inside = function.nested
    while inside:
        holding = [f for f in inside if f.span.range.start_line <= line <= f.span.range.end_line]
        found = next(
            (f for f in holding if f.span.header.start_line <= line <= f.span.header.end_line), found
        )
        inside = tuple(nested for f in holding for nested in f.nested)
    return found
