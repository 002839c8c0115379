"""Another indentation: two, three, four or eight columns, or tabs."""

import re

import numpy as np

from codeorigin_training.corpus.augmentation.layout import Layout, indentation, read_layout
from codeorigin_training.corpus.augmentation.syntax import same_shape

UNITS = ("  ", "   ", "    ", "        ", "\t")
"""What one level may be indented by."""

_PREPROCESSED = frozenset({"c", "cpp", "csharp"})
_LABEL = re.compile(r"\w+:(?!:)\s*(?://.*|/\*.*)?$")
_CLOSERS = ("}", ")", "]", "end")
_BLANKS = " \t\f\v"


def reindented(code: str, language: str, generator: np.random.Generator) -> str:
    """``code`` with its levels of indentation kept and each level written with one unit drawn from :data:`UNITS`.

    A level is a column deeper than the line that it hangs on, so text aligned under a bracket becomes one level
    deeper. Comments move as blocks, strings of several lines stay as they are, trailing blanks and the function's own
    column go, and line ends become line feeds. Unchanged when the syntax tree would not be the same.
    """
    unit = UNITS[generator.integers(len(UNITS))]
    layout = read_layout(code, language)
    if layout is None or len(layout.lines) == 1:
        return code
    result = rewritten(layout, _levels(layout), unit)
    return result if same_shape(layout.tree, result) else code


def rewritten(layout: Layout, levels: list[int], unit: str) -> str:
    """The lines of ``layout``, each with as many units before it as ``levels`` says."""
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
    """Nesting level of every line by a stack of indentation widths."""
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
    """The function's own column: that of the line that closes it, or else one less than all of its body."""
    least = min(widths[number] for number in counted)
    candidates = [number for number in counted if widths[number] == least]
    python = layout.tree.language == "python"
    chosen = candidates[0] if python else counted[-1]
    # Decorators and the header of a definition below them stand in the function's column, too.
    own = (
        layout.lines[chosen]
        .lstrip(_BLANKS)
        .startswith((")", "@", "def ", "async def ") if python else _CLOSERS)
    )
    return least if own and widths[chosen] == least else least - 1


def is_outside(content: str, language: str) -> bool:
    """Whether the line stands in the first column whatever is around it."""
    if language in _PREPROCESSED and content.startswith("#"):
        return True
    return (
        language in {"c", "cpp", "go"} and not content.startswith("default") and bool(_LABEL.match(content))
    )
