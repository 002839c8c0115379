"""What editors show: titles of actions, of progress and of evidence, and answers to commands, one line each."""

from collections.abc import Sequence

from codeorigin.analysis.judged import JudgedFunction
from codeorigin.explain.explanation import Explanation
from codeorigin.model.verdict import Band, Verdict
from codeorigin.report.explanations import strongest_lines
from codeorigin.report.figures import counted
from codeorigin.report.verdicts import LIKELY_LLM, finding, reading, reason

NO_CHANGE_JUDGED = "No changed function has a verdict."

IGNORE_FUNCTION = "Ignore this function"
IGNORE_FILE = "Ignore this whole file"
ACCEPT_FINDING = "Accept this finding"
EXPLAIN_FUNCTION = "Explain this function"
RESCORE_SELECTION = "Rescore selection"
WHOLE_EXPLANATION = "Whole explanation"

EXPLAINING = "Explaining a function"
SCANNING_CHANGES = "Scoring what has changed"

LINE_EVIDENCE = "Evidence by line"
CONSTRUCT_EVIDENCE = "Evidence by kind of code"
TOKEN_EVIDENCE = "Strongest tokens"
DETAILS = "Figures and method"
NO_LINE = "No line stands out."
BLANK_LINE = "(blank)"
BAR = "▰"
"""A part of a bar in text."""


def about(title: str, name: str) -> str:
    """``Explain this function: parse``."""
    return f"{title}: {name}"


def on_document(functions: int, findings: int) -> str:
    """The answer about a whole document."""
    return f"{counted(functions, 'function')} scored, {findings:,} of them {LIKELY_LLM}"


def on_selection(verdict: Verdict, band: Band | None, *, in_file: bool) -> str:
    """The answer about a selection; ``in_file``: the document's other functions are judged with their file."""
    if verdict.probability is None:
        return f"selection: no verdict: {reason(verdict.reason).replace('the function', 'the selection')}"
    return f"{'by its own text ' if in_file else ''}the selection: {reading(verdict, band)}"


def on_explanation(function: JudgedFunction, band: Band | None, explanation: Explanation) -> str:
    """The answer about one function."""
    said = finding(function.span.qualified_name, function.verdict, band)
    return f"{said}; strongest evidence: {strongest_lines(explanation)}"


def on_accepted(functions: int) -> str:
    """The answer about accepted findings."""
    whose = "its text changes" if functions == 1 else "their texts change"
    return f"{counted(functions, 'finding')} accepted until {whose}"


def on_changes(*, files: int, functions: int, findings: int, moved: int, errors: Sequence[str]) -> str:
    """The answer about changes in the working tree, or why nothing could be checked."""
    if errors and not files:
        return f"the changes were not scored: {errors[0]}"
    return (
        f"changes: {counted(functions, 'changed function')} in {counted(files, 'file')}, "
        f"{findings:,} of them {LIKELY_LLM}{_and_moved(moved)}"
    )


def in_place_of_list(*, listed: bool, cancelled: bool, errors: Sequence[str], nothing: str) -> str | None:
    """What to show above the list of a scan: that it is incomplete, or why it is empty; None if all is well.

    ``listed`` means that some function has a verdict or was moved; ``nothing`` says what an empty list means.
    """
    if cancelled:
        return "The scan was stopped: not all files are here."
    if listed:
        return None
    return errors[0] if errors else nothing


def known_of(findings: int, judged: int, functions: int) -> str:
    """What is known of a document: ``2 of 14 functions likely LLM``, of those with a verdict."""
    if judged:
        return f"{findings:,} of {counted(judged, 'function')} {LIKELY_LLM}"
    return "no function with a verdict" if functions else "no functions"


def likely_of(findings: int, judged: int, moved: int) -> str:
    """What was found in a changed file, short enough for a row: ``2 of 7 likely LLM, 1 moved``."""
    return f"{findings:,} of {judged:,} {LIKELY_LLM}{_and_moved(moved)}"


def _and_moved(count: int) -> str:
    return f", {count:,} moved" if count else ""
