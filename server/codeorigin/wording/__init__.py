"""All sentences, percentages and counts that users read, the same in hovers, diagnostics, commands and reports.

They speak of an estimate, of LLMs in general and never of an author or a product. No text of a document is
escaped here: that is up to the caller, who knows where the sentence is shown.
"""

UNSUPPORTED_LANGUAGE = "the language is not supported"
NOT_TOLD = "the text does not tell its language clearly"

CAVEAT = "A probability is an estimate from style, not proof of who wrote the code."
"""For reports: once, or after every finding."""

FULL_CAVEAT = (
    "An estimate from the text alone, not proof of who wrote it: human-written code can score high, and edited "
    "LLM output can score low."
)
"""For hovers and panels, where there is room."""
