"""``textDocument/hover``: the verdict at once, the evidence when it is ready."""

from __future__ import annotations

import asyncio
from dataclasses import replace

from lsprotocol import types

from codeorigin.errors import Cancelled, CodeOriginError
from codeorigin.explain.explanation import Explanation
from codeorigin.lsp.presentation.hover_text import HoverContent
from codeorigin.lsp.scoring.scored_document import Result, nested_at_header
from codeorigin.lsp.server import CodeOriginServer
from codeorigin.lsp.session import Session
from codeorigin.model.verdict import Reason
from codeorigin.report import FunctionReport
from codeorigin.wording.explanations import (
    DEEP_EVIDENCE_PENDING,
    DEEP_PENDING,
    PENDING,
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
    loop, options = asyncio.get_running_loop(), settings.explain_options
    until = loop.time() + settings.explain_wait / 1000
    try:
        if session.refining.is_needed:
            explanation = await session.explanations.get(result, function, replace(options, deep=False))
            result, function = await session.refining.look(result, function, until - loop.time())
        failure = session.refining.failure(result.done.generation)
        if failure is not None:
            raise failure
        whole = await session.explanations.get_within(
            result, function, options, max(0.0, until - loop.time())
        )
        if whole is None:
            why = _pending(function, explanation)
        explanation = whole or explanation
    except Cancelled:
        explanation = None
    except CodeOriginError as error:
        why = no_explanation(error) if explanation is None else without_deep(error)
    except Exception as error:
        why = explanation_failed(error)
    notes = [each for each in (note, why) if each is not None]
    return HoverContent(result, function, settings, explanation, " ".join(notes) or None)


def _pending(function: FunctionReport, explanation: Explanation | None) -> str:
    if explanation is None:
        return PENDING
    return DEEP_PENDING if function.verdict.awaits_deep else DEEP_EVIDENCE_PENDING


def _on_line(session: Session, result: Result, function: FunctionReport, line: int) -> types.Hover | None:
    """In a body: only what is known already, and only where the line says something."""
    settings = result.settings
    explanation = session.explanations.cached(result, function, settings.explain_options)
    if explanation is None:
        return None
    if not any(each.line == line and abs(each.value) > NOTICEABLE for each in explanation.lines):
        return None
    return _hover(session, HoverContent(result, function, settings, explanation, line=line))


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
