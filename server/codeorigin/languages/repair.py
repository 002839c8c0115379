"""Finds the closers missing at the end of a text, since code is most often broken because it is still being typed.

Without its closing bracket, most grammars lose a function and every class around it. A closing bracket missing
in the middle is left to the parser, which often finds the functions after it.
"""

import re
from functools import lru_cache

from tree_sitter import Language as Grammar
from tree_sitter import Node, Query, QueryCursor

_CLOSING = {"{": "}", "${": "}", "(": ")", "[": "]"}
_MAX_CLOSERS = 200

# Lines that may be indented no deeper than the block that they are part of.
_OUTDENTED = re.compile(rb"\s*(?:[)}\]]|#|(?:case|default)\b|\w+\s*:(?!:))")
# Blocks whose content is not usually indented.
_FLAT = re.compile(rb"\s*(?:inline\s+)?namespace\b|\s*extern\s+\"")

_RUBY_OPENER = re.compile(
    rb"\s*(?:(?:private|protected|public|module_function)\s+)?"
    rb"(?:def|class|module|if|unless|case|while|until|for|begin)\b"
    rb"|.*(?:=\s*(?:if|unless|case|begin)\b.*|\bdo\s*(?:\|[^|]*\|\s*)?)$"
)
_RUBY_CLOSED = re.compile(rb"\s*def\b[^=]*(?:\([^)]*\)|\s)\s*=\s.*|.*\bend\b[\s.)\]}]*$")
_RUBY_CONTINUED = re.compile(rb"\s*(?:else|elsif|when|in|rescue|ensure)\b")


def missing_closers(root: Node, grammar: Grammar, data: bytes, block_end: str) -> bytes:
    """What to append to ``data`` to close the blocks that are open at its end; empty if there are none.

    ``block_end`` is ``}`` if brackets close blocks, and ``end`` in Ruby, where indentation tells how many are open.
    """
    closers = _missing_brackets(root, grammar, data).encode()
    if block_end == "end":
        closers += b"\nend" * min(_open_ruby_blocks(data.split(b"\n")), _MAX_CLOSERS)
    return b"\n" + closers if closers else b""


def _missing_brackets(root: Node, grammar: Grammar, data: bytes) -> str:
    stack: list[tuple[str, int]] = []
    for _, captures in QueryCursor(_bracket_query(grammar)).matches(root):
        (node,) = captures["bracket"]
        if node.start_byte == node.end_byte:
            continue  # inserted by the parser
        if node.type in _CLOSING:
            stack.append((_CLOSING[node.type], node.start_byte))
        else:
            _pop(stack, node.type)
    if not 0 < len(stack) <= _MAX_CLOSERS or not _breaks_off(data, [position for _, position in stack]):
        return ""
    return "".join(closer for closer, _ in reversed(stack))


def _pop(stack: list[tuple[str, int]], closer: str) -> None:
    """Close the innermost open bracket of this kind, and those inside it; ignore a closer without a bracket."""
    for depth in range(len(stack) - 1, max(len(stack) - 4, -1), -1):
        if stack[depth][0] == closer:
            del stack[depth:]
            return


def _breaks_off(data: bytes, positions: list[int]) -> bool:
    """Whether everything after each open bracket is indented deeper than the line that the bracket is on."""
    end = len(data)
    least = 1 << 30
    for position in reversed(positions):
        line_start = data.rfind(b"\n", 0, position) + 1
        behind = data.find(b"\n", position, end)
        if behind >= 0:
            least = min(least, _least_indentation(data[behind + 1 : end]))
            end = line_start
        if least <= _indentation(data[line_start:position]) and not _FLAT.match(data, line_start):
            return False
    return True


def _least_indentation(lines: bytes) -> int:
    return min(
        (_indentation(line) for line in lines.split(b"\n") if line.strip() and not _OUTDENTED.match(line)),
        default=1 << 30,
    )


def _indentation(line: bytes) -> int:
    expanded = line.expandtabs(8)
    return len(expanded) - len(expanded.lstrip())


def _open_ruby_blocks(lines: list[bytes]) -> int:
    """Number of blocks open after the last line, assuming that the indentation is correct."""
    count = 0
    limit = 1 << 30
    for line in reversed(lines):
        if limit == 0:
            break
        indentation = _indentation(line)
        if not line.strip() or line.lstrip().startswith(b"#") or indentation >= limit:
            continue
        limit = indentation
        if _RUBY_CONTINUED.match(line):
            limit += 1
        elif _RUBY_OPENER.match(line) and not _RUBY_CLOSED.match(line):
            count += 1
    return count


@lru_cache(maxsize=64)
def _bracket_query(grammar: Grammar) -> Query:
    kinds = [kind for kind in (*_CLOSING, "}", ")", "]") if grammar.id_for_node_kind(kind, False)]
    return Query(grammar, "[" + " ".join(f'"{kind}"' for kind in kinds) + "] @bracket")
