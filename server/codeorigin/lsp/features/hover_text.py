"""The hover: verdict, shares, evidence per line with bars, tokens, gap, model, limits."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from codeorigin.analysis.report import FunctionReport
from codeorigin.explain.explanation import Explanation, LineAttribution
from codeorigin.lsp.features.markdown import code_span, escape, shorten, visible
from codeorigin.lsp.scoring.requests import Result
from codeorigin.settings.schema import Settings
from codeorigin.wording import FULL_CAVEAT
from codeorigin.wording.explanations import balance, by_construct, direction
from codeorigin.wording.figures import NOTICEABLE, logits
from codeorigin.wording.files import file_headline, file_shares
from codeorigin.wording.functions import (
    SAME_COMMIT,
    headline,
    headline_or_reason,
    own_text,
    reason,
    shares_and_threshold,
    windows_note,
)

BAR_CELLS = 8
LINES_PER_SIDE = 4


@dataclass(frozen=True, slots=True)
class HoverContent:
    """The content of a hover; ``explanation`` is None while it is being computed, or if that failed."""

    result: Result
    function: FunctionReport
    settings: Settings
    explanation: Explanation | None = None
    note: str | None = None
    line: int | None = None

    def markdown(self) -> str:
        """The hover as Markdown, with document text escaped."""
        name = code_span(self.function.span.qualified_name)
        verdict = self.function.verdict
        if verdict.probability is None:
            return f"**CodeOrigin** · {name}\n\n{headline_or_reason(verdict)}."
        band = self.settings.limits.band(verdict)
        parts = [
            f"**CodeOrigin: {headline(verdict)}** · {name} · band `{band}`",
            shares_and_threshold(verdict, self.settings.limits),
            self._own_text(),
        ]
        if self.line is not None and (evidence := self._own_line()) is not None:
            parts.append(f"This line: **{logits(evidence.value)}** {direction(evidence.value)}.")
        if self.explanation is not None:
            parts += [
                _table(self.result, self.explanation),
                _tokens(self.explanation),
                by_construct(self.explanation) or "",
                balance(self.explanation, verdict),
            ]
        if self.note:
            parts.append(f"*{escape(self.note)}*")
        parts += [windows_note(verdict) or "", self._file()]
        parts += ["---", FULL_CAVEAT, f"Model: {code_span(self.result.model_id, 120)}"]
        return "\n\n".join(part for part in parts if part)

    def plain_text(self) -> str:
        """The hover as plain text, for clients that do not show Markdown."""
        name = visible(self.function.span.qualified_name)
        verdict = self.function.verdict
        if verdict.probability is None:
            return f"CodeOrigin: {name}: no verdict: {reason(verdict.reason)}."
        lines = [
            f"CodeOrigin: {headline(verdict)}: {name} (band {self.settings.limits.band(verdict)})",
            shares_and_threshold(verdict, self.settings.limits),
        ]
        if text_of_its_own := self._own_text():
            lines.append(text_of_its_own)
        if self.explanation is not None:
            text = self.result.snapshot.positions.index
            for evidence in _strongest(self.explanation):
                code = visible(shorten(text.line_text(evidence.line)))
                lines.append(f"{evidence.line + 1:>5}  {logits(evidence.value)}  {code}")
            if (constructs := by_construct(self.explanation)) is not None:
                lines.append(constructs)
            lines.append(balance(self.explanation, verdict))
        if self.note:
            lines.append(self.note)
        if whole := self._file():
            lines.append(whole.replace("`", ""))
        return "\n".join([*lines, FULL_CAVEAT, f"Model: {self.result.model_id}"])

    def _own_text(self) -> str:
        """The score of the function's own text; not shown with the evidence of a single line."""
        return (own_text(self.function.verdict, SAME_COMMIT) or "") if self.line is None else ""

    def _file(self) -> str:
        """The verdict on the whole file; not shown with the evidence of a single line."""
        verdict = self.result.verdict
        if verdict is None or verdict.probability is None or self.line is not None:
            return ""
        return f"{file_headline(verdict)} (band `{verdict.band}`). {file_shares(verdict)}"

    def _own_line(self) -> LineAttribution | None:
        if self.explanation is None:
            return None
        return next((evidence for evidence in self.explanation.lines if evidence.line == self.line), None)


def _strongest(explanation: Explanation) -> list[LineAttribution]:
    """The lines with the strongest evidence for either side, in document order."""
    towards_llm = sorted((x for x in explanation.lines if x.value > NOTICEABLE), key=lambda x: -x.value)
    towards_human = sorted((x for x in explanation.lines if x.value < -NOTICEABLE), key=lambda x: x.value)
    chosen = [*towards_llm[:LINES_PER_SIDE], *towards_human[:LINES_PER_SIDE]]
    return sorted(chosen, key=lambda x: x.line)


def _table(result: Result, explanation: Explanation) -> str:
    strongest = _strongest(explanation)
    if not strongest:
        return "No line stands out."
    largest = max(abs(evidence.value) for evidence in strongest)
    text = result.snapshot.positions.index
    rows = ["| Line | Evidence | | Code |", "| ---: | ---: | :--- | :--- |"]
    for evidence in strongest:
        code = code_span(text.line_text(evidence.line), in_table=True)
        rows.append(
            f"| {evidence.line + 1} | {logits(evidence.value)} | {_bar(evidence.value, largest)} | {code} |"
        )
    return "\n".join(rows) + "\n\nEvidence in logits: ▰ towards LLM, ▱ towards human."


def _bar(value: float, largest: float) -> str:
    cells = max(1, round(BAR_CELLS * abs(value) / largest))
    return ("▰" if value > 0 else "▱") * cells


def _tokens(explanation: Explanation) -> str:
    if not explanation.top_tokens:
        return ""
    tokens: Sequence[str] = [
        f"{code_span(token.text, 24)} {logits(token.value)} (line {token.line + 1})"
        for token in explanation.top_tokens
    ]
    return "Strongest tokens: " + ", ".join(tokens)
