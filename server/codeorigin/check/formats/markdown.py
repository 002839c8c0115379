"""The report in Markdown, for ``$GITHUB_STEP_SUMMARY`` and comments: totals, findings and errors."""

import re
from collections.abc import Iterator, Sequence

from codeorigin.analysis.judged import JudgedFile, JudgedFunction
from codeorigin.check.formats import MOST_EXPLAINED
from codeorigin.check.result import (
    FIRST_OF_A_LIST,
    CheckResult,
    change_sentences,
    declared_line,
    disagreements,
)
from codeorigin.records.function_records import Disagreement
from codeorigin.report import CAVEAT
from codeorigin.report.code import shown_code
from codeorigin.report.declared import disagreement_sentence
from codeorigin.report.figures import counted, percent, probability_decimal
from codeorigin.report.shares import errors_here
from codeorigin.report.totals import Summary, summary_sentences
from codeorigin.report.verdicts import band_or_reason
from codeorigin.shell.terminal import printable, printable_code

_LINES_EACH = 3
_TABLE = ("| function | file and lines | probability | verdict |", "| --- | --- | ---: | --- |")
LONGEST_LIST = 200
"""Maximum number of rows: GitHub accepts 1 MiB per step, and nobody reads a table of thousands of rows."""
_PLAIN_WORD = re.compile(r"\(?[A-Za-z0-9]+(?:[-',/][A-Za-z0-9]+)*(?:\.\d+)*\)?[.,;:]?|%")
_PUNCTUATION = re.compile(r"[^\w ]", re.ASCII)
# In a code span only its end is markup, and in a table the end of a cell; tags are escaped all the same.
_PLAIN_CODE = re.compile(r"(?! )[^`|<\n]+(?<! )")


def literal_text(text: str) -> str:
    """Escape untrusted text so that it contains no markup: all ASCII punctuation of words that are not plain English."""
    return re.sub(r"\S+", lambda word: _literal(word[0]), printable(text))


def _literal(word: str) -> str:
    if _PLAIN_WORD.fullmatch(word):
        return word
    return _PUNCTUATION.sub(
        lambda match: f"&#{ord(match[0])};" if match[0].isascii() else match[0], word
    ).replace("_", "&#95;")


def literal_code(text: str) -> str:
    """Untrusted text as code, where mentions and links are not recognized either; readable in the source if possible."""
    shown = printable(text)
    return f"`{shown}`" if _PLAIN_CODE.fullmatch(shown) else f"<code>{_literal(shown)}</code>"


def _lines(result: CheckResult) -> Iterator[str]:
    yield "## CodeOrigin"
    yield ""
    for sentence in change_sentences(result):
        yield sentence.text if sentence.about == "verdict" else literal_text(sentence.text)
        yield ""
    found, *rest = summary_sentences(result.summary)
    share = [_share_sentence(result.summary)] if result.summary.lines else []
    said = declared_line(result)
    yield " ".join([f"**{found}**", *rest, *share, *([] if said is None else [literal_text(said)])])
    yield ""
    if result.is_compared:
        yield errors_here(result.past)
        yield ""
    findings = result.strongest()
    yield from _disagreements(result, len(findings))
    rows = [
        f"| {literal_code(function.span.qualified_name)} | {literal_code(file.where(function))} "
        f"| {probability_decimal(function.verdict.probability)} | {band_or_reason(function.verdict)} |"
        for file, function in findings
    ]
    if rows:
        yield from _TABLE
        yield from rows[:MOST_EXPLAINED]
        yield ""
        yield from _folded(rows[MOST_EXPLAINED:], _TABLE)
        yield from _strongest_lines(result, findings)
    if result.errors:
        yield f"Problems: {len(result.errors):,}"
        yield ""
        for error in result.errors[:LONGEST_LIST]:
            yield f"- {literal_code(error.path)}: {literal_text(error.message)}"
        yield ""
    yield f"{literal_text(result.model)}. {CAVEAT}"


def _strongest_lines(
    result: CheckResult, findings: Sequence[tuple[JudgedFile, JudgedFunction]]
) -> Iterator[str]:
    """Of the first findings, the lines that speak most for an LLM, as code."""
    explained = [found for found in findings if found[0].key(found[1]) in result.evidence]
    for file, function in explained[:MOST_EXPLAINED]:
        lines = [line for line in result.evidence[file.key(function)] if line.value > 0 and line.text.strip()]
        strongest = sorted(
            sorted(lines, key=lambda line: -line.value)[:_LINES_EACH], key=lambda line: line.number
        )
        code = [f"{line.number:>5} {printable_code(shown_code(line.text))}" for line in strongest]
        fence = "`" * (3 + max((len(run) for text in code for run in re.findall("`+", text)), default=0))
        yield f"What speaks most for an LLM in {literal_code(function.span.qualified_name)}:"
        yield ""
        yield from (fence, *code, fence)
        yield ""


def _share_sentence(summary: Summary) -> str:
    """``12 % of 340 lines with a verdict are in findings.``"""
    share = percent(summary.finding_share) if summary.finding_lines else "0 %"
    return f"{share} of {counted(summary.lines, 'line')} with a verdict are in findings."


def _disagreements(result: CheckResult, findings: int) -> Iterator[str]:
    for kind, found in disagreements(result).items():
        yield disagreement_sentence(kind, len(found))
        yield ""
        if kind is Disagreement.NOT_DECLARED and len(found) == findings:
            continue  # they are the table that follows
        listed = [
            f"- {literal_code(function.span.qualified_name)} in {literal_code(file.where(function))}"
            for file, function in found
        ]
        yield from listed[:FIRST_OF_A_LIST]
        yield ""
        yield from _folded(listed[FIRST_OF_A_LIST:])


def _folded(lines: Sequence[str], head: Sequence[str] = ()) -> Iterator[str]:
    """The rest of a list or table, which opens on demand; nothing if there is none."""
    if not lines:
        return
    yield f"<details><summary>{len(lines):,} more</summary>"
    yield ""
    yield from (*head, *lines[:LONGEST_LIST])
    yield ""
    if len(lines) > LONGEST_LIST:
        yield f"And {len(lines) - LONGEST_LIST:,} more."
        yield ""
    yield "</details>"
    yield ""


def parts(result: CheckResult) -> Iterator[str]:
    """The document, line by line, with all names escaped."""
    return (f"{line}\n" for line in _lines(result))
