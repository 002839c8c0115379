"""Changes the indentation to two, three, four or eight columns, or tabs."""

import re
from bisect import bisect_right
from dataclasses import dataclass

import numpy as np

from codeorigin_training.data.augmentation.syntax import (
    Tree,
    decoded,
    parse_function,
    same_shape,
    with_line_feeds,
)

UNITS = ("  ", "   ", "    ", "        ", "\t")
"""The possible indentations for one level."""

_PREPROCESSED = frozenset({"c", "cpp", "csharp"})
_LABEL = re.compile(r"\w+:(?!:)\s*(?://.*|/\*.*)?$")
_CLOSERS = ("}", ")", "]", "end")
_BLANKS = " \t\f\v"
_TAB_WIDTH = 4

# Every kind of node in a supported grammar whose line breaks are part of a value.
_KINDS = """
    string template_string regex raw_string_literal string_literal interpreted_string_literal
    char_literal verbatim_string_literal interpolated_string_expression encapsed_string heredoc nowdoc
    heredoc_body shell_command_expression subshell string_array symbol_array jsx_text text preproc_def
    preproc_function_def multiline_string_literal uninterpreted
"""
_TEXTS = _KINDS.split()
_COMMENTS = ("comment", "line_comment", "block_comment")
# A docstring is read without its indentation, so it moves with its function like a comment.
_DOCSTRING = "(block . (expression_statement . (string) @node .))"


@dataclass(frozen=True, slots=True)
class _Layout:
    """A parsed function line by line, with line feeds as line ends.

    ``starts`` are the byte offsets of the lines. ``text`` is True for a line that starts inside a string, a heredoc or
    the like, so that its indentation is part of a value. ``comment`` is, for a line that starts inside a comment or
    docstring, the line on which that begins, else -1.
    """

    tree: Tree
    lines: list[str]
    starts: list[int]
    text: list[bool]
    comment: list[int]

    def line_of(self, byte: int) -> int:
        """The line that contains ``byte``."""
        return bisect_right(self.starts, byte) - 1


def reindented(code: str, language: str, generator: np.random.Generator) -> str:
    """``code`` with the same levels of indentation, each written as one unit drawn from :data:`UNITS`.

    Any deeper indentation is one level more, so text aligned under a bracket becomes one level deeper. Comments
    move as blocks, and strings of several lines are unchanged. Trailing whitespace and the function's own
    indentation are removed, and line ends become line feeds. Unchanged if the syntax tree would change.
    """
    unit = UNITS[generator.integers(len(UNITS))]
    layout = _read_layout(code, language)
    if layout is None or len(layout.lines) == 1:
        return code
    result = _rewritten(layout, _levels(layout), unit)
    return result if same_shape(layout.tree, result) else code


def _rewritten(layout: _Layout, levels: list[int], unit: str) -> str:
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
                extra = max(_indentation(line) - _indentation(layout.lines[first]), 0)
                extra = min(extra, 1) if first == 0 and content.startswith("*") else extra
            lines.append(unit * depth + " " * extra + content)
    return "\n".join(lines)


def _levels(layout: _Layout) -> list[int]:
    """The nesting level of every line, by a stack of indentation widths."""
    widths = [_indentation(line) for line in layout.lines]
    counted = [
        number
        for number, line in enumerate(layout.lines)
        if number > 0
        and line.strip(_BLANKS)
        and not layout.text[number]
        and layout.comment[number] < 0
        and not _is_outside(line.strip(_BLANKS), layout.tree.language)
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


def _base(layout: _Layout, counted: list[int], widths: list[int]) -> int:
    """The function's own column: that of its closing line, or else one less than the least of its body."""
    least = min(widths[number] for number in counted)
    candidates = [number for number in counted if widths[number] == least]
    python = layout.tree.language == "python"
    chosen = candidates[0] if python else counted[-1]
    # Decorators and the header of a definition below them are in the function's column, too.
    is_in_column = (
        layout.lines[chosen]
        .lstrip(_BLANKS)
        .startswith((")", "@", "def ", "async def ") if python else _CLOSERS)
    )
    return least if is_in_column and widths[chosen] == least else least - 1


def _is_outside(content: str, language: str) -> bool:
    """Whether the line is always in the first column, regardless of nesting."""
    if language in _PREPROCESSED and content.startswith("#"):
        return True
    return (
        language in {"c", "cpp", "go"} and not content.startswith("default") and bool(_LABEL.match(content))
    )


def _read_layout(code: str, language: str) -> _Layout | None:
    """The layout of a function; None for an unknown language."""
    tree = parse_function(with_line_feeds(code), language)
    if tree is None:
        return None
    raw = tree.data.split(b"\n")
    starts = [0]
    for line in raw[:-1]:
        starts.append(starts[-1] + len(line) + 1)
    layout = _Layout(tree, [decoded(line) for line in raw], starts, [False] * len(raw), [-1] * len(raw))
    if len(raw) > 1:
        _mark(layout)
    return layout


def _mark(layout: _Layout) -> None:
    tree = layout.tree
    queries = [(f"{tree.kinds(_TEXTS)} @node", False), (f"{tree.kinds(_COMMENTS)} @node", True)]
    if tree.language == "python":
        queries.append((_DOCSTRING, True))
    for query, is_comment in queries:
        for node in tree.nodes(query).get("node", ()):
            if node.start_point.row == node.end_point.row:
                continue
            start, end = tree.span(node)
            first = layout.line_of(start)
            for line in range(first + 1, layout.line_of(end) + 1):
                if layout.starts[line] >= end:
                    continue
                layout.text[line] = not is_comment
                layout.comment[line] = first if is_comment else -1


def _indentation(line: str) -> int:
    """The width of the indentation of ``line`` in columns; a tab reaches to the next multiple of four."""
    blanks = line[: len(line) - len(line.lstrip(" \t"))]
    return len(blanks.expandtabs(_TAB_WIDTH))
