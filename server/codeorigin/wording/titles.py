"""Titles: of code actions, progress bars, columns, and of the finding as a rule in code scanning services."""

from codeorigin.wording import CAVEAT

IGNORE_FUNCTION = "Ignore this function"
IGNORE_FILE = "Ignore this whole file"
ACCEPT_FINDING = "Accept this finding"
EXPLAIN_FUNCTION = "Explain this function"
RESCORE_SELECTION = "Rescore selection"
WHOLE_EXPLANATION = "Whole explanation"

EXPLAINING = "Explaining a function"
SCANNING = "Scoring the workspace"
SCANNING_CHANGES = "Scoring what has changed"

LINE_EVIDENCE = "Evidence by line"
CONSTRUCT_EVIDENCE = "Evidence by construct"
TOKEN_EVIDENCE = "Strongest tokens"
DETAILS = "Figures and method"
NO_LINE = "No line stands out."
BLANK_LINE = "(blank)"
BAR = "▰"
"""A part of a bar in text."""

TEXT_COLUMNS = ("prob.", "verdict", "file and lines", "function")
HTML_COLUMNS = ("Function", "Lines", "Verdict")
PAGE_NOTE = (
    "Files with the most findings first. The strongest findings open their code; the colour of a line is its evidence, "
    "towards an LLM or towards a person. For any other function: codeorigin explain FILE:LINE."
)

RULE = "A function that reads like LLM-written code"
RULE_DESCRIPTION = (
    f"The model estimates how likely a function was written by a large language model. {CAVEAT}"
)
RULE_HELP = (
    "Run 'codeorigin explain FILE:LINE' to see which lines made the model think so. Human-written code can be reported, "
    "and much LLM-written code is not. Use a finding to decide where to look twice, never to judge anybody. A comment "
    "'codeorigin: ignore' above the function hides it; 'codeorigin check --baseline FILE --update-baseline' accepts all."
)
RULE_HELP_MARKDOWN = RULE_HELP.replace("'", "`")

PROJECT_PAGE = "https://github.com/OWNER/codeorigin"
RULE_PAGE = f"{PROJECT_PAGE}/blob/main/docs/quality.md"


def about(title: str, name: str) -> str:
    """``Explain this function: parse``."""
    return f"{title}: {name}"
