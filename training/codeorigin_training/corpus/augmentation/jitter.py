"""Random changes to blank lines and quotes, which carry no meaning."""

import re

import numpy as np

from codeorigin_training.corpus.augmentation.layout import Layout, read_layout
from codeorigin_training.corpus.augmentation.syntax import Tree, edited, same_shape, with_line_feeds

_STRINGS = {
    "python": "(string) @string",
    "javascript": "(string) @string",
    "typescript": "(string) @string",
    "tsx": "(string) @string",
    "ruby": "(string) @string",
    "php": "[(string) (encapsed_string)] @string",
}
# Strings without anything that depends on the kind of quotes: escapes, interpolation, another quote.
_PLAIN = re.compile(rb"""([bBuUrR]{0,2})(["'])([^"'\\\n$#{}]*)\2""")
_CONTINUED = re.compile(
    r"[})\].,?:&|+*/=<>-]|end\b|else\b|elif\b|elsif\b|except\b|finally\b|catch\b|rescue\b|when\b"
)


def jittered(code: str, language: str, generator: np.random.Generator) -> str:
    """``code`` with blank lines randomly removed and inserted and, half of the time, with its quotes changed.

    The rates of removal and insertion are drawn per function. Blank lines are only inserted between lines of the same
    indentation, and never in strings or comments. In Python, JavaScript, TypeScript, Ruby and PHP, all strings without
    escapes, interpolation or quotes get the same kind of quotes. Unchanged if the syntax tree would change.
    """
    removal, insertion = generator.uniform(0.0, 1.0), generator.uniform(0.0, 0.3)
    quote = (b'"', b"'")[generator.integers(2)]
    requoted = generator.random() < 0.5
    layout = read_layout(code, language)
    if layout is None:
        return code
    result = _respaced(layout, removal, insertion, generator)
    if result != with_line_feeds(code) and not same_shape(layout.tree, result):
        result = code
    if requoted and (other := read_layout(result, language)) is not None:
        changed = _requoted(other.tree, quote)
        if _same_but_quotes(other.tree, changed):
            return changed
    return result


def _respaced(layout: Layout, removal: float, insertion: float, generator: np.random.Generator) -> str:
    lines: list[str] = []
    for number, line in enumerate(layout.lines):
        inside = layout.text[number] or layout.comment[number] >= 0
        if not line.strip() and not inside and 0 < number < len(layout.lines) - 1:
            if generator.random() < removal:
                continue
        elif not inside and lines and _may_part(lines[-1], line) and generator.random() < insertion:
            lines.append("")
        lines.append(line)
    return "\n".join(lines)


def _may_part(before: str, line: str) -> bool:
    if not before.strip() or not line.strip() or _CONTINUED.match(line.lstrip()):
        return False
    same = len(before) - len(before.lstrip()) == len(line) - len(line.lstrip())
    return (
        same
        and not before.rstrip().endswith(("{", "(", "[", ",", "\\", ":"))
        and before.lstrip()[0] not in "@#"
    )


def _requoted(tree: Tree, quote: bytes) -> str:
    edits: list[tuple[int, int, bytes]] = []
    query = _STRINGS.get(tree.language)
    outer = 0
    for start, end in (
        sorted(tree.span(node) for node in tree.nodes(query).get("string", ())) if query else ()
    ):
        if end <= outer:
            continue  # inside an interpolated string, whose quotes it must not repeat
        outer = end
        if match := _PLAIN.fullmatch(tree.data, start, end):
            edits.append((start, end, match[1] + quote + match[3] + quote))
    return edited(tree.data, edits)


def _same_but_quotes(tree: Tree, code: str) -> bool:
    """Whether only quotes differ; PHP has a kind of node for each, so only counts of nodes and errors are compared."""
    if tree.language != "php":
        return same_shape(tree, code, named=True)
    other = read_layout(code, tree.language)
    return other is not None and (other.tree.errors, len(other.tree.shape())) == (
        tree.errors,
        len(tree.shape()),
    )
