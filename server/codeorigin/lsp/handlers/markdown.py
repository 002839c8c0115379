"""Embeds document text in Markdown so that it is shown literally, never interpreted."""

import re
import unicodedata

from codeorigin.report.editor_texts import BLANK_LINE
from codeorigin.text.literal_text import shorten

_BACKTICKS = re.compile(r"`+")
_SPECIAL = re.compile(r"[\\`*_\[\]<>|~$&@]|://|www\.|^(?:[-+#=]|\d+[.)])", re.IGNORECASE)
MAX_CODE_LENGTH = 60


def visible(text: str) -> str:
    """``text`` on one line, with characters that hide or reorder others made visible.

    Control characters, bidirectional overrides and zero-width characters become ``·``; lone surrogates become the
    replacement character.
    """
    return "".join(_visible(character) for character in text)


def _visible(character: str) -> str:
    if character in "\t\n\r":
        return " "
    category = unicodedata.category(character)
    if category == "Cs":
        return "\N{REPLACEMENT CHARACTER}"
    return "·" if category in {"Cc", "Cf", "Zl", "Zp"} else character


def code_span(text: str, length: int = MAX_CODE_LENGTH) -> str:
    """``text`` as an inline code span whose fence is longer than any run of backticks inside."""
    shown = visible(shorten(text, length))
    if not shown:
        return f"*{BLANK_LINE}*"
    longest = max((len(run) for run in _BACKTICKS.findall(shown)), default=0)
    fence = "`" * (longest + 1)
    padding = " " if shown.startswith("`") or shown.endswith("`") else ""
    return f"{fence}{padding}{shown}{padding}{fence}"


def literal(text: str) -> str:
    """A sentence as it is or, if Markdown would read anything in it, as code: escapes show in clients of plain text."""
    shown = visible(text.strip())
    return code_span(shown, len(shown)) if _SPECIAL.search(shown) else shown
