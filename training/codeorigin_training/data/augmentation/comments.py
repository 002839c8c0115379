"""Removes comments and docstrings, and the lines that they leave empty."""

import re

import numpy as np
from tree_sitter import Node

from codeorigin_training.data.augmentation.syntax import Tree, decoded, parse_function

_COMMENTS = ("comment", "line_comment", "block_comment")
# A string as a statement has no effect; the first one is the docstring.
_DOCSTRINGS = "(expression_statement . [(string) (concatenated_string)] .) @docstring"
_JSX_COMMENT = "(jsx_expression . (comment)+ .) @comment"
_COMPUTED = re.compile(r"[rR]?[fFtT]")
_BLANKS = b" \t\r\n\x0b\x0c"
_IN_LINE = b" \t\x0b\x0c"
_OPENERS = (b"{", b"(", b"[", b":", b"=>", b" do", b" then")
_CLOSERS = (b"}", b")", b"]", b"end")


def comments_removed(code: str, language: str, generator: np.random.Generator) -> str:
    """``code`` without comments and Python docstrings, found in the syntax tree; strings that look like comments stay.

    Lines with nothing else are removed, and so are blank lines that only separated a comment. A block with only a
    docstring becomes ``pass``. Unchanged if nothing else would be left, or if the rest would have more syntax errors.
    ``generator`` is not used.
    """
    del generator
    tree = parse_function(code, language)
    if tree is None:
        return code
    holes = _holes(tree)
    if not holes:
        return code
    result = _without(tree.data, holes)
    if not result.strip():
        return code
    after = parse_function(result, language)
    return result if after is not None and after.errors <= tree.errors else code


def _holes(tree: Tree) -> list[tuple[int, int, bytes]]:
    """Disjoint (start, end, replacement) in source order."""
    queries = [f"{tree.kinds(_COMMENTS)} @comment"]
    if tree.kinds(["jsx_expression"]):
        queries.append(_JSX_COMMENT)
    holes = [
        (*_trimmed(tree, node), b"") for query in queries for node in tree.nodes(query).get("comment", ())
    ]
    if tree.language == "python":
        holes += _docstrings(tree)
    disjoint: list[tuple[int, int, bytes]] = []
    for hole in sorted(holes, key=lambda hole: (hole[0], -hole[1])):
        if hole[1] > hole[0] and (not disjoint or hole[0] >= disjoint[-1][1]):
            disjoint.append(hole)
    return disjoint


def _docstrings(tree: Tree) -> list[tuple[int, int, bytes]]:
    strings = tree.nodes(_DOCSTRINGS).get("docstring", ())
    holes: list[tuple[int, int, bytes]] = []
    by_block: dict[int, tuple[Node, list[Node]]] = {}
    for node in strings:
        block = node.parent
        # An f-string is evaluated, so it may have an effect.
        if block is None or _COMPUTED.match(tree.text(node)):
            continue
        by_block.setdefault(block.id, (block, []))[1].append(node)
    for block, nodes in by_block.values():
        statements = sum(child.is_named and child.type != "comment" for child in block.children)
        for node in nodes:
            start, end = _trimmed(tree, node)
            behind = end + len(tree.data[end:]) - len(tree.data[end:].lstrip(_IN_LINE))
            if tree.data[behind : behind + 1] == b";":
                end = behind + 1
                while tree.data[end : end + 1] in (b" ", b"\t"):
                    end += 1
            keep = b"pass" if statements == len(nodes) and node is nodes[0] and block.type == "block" else b""
            holes.append((start, end, keep))
    return holes


def _trimmed(tree: Tree, node: Node) -> tuple[int, int]:
    start, end = tree.span(node)
    return start, start + len(tree.data[start:end].rstrip(_BLANKS))


def _without(data: bytes, holes: list[tuple[int, int, bytes]]) -> str:
    """``data`` without the holes; lines that held nothing else are dropped."""
    lines: list[tuple[bytes, bool]] = []  # each with its line end, and whether a hole touched it
    current, touched = b"", False
    position = 0
    for start, end, instead in [*holes, (len(data), len(data), b"")]:
        for piece in data[position:start].splitlines(keepends=True) if start > position else ():
            current += piece
            if piece.endswith((b"\n", b"\r")):
                lines.append((current, touched))
                current, touched = b"", False
        if start == len(data):
            break
        touched = True
        current += instead or _glue(data, start, end, current)
        if current.endswith(b"\n"):
            lines.append((current, touched))
            current, touched = b"", True
        position = end
        if not current or current[-1:] in (b" ", b"\t"):
            while data[position : position + 1] in (b" ", b"\t"):
                position += 1
    lines.append((current, touched))
    text = b"".join(_kept(lines))
    return decoded(text if data.endswith((b"\n", b"\r")) else text.rstrip(b"\r\n"))


def _glue(data: bytes, start: int, end: int, before: bytes) -> bytes:
    """What must stay between the code on both sides of a comment; line ends are significant in some languages."""
    line_end = min(
        (at for at in (data.find(b"\n", end), data.find(b"\r", end)) if at >= 0), default=len(data)
    )
    code_before, code_after = before.strip(_BLANKS), data[end:line_end].strip(_BLANKS)
    if not code_before or not code_after:
        return b""
    if b"\n" in data[start:end]:
        return b"\n"
    apart = before[-1:] not in (b" ", b"\t") and data[end : end + 1] not in (b" ", b"\t")
    return b" " if apart and _is_word(before[-1:]) and _is_word(data[end : end + 1]) else b""


def _is_word(byte: bytes) -> bool:
    return byte.isalnum() or byte in (b"_", b"$") or byte >= b"\x80"


def _kept(lines: list[tuple[bytes, bool]]) -> list[bytes]:
    left: list[bytes] = []
    dropped = False
    for line, touched in lines:
        content = line.strip(_BLANKS)
        if not content and touched:
            dropped = True
            continue
        if not content and dropped and (not left or not left[-1].strip() or _opens(left[-1])):
            continue
        if content:
            if dropped and left and not left[-1].strip() and content.startswith(_CLOSERS):
                left.pop()
            dropped = False
        left.append(_tight(line) if touched else line)
    return left


def _opens(line: bytes) -> bool:
    return line.rstrip(_BLANKS).endswith(_OPENERS)


def _tight(line: bytes) -> bytes:
    """The line without the whitespace that preceded its comment."""
    return line.rstrip(_BLANKS) + line[len(line.rstrip(b"\r\n")) :]
