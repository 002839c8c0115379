"""``textDocument/hover``: the verdict at once, the evidence when it is ready. All of it is seen without scrolling.

It has the answer with one number, the strongest lines and what they are made of. Everything else about a verdict is in
the explanation, which the hover names.
"""

import json
import re
from dataclasses import dataclass, replace
from pathlib import Path
from urllib.parse import quote

from lsprotocol import types

from codeorigin.analysis.judged import JudgedFunction
from codeorigin.core.errors import Cancelled, CodeOriginError
from codeorigin.explain.explanation import Explanation
from codeorigin.lsp.connection.parameters import to_wire
from codeorigin.lsp.documents.scored_document import Result
from codeorigin.lsp.handlers.declared_lines import declared_line, read_declared
from codeorigin.lsp.handlers.explain import EXPLAIN
from codeorigin.lsp.handlers.markdown import code_span, literal, visible
from codeorigin.lsp.handlers.publish import scored
from codeorigin.lsp.session import Session
from codeorigin.model.verdict import Reason
from codeorigin.report import SHORT_CAVEAT
from codeorigin.report.editor_texts import BAR, BLANK_LINE, NO_LINE, WHOLE_EXPLANATION
from codeorigin.report.explanations import PENDING, TOO_COARSE, evidence_sentence, strongest
from codeorigin.report.figures import NOTICEABLE, side
from codeorigin.report.verdicts import opening
from codeorigin.text.literal_text import explain_command, shorten

BAR_CELLS = 8
CODE_LENGTH = 40
COMMAND_LENGTH = 120
_BACKTICKS = re.compile(r"`+")


@dataclass(frozen=True, slots=True)
class HoverContent:
    """The content of a hover; ``explanation`` is None while it is being computed, or if that failed.

    ``line`` is set for the hover on a single line of a function.
    """

    result: Result
    function: JudgedFunction
    explanation: Explanation | None = None
    note: str | None = None
    """In Markdown."""
    line: int | None = None
    declared: str | None = None
    """What is recorded about the function's lines; no part of the estimate."""

    def markdown(self, *, command_links: bool = False) -> str:
        """The hover as Markdown, with document text escaped.

        ``command_links``: the client runs the server's commands from links, so the explanation is one click away.
        """
        answer, number = self._opening()
        rows = "\n".join(self._rows())
        fence = "`" * max(3, 1 + max(map(len, _BACKTICKS.findall(rows)), default=0))
        listed = f"{fence}text\n{rows}\n{fence}" if rows else ""
        return self._text(f"**{answer}** - {number}", listed, command_links=command_links)

    def plain(self) -> str:
        """The hover for a client that shows no Markdown; of the markup, only backticks around code are left."""
        answer, number = self._opening()
        return self._text(f"{answer} - {number}", "\n".join(self._rows()))

    def _text(self, answer: str, rows: str, *, command_links: bool = False) -> str:
        verdict, explanation = self.function.verdict, self.explanation
        parts: list[str | None] = [answer, rows]
        band = self.result.settings.limits.band(verdict)
        if explanation is not None and band is not None and self.line is None:
            parts.append(evidence_sentence(explanation, verdict, band))
            if explanation.approximate:
                parts.append(TOO_COARSE)
        parts.append(self.note)
        if verdict.probability is not None:
            command = self._command()
            whole = command and f"{WHOLE_EXPLANATION}: {code_span(command, COMMAND_LENGTH)}"
            parts.append(" ".join(filter(None, [SHORT_CAVEAT, self._link() if command_links else whole])))
        if self.declared:
            parts.append(literal(self.declared))
        return "\n\n".join(filter(None, parts))

    def _opening(self) -> tuple[str, str]:
        """The first line: the answer, and the one number behind it."""
        if self.line is not None and self.explanation is not None:
            lines = self.explanation.lines
            value = next(evidence.value for evidence in lines if evidence.line == self.line)
            rank = 1 + sum(abs(other.value) > abs(value) for other in lines)
            return f"This line points {side(value)}", f"number {rank} of {len(lines)} in strength"
        verdict = self.function.verdict
        return opening(verdict, self.result.settings.limits.band(verdict))

    def _rows(self) -> list[str]:
        """A row for each of the strongest lines: its bar, the side, its number, its code."""
        if self.explanation is None or self.line is not None:
            return []
        found = strongest(self.explanation)
        text = self.result.snapshot.positions.index
        width = max((len(str(evidence.line + 1)) for evidence in found), default=0)
        rows = []
        for evidence in found:
            cells = max(1, round(BAR_CELLS * abs(evidence.value) / abs(found[0].value)))
            bar, towards = BAR * cells, "LLM" if evidence.value > 0 else "human"
            code = visible(shorten(text.line_text(evidence.line), CODE_LENGTH)) or BLANK_LINE
            rows.append(f"{bar:<{BAR_CELLS}} {towards:<5}  {evidence.line + 1:>{width}}  {code}")
        return rows or [NO_LINE]

    def _link(self) -> str:
        place = self.result.snapshot.positions.range(self.function.span.name_range).start
        arguments = json.dumps([self.result.snapshot.uri, to_wire(place)])
        return f"[{WHOLE_EXPLANATION}](command:{EXPLAIN}?{quote(arguments, safe='')})"

    def _command(self) -> str | None:
        """The command that prints the whole explanation; None for text in no file, or with an odd name."""
        snapshot = self.result.snapshot
        if snapshot.path is None or snapshot.is_cell:
            return None
        path, folder = Path(snapshot.path), self.result.job.folder
        shown = path.relative_to(folder) if folder is not None and path.is_relative_to(folder) else path
        return explain_command(shown.as_posix(), self.function.span.header.start_line + 1)


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
