"""``textDocument/hover``: the verdict at once, the evidence when it is ready."""

from dataclasses import replace

from lsprotocol import types

from codeorigin.analysis.report import FunctionReport
from codeorigin.core.errors import Cancelled, CodeOriginError
from codeorigin.lsp.handlers.hover_text import HoverContent
from codeorigin.lsp.handlers.publish import scored
from codeorigin.lsp.handlers.repository_evidence import declared_line, read_declared
from codeorigin.lsp.scoring.scored_document import Result, nested_at_header
from codeorigin.lsp.session import Session
from codeorigin.model.verdict import Reason
from codeorigin.report.explanations import (
    PENDING,
    explanation_failed,
    no_explanation,
)
from codeorigin.report.figures import NOTICEABLE
from codeorigin.report.functions import part_of_this


async def hover(session: Session, params: types.HoverParams) -> types.Hover | None:
    """The function at a position: all of it on its header, the evidence of one line in its body."""
    line = params.position.line
    result = await scored(session, params.text_document.uri, line)
    function = result.at_line(line) if result is not None else None
    if result is None or function is None or function.verdict.reason is Reason.IGNORED:
        return None
    header = function.span.header
    if header.start_line <= line <= header.end_line:
        return await _whole(session, result, function)
    if (nested := nested_at_header(function, line)) is not None:
        note = part_of_this(nested.span.qualified_name)
        return await _whole(session, result, function, note)
    return _on_line(session, result, function, line)


async def _whole(
    session: Session, result: Result, function: FunctionReport, note: str | None = None
) -> types.Hover:
    read_declared(session, result.snapshot)
    content = await _explained(session, result, function, note)
    return _hover(session, replace(content, declared=declared_line(session, result, function)))


async def _explained(
    session: Session, result: Result, function: FunctionReport, note: str | None
) -> HoverContent:
    if function.verdict.probability is None:
        return HoverContent(result, function)
    explanation, why = None, None
    try:
        explanation = await session.explanations.get_within(
            result, function, result.settings.explain_wait / 1000
        )
        why = PENDING if explanation is None else None
    except Cancelled:
        pass
    except CodeOriginError as error:
        why = no_explanation(error)
    except Exception as error:
        why = explanation_failed(error)
    notes = [text for text in (note, why) if text is not None]
    return HoverContent(result, function, explanation, " ".join(notes) or None)


def _on_line(session: Session, result: Result, function: FunctionReport, line: int) -> types.Hover | None:
    """The hover in a function body: only cached evidence, and only if that of the line is noticeable."""
    explanation = session.explanations.cached(result, function)
    if explanation is None:
        return None
    if not any(evidence.line == line and abs(evidence.value) > NOTICEABLE for evidence in explanation.lines):
        return None
    return _hover(session, HoverContent(result, function, explanation, line=line))


def _hover(session: Session, content: HoverContent) -> types.Hover:
    value = content.markdown(command_links=session.client.support.command_links)
    positions = content.result.snapshot.positions
    if content.line is None:
        place = positions.first_line(content.function.span.header)
    else:
        length = len(positions.index.line_text(content.line))
        place = types.Range(
            start=positions.position(content.line, 0), end=positions.position(content.line, length)
        )
    return types.Hover(contents=types.MarkupContent(kind=types.MarkupKind.Markdown, value=value), range=place)
