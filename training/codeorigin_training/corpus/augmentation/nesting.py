"""A small formatter: indentation by nesting in the syntax tree, and consistent braces and blank lines."""

import re
from bisect import bisect_left

from tree_sitter import Node

from codeorigin.text.positions import encode_utf8
from codeorigin_training.corpus.augmentation.layout import Layout, read_layout
from codeorigin_training.corpus.augmentation.reindentation import is_outside, rewritten
from codeorigin_training.corpus.augmentation.syntax import Tree, same_shape

_UNITS = {"go": "\t", "javascript": "  ", "typescript": "  ", "tsx": "  ", "ruby": "  "}
_UNIT = "    "
_OPEN, _CLOSE = ("{", "(", "[", "${", "#{", "#["), ("}", ")", "]")
_SECTIONS = (
    *("switch_case", "switch_default", "case_statement", "default_statement", "switch_section"),
    "switch_block_statement_group",
)
_STATEMENTS = (
    *("expression_statement", "return_statement", "throw_statement", "local_variable_declaration"),
    *(
        "lexical_declaration",
        "variable_declaration",
        "local_declaration_statement",
        "declaration",
        "let_declaration",
    ),
    *("short_var_declaration", "assignment_statement", "if_statement", "for_statement", "while_statement"),
    *("foreach_statement", "enhanced_for_statement", "for_in_statement", "else_clause", "echo_statement"),
    *("assignment", "call", "binary"),
)
_JSX = "(jsx_element open_tag: (_) @open close_tag: (_) @close)"
_MIDDLE = re.compile(r"(?:else|elsif|when|in|rescue|ensure)\b")
_HEADLESS = re.compile(r"(?:else|catch|finally|end)\b|[{})\]]|</")
_JOINED = re.compile(r"(?:else|catch|finally)\b")
_GO_SECTION = re.compile(r"(?:case\b.*|default\s*):")
_ALLMAN = frozenset({"csharp", "php"})
_LINE_COMMENT = re.compile(r"//|#")


def nested_layout(code: str, language: str) -> str:
    """``code`` re-indented by the nesting of each line in brackets, blocks and statements.

    One level for each line with brackets that are still open, for the body of a ``case``, and for the lines of a
    statement after its first. An opening brace alone on its line joins the line before it, and so do ``else``,
    ``catch`` and ``finally`` after a closing brace, but not in C# and PHP, where they are usually on a separate line.
    Blank lines at the ends of blocks are removed, several in a row become one, and trailing whitespace is removed. A
    level is two columns in JavaScript, TypeScript and Ruby, a tab in Go, and four columns in other languages.

    Unchanged if the syntax tree would change, or has errors, since nesting is meaningless then.
    """
    layout = read_layout(code, language)
    if layout is None or layout.tree.errors:
        return code
    joined = _braces_joined(layout) if layout.tree.language not in _ALLMAN | {"ruby"} else None
    if joined is not None and same_shape(layout.tree, joined):
        layout = read_layout(joined, language) or layout
    result = _blanks_trimmed(
        layout, rewritten(layout, _depths(layout), _UNITS.get(layout.tree.language, _UNIT)).split("\n")
    )
    return result if same_shape(layout.tree, result) else code


def _depths(layout: Layout) -> list[int]:
    """The number of levels by which each line is indented."""
    marks = _marks(layout)
    statements = _statement_starts(layout)
    # gofmt puts cases in the same column as their switch.
    middle = {"ruby": _MIDDLE, "go": _GO_SECTION}.get(layout.tree.language)
    depths = [0] * len(layout.lines)
    stack: list[int] = []  # the line of each open bracket
    position = 0
    for number, line in enumerate(layout.lines):
        content = line.strip()
        start = layout.starts[number] + len(encode_utf8(line)) - len(encode_utf8(line.lstrip()))
        # Brackets that close at the line's first token no longer indent it.
        while position < len(marks) and (
            marks[position][0] < start or (marks[position][0] == start and marks[position][1] < 0)
        ):
            _apply(stack, marks[position], layout)
            position += 1
        leading = position
        while (
            leading < len(marks) and marks[leading][1] < 0 and _only_closers(layout, start, marks[leading][0])
        ):
            _apply(stack, marks[leading], layout)
            leading += 1
        position = leading
        depth = len(set(stack))
        if middle is not None and middle.match(content):
            depth -= 1
        if (
            number
            and content
            and not _HEADLESS.match(content)
            and _continues(statements, stack, start, layout)
        ):
            depth += 1
        depths[number] = 0 if number == 0 or is_outside(content, layout.tree.language) else max(depth, 0)
    return depths


def _only_closers(layout: Layout, start: int, closer: int) -> bool:
    return not layout.tree.data[start:closer].strip(b"})] \t;,")


def _apply(stack: list[int], mark: tuple[int, int], layout: Layout) -> None:
    byte, change = mark
    if change > 0:
        stack.append(layout.line_of(byte))
    elif stack:
        stack.pop()


def _marks(layout: Layout) -> list[tuple[int, int]]:
    """Where brackets, Ruby's blocks and the bodies of cases open (1) and close (-1), in source order."""
    tree = layout.tree
    marks: list[tuple[int, int]] = []
    for kinds, change in ((_OPEN, 1), (_CLOSE, -1)):
        pattern = tree.kinds(kinds, named=False)
        brackets = tree.nodes(f"{pattern} @bracket").get("bracket", ()) if pattern else ()
        marks += [(tree.span(node)[0], change) for node in brackets if _stands(tree, node)]
    if tree.language == "ruby":
        for captures in tree.matches('(_ "end" @end) @block'):
            marks.append((tree.span(captures["block"][0])[0], 1))
            marks.append((tree.span(captures["end"][0])[0], -1))
    if tree.kinds(["jsx_element"]):
        for captures in tree.matches(_JSX):
            marks.append((tree.span(captures["open"][0])[0], 1))
            marks.append((tree.span(captures["close"][0])[0], -1))
    if pattern := tree.kinds(_SECTIONS):
        for node in tree.nodes(f"{pattern} @section").get("section", ()):
            start, end = tree.span(node)
            content = len(tree.data[start:end].rstrip())
            marks += [(start, 1), (start + content, -1)]
    return sorted(marks, key=lambda mark: (mark[0], mark[1]))


def _stands(tree: Tree, node: Node) -> bool:
    """Whether the node is in the text itself, neither in the wrapper nor inserted by the parser."""
    return tree.shift <= node.start_byte < tree.shift + len(tree.data) and node.end_byte > node.start_byte


def _statement_starts(layout: Layout) -> list[tuple[int, int]]:
    tree = layout.tree
    pattern = tree.kinds(_STATEMENTS)
    nodes = tree.nodes(f"{pattern} @statement").get("statement", ()) if pattern else ()
    return sorted({tree.span(node) for node in nodes if node.start_point.row != node.end_point.row})


def _continues(statements: list[tuple[int, int]], stack: list[int], start: int, layout: Layout) -> bool:
    """Whether the line starts inside a statement from an earlier line, in the same brackets."""
    floor = layout.starts[stack[-1]] if stack else 0
    for begin, end in reversed(statements[: bisect_left(statements, (start, 0))]):
        if begin < floor:
            return False
        if end > start and (not stack or layout.line_of(begin) > stack[-1]):
            return True
    return False


def _braces_joined(layout: Layout) -> str:
    lines: list[str] = []
    for number, line in enumerate(layout.lines):
        content = line.strip()
        before = lines[-1].rstrip() if lines else ""
        free = not layout.text[number] and layout.comment[number] < 0 and before.strip()
        plain = (
            free
            and not _LINE_COMMENT.search(before)
            and not before.endswith(("{", "}", ";", "*/", "\\", ":"))
        )
        after_block = free and before.strip() == "}" and _JOINED.match(content)
        if (content == "{" and plain) or after_block:
            lines[-1] = f"{before} {content}"
        else:
            lines.append(line)
    return "\n".join(lines)


def _blanks_trimmed(layout: Layout, lines: list[str]) -> str:
    kept: list[str] = []
    for number, line in enumerate(lines):
        if layout.text[number] or layout.comment[number] >= 0:
            kept.append(line)
            continue
        if not line.strip() and (not kept or not kept[-1].strip() or kept[-1].endswith("{")):
            continue
        if (
            kept
            and not kept[-1].strip()
            and line.lstrip().startswith(("}", "end"))
            and not layout.text[number - 1]
        ):
            kept.pop()
        kept.append(line)
    while kept and not kept[-1].strip():
        kept.pop()
    return "\n".join(kept)
