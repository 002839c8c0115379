"""Every sentence, per cent and count that people read, the same in hovers, diagnostics, commands and reports.

They speak of an estimate, of LLMs in general and never of an author or a product. No text of a document is
escaped here: that is up to who knows where the sentence ends up.
"""

CAVEAT = "A probability is an estimate from style, not proof of who wrote the code."
"""For reports, where it stands once or after every finding."""

FULL_CAVEAT = (
    "An estimate from the text alone, not a proof of authorship: people do write code that scores high, and "
    "edited LLM output can score low."
)
"""For hovers and panels, where there is room."""
