"""Shared by the methods that change layout: the lines of a function, and which of them are part of a string."""

from bisect import bisect_right
from dataclasses import dataclass

from codeorigin_training.data.augmentation.syntax import Tree, decoded, parse_function, with_line_feeds

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
TAB_WIDTH = 4


@dataclass(frozen=True, slots=True)
class Layout:
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


def read_layout(code: str, language: str) -> Layout | None:
    """The layout of a function; None for an unknown language."""
    tree = parse_function(with_line_feeds(code), language)
    if tree is None:
        return None
    raw = tree.data.split(b"\n")
    starts = [0]
    for line in raw[:-1]:
        starts.append(starts[-1] + len(line) + 1)
    layout = Layout(tree, [decoded(line) for line in raw], starts, [False] * len(raw), [-1] * len(raw))
    if len(raw) > 1:
        _mark(layout)
    return layout


def _mark(layout: Layout) -> None:
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


def indentation(line: str) -> int:
    """The width of the indentation of ``line`` in columns; a tab reaches to the next multiple of four."""
    blanks = line[: len(line) - len(line.lstrip(" \t"))]
    return len(blanks.expandtabs(TAB_WIDTH))
