"""Code on pages: numbered lines with their evidence, coloured by it and by their syntax."""

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import groupby

from codeorigin.languages.constructs import CONSTRUCTS, Construct
from codeorigin.report.figures import NOTICEABLE, logits
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
_COLOURED = {
    Construct.COMMENT: "c",
    Construct.DOCSTRING: "c",
    Construct.LITERAL: "s",
    Construct.KEYWORD: "k",
    Construct.CONTROL_FLOW: "k",
}
_CLASSES = [_COLOURED.get(construct, "") for construct in CONSTRUCTS]


@dataclass(frozen=True, slots=True)
class HeatLine:
    """A line of a function. ``value`` is its evidence in logits; ``changed`` if a commit added or rewrote it.

    ``syntax`` has the index into ``CONSTRUCTS`` of each character; it is empty if that is not known.
    """

    number: int
    text: str
    value: float
    changed: bool = False
    syntax: bytes = b""


def code_box(lines: Sequence[HeatLine], more: int = 0) -> str:
    """The lines, with the note that there are ``more``."""
    # Lines are block elements, so a newline between them would be displayed as well.
    left = f"<p>{more:,} more lines.</p>" if more > 0 else ""
    return f"<pre>{''.join(map(code_line, lines))}</pre>{left}"


def shown_code(text: str) -> str:
    """A line of code without addresses of people, cut if it is very long."""
    text = _ADDRESS.sub(lambda found: "…" if found[1] else found[0], text)
    return text if len(text) <= _LONGEST else f"{text[:_LONGEST]}…"


def syntax_of(lines: Sequence[str], language: str) -> list[bytes]:
    """The :attr:`HeatLine.syntax` of some lines that follow each other."""
    # Only pages need a parser; results that hold lines are imported by all reports.
    from codeorigin.languages.find_constructs import syntax_constructs  # noqa: PLC0415
    from codeorigin.languages.parse_budget import ParseBudgetError  # noqa: PLC0415

    try:
        found = syntax_constructs("\n".join(lines), language).tobytes()
    except ParseBudgetError:
        return [b""] * len(lines)
    made, start = [], 0
    for line in lines:
        made.append(found[start : start + len(line)])
        start += len(line) + 1
    return made


def code_line(line: HeatLine) -> str:
    """A line with its number and evidence, without addresses of people, cut if it is very long."""
    heat = round(_STEPS * min(1.0, abs(line.value) / _STRONGEST))
    colour = f" {'llm' if line.value > 0 else 'human'} h{heat}" if heat else ""
    figure = logits(line.value) if abs(line.value) >= NOTICEABLE else ""
    number = f"{'+' if line.changed else ' '}{line.number:>5} {figure:>6}"
    return f'<span class="line{colour}"><i>{number}</i> {"".join(_coloured(line))}</span>'


def _coloured(line: HeatLine) -> Iterator[str]:
    shown = shown_code(line.text)
    # Without an address, the places of its characters are others.
    syntax = line.syntax if line.text.startswith(shown.removesuffix("…")) else b""
    classes = [_CLASSES[code] for code in syntax[: len(shown)]]
    column = 0
    pieces: list[tuple[str, str]] = []
    for place, character in enumerate(shown):
        text = " " * (_TAB_WIDTH - column % _TAB_WIDTH) if character == "\t" else character
        column += len(text)
        pieces.append((classes[place] if place < len(classes) else "", text))
    for name, run in groupby(pieces, key=lambda piece: piece[0]):
        text = html_line("".join(text for _, text in run))
        yield f'<span class="{name}">{text}</span>' if name and not text.isspace() else text
