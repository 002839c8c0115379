"""The code of a file outside its functions and classes, as one unit called ``<module>``."""

import re
from collections.abc import Iterator, Mapping, Sequence

from tree_sitter import Node

from codeorigin.cancellation import NEVER, CancelToken
from codeorigin.functions.ignore_comments import IgnoreComments
from codeorigin.functions.spans import FunctionSpan, SpanKind, TextRange, code_text
from codeorigin.languages.captures import Syntax
from codeorigin.languages.language import Language
from codeorigin.languages.parsing import ParseBudgetError
from codeorigin.languages.syntax import parse_root, parseable
from codeorigin.text.positions import LineIndex

NAME = "<module>"

# Definitions get their own verdicts or are not statements; imports show what is used, not who wrote it.
_LEFT_OUT = {
    "python": frozenset(
        {"import_statement", "import_from_statement", "future_import_statement"}
        | {"function_definition", "class_definition", "decorated_definition", "type_alias_statement"}
    ),
    "javascript": frozenset(
        {"import_statement", "hash_bang_line", "function_declaration", "generator_function_declaration"}
        | {"class_declaration", "abstract_class_declaration", "interface_declaration", "enum_declaration"}
        | {"type_alias_declaration", "ambient_declaration", "function_signature", "internal_module", "module"}
    ),
    "ruby": frozenset({"class", "module", "method", "singleton_method", "singleton_class"}),
    "php": frozenset(
        {"namespace_use_declaration", "namespace_definition", "declare_statement", "function_definition"}
        | {"class_declaration", "interface_declaration", "trait_declaration", "enum_declaration"}
        | {"php_tag", "php_end_tag", "text", "text_interpolation"}
    ),
}
_LEFT_OUT["typescript"] = _LEFT_OUT["javascript"]
_IMPORTS = {
    "javascript": re.compile(rb"(?:const|let|var)\b[^=;]*=\s*require\s*\([^()]*\)\s*;?|(['\"])use \w+\1;?"),
    "ruby": re.compile(rb"(?:require|require_relative|load)\b[^\n]*"),
    "php": re.compile(rb"(?:require|include)(?:_once)?\b[^;]*;"),
}
_IMPORTS["typescript"] = _IMPORTS["javascript"]


def top_level(
    text: str,
    language: Language,
    functions: Sequence[FunctionSpan],
    lines: LineIndex,
    *,
    path: str | None = None,
    cancel: CancelToken = NEVER,
) -> FunctionSpan | None:
    """The statements of ``text`` outside ``functions`` (the outermost ones) and classes.

    Also left out are imports, the comments and the string at the start of the file, and comments directly above
    anything left out. None in languages whose files only contain definitions (C, C++, C#, Go, Java, Rust), and if
    nothing is left. Raises Cancelled.
    """
    left_out = _LEFT_OUT.get(language.model_language)
    if left_out is None:
        return None
    try:
        root = parse_root(text, language, cancel)
    except ParseBudgetError:
        return None
    gone = [(span.range.start_byte, span.range.end_byte) for span in functions]
    gone += _gone(root, language, left_out)
    data = parseable(text)
    kept = _kept(data, gone)
    if kept is None:
        return None
    start, end = kept
    code = _range(lines, start, end)
    first = _range(lines, start, lines.offset_to_byte(lines.line_end(code.start_line)))
    if first.end > code.end:
        first = code
    holes = _joined([(max(start, low), min(end, high)) for low, high in gone if high > start and low < end])
    comments = {
        each.start_byte: each.end_byte
        for each in root.children
        if "comment" in each.type and not each.has_error
    }
    marks = IgnoreComments(
        Syntax(data, comments=comments, comment_ends=_turned(comments)),
        (each.range.start_byte for each in functions),
    )
    span = FunctionSpan(
        name=NAME,
        qualified_name=NAME,
        language=language.id,
        range=code,
        code=code,
        header=first,
        name_range=first,
        doc_comment=None,
        is_test=path is not None and language.tests.holds_for_path(path),
        ignored=marks.ignores_function(start, start),
        kind=SpanKind.MODULE,
        left_out=tuple((_range(lines, low, high).start, _range(lines, low, high).end) for low, high in holes),
    )
    return span if code_text(text, span).strip() else None


def _turned(comments: Mapping[int, int]) -> dict[int, int]:
    return {end: start for start, end in comments.items()}


def _gone(root: Node, language: Language, left_out: frozenset[str]) -> Iterator[tuple[int, int]]:
    """Byte ranges of the children of ``root`` that are left out."""
    imports = _IMPORTS.get(language.model_language)
    waiting: list[Node] = []
    at_head = True
    for node in root.children:
        if "comment" in node.type:
            waiting.append(node)
            continue
        is_gone = (
            node.type in left_out
            or (node.type == "export_statement" and _declares(node, left_out))
            or (imports is not None and node.text is not None and imports.fullmatch(node.text) is not None)
            or (at_head and _is_string(node))
        )
        if at_head:
            yield from ((each.start_byte, each.end_byte) for each in waiting)
        elif is_gone:
            yield from _directly_above(waiting, node)
        waiting = []
        if is_gone:
            yield node.start_byte, node.end_byte
        if node.type not in {"php_tag", "text", "hash_bang_line"}:
            at_head = False
    if at_head:
        yield from ((each.start_byte, each.end_byte) for each in waiting)


def _declares(node: Node, left_out: frozenset[str]) -> bool:
    declaration = node.child_by_field_name("declaration")
    if declaration is None:
        return node.child_by_field_name("value") is None
    return declaration.type in left_out


def _is_string(node: Node) -> bool:
    inside = node.named_children
    return node.type == "expression_statement" and len(inside) == 1 and inside[0].type == "string"


def _directly_above(comments: Sequence[Node], node: Node) -> Iterator[tuple[int, int]]:
    below = node.start_point.row
    for comment in reversed(comments):
        if comment.end_point.row < below - 1:
            return
        yield comment.start_byte, comment.end_byte
        below = comment.start_point.row


def _kept(data: bytes, gone: Sequence[tuple[int, int]]) -> tuple[int, int] | None:
    """Range from the first to the last byte that is neither ``gone`` nor blank; None if nothing is left."""
    masked = bytearray(data)
    for low, high in gone:
        masked[low:high] = b" " * len(masked[low:high])
    found = bytes(masked)
    stripped = found.strip()
    if not stripped.strip(b";"):
        return None
    start = len(found) - len(found.lstrip())
    return start, start + len(stripped)


def _joined(ranges: Sequence[tuple[int, int]]) -> list[tuple[int, int]]:
    """The ranges merged into disjoint ones, in order."""
    joined: list[tuple[int, int]] = []
    for low, high in sorted(ranges):
        if joined and low <= joined[-1][1]:
            joined[-1] = joined[-1][0], max(high, joined[-1][1])
        else:
            joined.append((low, high))
    return joined


def _range(lines: LineIndex, start_byte: int, end_byte: int) -> TextRange:
    start, end = lines.byte_to_offset(start_byte), lines.byte_to_offset(end_byte)
    return TextRange(
        start_byte, end_byte, start, end, *lines.offset_to_position(start), *lines.offset_to_position(end)
    )
