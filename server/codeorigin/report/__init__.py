"""User-facing sentences, percentages and counts, the same in hovers, diagnostics, commands and reports; parts of pages.

They refer to an estimate and to LLMs in general, never to an author or a product. Document text is not escaped here;
that is up to the caller, which knows where the sentence is shown.
"""

from codeorigin.text.literal_text import one_line

UNSUPPORTED_LANGUAGE = "the language is not supported"
UNCLEAR_LANGUAGE = "its language is not clear from the text"

CAVEAT = "A probability is an estimate from style, not proof of who wrote the code."
"""For reports: once, or after every finding."""

FULL_CAVEAT = (
    "An estimate from the text alone, not proof of who wrote it: human-written code can score high, and edited "
    "LLM output can score low."
)
"""For panels and tooltips, where there is room."""

SHORT_CAVEAT = "An estimate, not proof."
"""For hovers and lines in a terminal, where there is little."""


def exclusion(pattern: str, where: str) -> str:
    """Why a file is not scored, or would not be unless it was named; ``where`` the pattern is set."""
    return f"excluded by {where}: {one_line(pattern)}"
