"""``textDocument/hover``: the verdict at once, the evidence when it is ready."""

from __future__ import annotations

import asyncio
from dataclasses import replace

from lsprotocol import types

from codeorigin.analysis.report import FunctionReport
from codeorigin.errors import Cancelled, CodeOriginError
from codeorigin.explain.explanation import Explanation
from codeorigin.lsp.presentation.hover_text import HoverContent
from codeorigin.lsp.scoring.scored_document import Result, nested_at_header
from codeorigin.lsp.server import CodeOriginServer
from codeorigin.lsp.session import Session
from codeorigin.model.verdict import Reason
from codeorigin.wording.explanations import (
    DEEP_EVIDENCE_PENDING,
    DEEP_PENDING,
    PENDING,
    deep_part_failed,
    explanation_failed,
    no_explanation,
    without_deep,
)
from codeorigin.wording.figures import NOTICEABLE
from codeorigin.wording.functions import part_of_this


def register(server: CodeOriginServer) -> None:
    """Register the handler."""
    session = server.session

    @server.feature(types.TEXT_DOCUMENT_HOVER)
    async def hover(params: types.HoverParams) -> types.Hover | None:
        result = await session.scored(params.text_document.uri)
        line = params.position.line
        function = result.at_line(line) if result is not None else None
        if result is None or function is None or function.verdict.reason is Reason.IGNORED:
            return None
        header = function.span.header
        if header.start_line <= line <= header.end_line:
            return _hover(session, await _whole(session, result, function))
        if (nested := nested_at_header(function, line)) is not None:
            note = part_of_this(nested.span.qualified_name)
            return _hover(session, await _whole(session, result, function, note))
        return _on_line(session, result, function, line)


async def _whole(
    session: Session, result: Result, function: FunctionReport, note: str | None = None
) -> HoverContent:
    settings = result.settings
    if function.verdict.probability is None:
        return HoverContent(result, function, settings)
    explanation, why = None, None
    loop, explanations, refining = asyncio.get_running_loop(), session.explanations, session.refining
    until = loop.time() + settings.explain_wait / 1000

    def left() -> float:
        return max(0.0, until - loop.time())

    try:
        refines = refining.is_needed
        if refines:
            wide = replace(settings.explain_options, deep=False)
            explanation = await explanations.get_within(result, function, wide, left())
            result, function = await refining.look(result, function, left())
        options = refining.explain_options(result, function)
        # The deep part's evidence is computed after that of the wide part.
        is_next = not refines or (explanation is not None and options.deep)
        whole = await explanations.get_within(result, function, options, left()) if is_next else explanation
        why = _pending(function, explanation) if whole is None else None
        why = why or refining.failure(result.done.generation, function)
        explanation = whole or explanation
    except Cancelled:
        explanation = None
    except CodeOriginError as error:
        why = no_explanation(error) if explanation is None else without_deep(error)
    except Exception as error:
        why = explanation_failed(error) if explanation is None else deep_part_failed(error)
    notes = [each for each in (note, why) if each is not None]
    return HoverContent(result, function, settings, explanation, " ".join(notes) or None)


def _pending(function: FunctionReport, explanation: Explanation | None) -> str:
    if explanation is None:
        return PENDING
    return DEEP_PENDING if function.verdict.awaits_deep else DEEP_EVIDENCE_PENDING


def _on_line(session: Session, result: Result, function: FunctionReport, line: int) -> types.Hover | None:
    """The hover in a function body: only cached evidence, and only if that of the line is noticeable."""
    settings, note = result.settings, None
    options = session.refining.explain_options(result, function)
    explanation = session.explanations.cached(result, function, options)
    if explanation is None and session.refining.is_needed:
        explanation = session.explanations.cached(result, function, replace(options, deep=False))
        note = _pending(function, explanation)
    if explanation is None:
        return None
    if not any(each.line == line and abs(each.value) > NOTICEABLE for each in explanation.lines):
        return None
    return _hover(session, HoverContent(result, function, settings, explanation, note, line))


def _hover(session: Session, content: HoverContent) -> types.Hover:
    markdown = session.client.support.markdown_hover
    kind = types.MarkupKind.Markdown if markdown else types.MarkupKind.PlainText
    value = content.markdown() if markdown else content.plain_text()
    positions = content.result.snapshot.positions
    if content.line is None:
        place = positions.first_line(content.function.span.header)
    else:
        length = len(positions.index.line_text(content.line))
        place = types.Range(
            start=positions.position(content.line, 0), end=positions.position(content.line, length)
        )
    return types.Hover(contents=types.MarkupContent(kind=kind, value=value), range=place)
