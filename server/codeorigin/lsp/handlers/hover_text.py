"""The hover: the answer with one number, the strongest lines, what they are made of. All of it without scrolling.

Everything else about a verdict is in the explanation, which the hover names.
"""

import json
import re
from dataclasses import dataclass
from pathlib import Path
from urllib.parse import quote

from codeorigin.analysis.judged import JudgedFunction
from codeorigin.explain.explanation import Explanation
from codeorigin.lsp.connection.parameters import to_wire
from codeorigin.lsp.documents.scored_document import Result
from codeorigin.lsp.handlers.explain import EXPLAIN
from codeorigin.lsp.handlers.markdown import code_span, literal, shorten, visible
from codeorigin.report import SHORT_CAVEAT
from codeorigin.report.editor_texts import BAR, BLANK_LINE, NO_LINE, WHOLE_EXPLANATION
from codeorigin.report.explanations import (
    TOO_COARSE,
    evidence_sentence,
    strongest,
)
from codeorigin.report.figures import side
from codeorigin.report.functions import opening
from codeorigin.text.literal_text import explain_command

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
        parts = [answer, rows, *self._sentences(), self.note]
        if self.function.verdict.probability is not None:
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

    def _sentences(self) -> list[str]:
        """One line each."""
        band = self.result.settings.limits.band(self.function.verdict)
        said = []
        if self.explanation is not None and band is not None and self.line is None:
            said.append(evidence_sentence(self.explanation, self.function.verdict, band))
            if self.explanation.approximate:
                said.append(TOO_COARSE)
        return said

    def _link(self) -> str:
        """A link that opens the whole explanation."""
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
