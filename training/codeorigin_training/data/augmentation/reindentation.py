"""Changes the indentation to two, three, four or eight columns, or tabs."""

import re

import numpy as np

from codeorigin_training.data.augmentation.layout import Layout, indentation, read_layout
from codeorigin_training.data.augmentation.syntax import same_shape

UNITS = ("  ", "   ", "    ", "        ", "\t")
"""The possible indentations for one level."""

_PREPROCESSED = frozenset({"c", "cpp", "csharp"})
_LABEL = re.compile(r"\w+:(?!:)\s*(?://.*|/\*.*)?$")
_CLOSERS = ("}", ")", "]", "end")
_BLANKS = " \t\f\v"


def reindented(code: str, language: str, generator: np.random.Generator) -> str:
    """``code`` with the same levels of indentation, each written as one unit drawn from :data:`UNITS`.

    Any deeper indentation is one level more, so text aligned under a bracket becomes one level deeper. Comments
    move as blocks, and strings of several lines are unchanged. Trailing whitespace and the function's own
    indentation are removed, and line ends become line feeds. Unchanged if the syntax tree would change.
    """
    unit = UNITS[generator.integers(len(UNITS))]
    layout = read_layout(code, language)
    if layout is None or len(layout.lines) == 1:
        return code
    result = rewritten(layout, _levels(layout), unit)
    return result if same_shape(layout.tree, result) else code


def rewritten(layout: Layout, levels: list[int], unit: str) -> str:
    """The lines of ``layout``, each indented by as many units as its level in ``levels``."""
    lines: list[str] = []
    for number, line in enumerate(layout.lines):
        content = line.strip(_BLANKS)
        ends_in_text = number + 1 < len(layout.lines) and layout.text[number + 1]
        if layout.text[number]:
            lines.append(line if ends_in_text else line.rstrip(_BLANKS))
        elif not content:
            lines.append("")
        else:
            if ends_in_text:
                content = line.lstrip(_BLANKS)
            first = layout.comment[number]
            depth, extra = levels[number], 0
            if first >= 0:
                depth = levels[first]
                extra = max(indentation(line) - indentation(layout.lines[first]), 0)
                extra = min(extra, 1) if first == 0 and content.startswith("*") else extra
            lines.append(unit * depth + " " * extra + content)
    return "\n".join(lines)


def _levels(layout: Layout) -> list[int]:
    """The nesting level of every line, by a stack of indentation widths."""
    widths = [indentation(line) for line in layout.lines]
    counted = [
        number
        for number, line in enumerate(layout.lines)
        if number > 0
        and line.strip(_BLANKS)
        and not layout.text[number]
        and layout.comment[number] < 0
        and not is_outside(line.strip(_BLANKS), layout.tree.language)
    ]
    levels = [0] * len(layout.lines)
    if not counted:
        return levels
    stack = [_base(layout, counted, widths)]
    for number in counted:
        width = widths[number]
        while len(stack) > 1 and width < stack[-1]:
            stack.pop()
        if width > stack[-1]:
            stack.append(width)
        levels[number] = len(stack) - 1
    return levels


def _base(layout: Layout, counted: list[int], widths: list[int]) -> int:
    """The function's own column: that of its closing line, or else one less than the least of its body."""
    least = min(widths[number] for number in counted)
    candidates = [number for number in counted if widths[number] == least]
    python = layout.tree.language == "python"
    chosen = candidates[0] if python else counted[-1]
    # Decorators and the header of a definition below them are in the function's column, too.
    own = (
        layout.lines[chosen]
        .lstrip(_BLANKS)
        .startswith((")", "@", "def ", "async def ") if python else _CLOSERS)
    )
    return least if own and widths[chosen] == least else least - 1


def is_outside(content: str, language: str) -> bool:
    """Whether the line is always in the first column, regardless of nesting."""
    if language in _PREPROCESSED and content.startswith("#"):
        return True
    return (
        language in {"c", "cpp", "go"} and not content.startswith("default") and bool(_LABEL.match(content))
    )
