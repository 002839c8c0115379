"""Code on pages: numbered lines, coloured by their evidence."""

import re
from collections.abc import Sequence
from dataclasses import dataclass

from codeorigin.report.figures import logits
from codeorigin.text.literal_text import html_line

MOST_LINES = 60
"""Lines of a function that pages show."""

# Takes every run of characters that an address can begin with, and nothing twice: the time is linear in the text.
_ADDRESS = re.compile(r"[\w.+-]++(@[\w-]++(?:\.[\w-]++)++)?")
_LONGEST = 240
_STRONGEST = 0.6
"""Evidence of a line, in logits, that is shown with full colour."""
_STEPS = 7
_TAB_WIDTH = 4


@dataclass(frozen=True, slots=True)
class HeatLine:
    """A line of a function. ``value`` is its evidence in logits; ``changed`` if a commit added or rewrote it."""

    number: int
    text: str
    value: float
    changed: bool = False


def code_box(lines: Sequence[HeatLine], more: int = 0) -> str:
    """The lines, with the note that there are ``more``."""
    # Lines are block elements, so a newline between them would be displayed as well.
    left = f"<p>{more:,} more lines.</p>" if more > 0 else ""
    return f"<pre>{''.join(map(code_line, lines))}</pre>{left}"


def shown_code(text: str) -> str:
    """A line of code without addresses of people, cut if it is very long."""
    text = _ADDRESS.sub(lambda found: "…" if found[1] else found[0], text)
    return text if len(text) <= _LONGEST else f"{text[:_LONGEST]}…"


def code_line(line: HeatLine) -> str:
    """A line with its number, without addresses of people, cut if it is very long."""
    heat = round(_STEPS * min(1.0, abs(line.value) / _STRONGEST))
    colour = f" {'llm' if line.value > 0 else 'human'} h{heat}" if heat else ""
    title = f' title="{logits(line.value)}"' if heat else ""
    shown = html_line(shown_code(line.text).expandtabs(_TAB_WIDTH))
    number = f"{'+' if line.changed else ' '}{line.number:>5}"
    return f'<span class="line{colour}"{title}><i>{number}</i> {shown}</span>'
