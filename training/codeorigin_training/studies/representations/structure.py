"""The structure of a function: its syntax tree without any names, and its control flow.

Control flow has statements as nodes, and says where control may go from each. It is an approximation that needs no
compiler: a ``try`` may go to each of its handlers from its beginning, calls return, and the branches of a ``switch``
fall through if the language allows it. A ``break`` or ``continue`` with a label refers to the innermost loop, a
``goto`` continues with the next statement, and a ``return`` inside a ``try`` leaves the function without running its
``finally``.
"""

from collections.abc import Sequence
from dataclasses import dataclass, field

from tree_sitter import Node

from codeorigin.languages import get_language
from codeorigin.languages.find_constructs import read_piece
from codeorigin.languages.parse import parseable

LANGUAGES = ("python", "javascript", "typescript", "java", "go", "c", "cpp", "csharp")
"""Languages whose functions have a structure."""

_BLOCKS = frozenset(
    {"block", "statement_block", "compound_statement", "statement_list", "else_clause", "finally_clause"}
    | {"switch_block_statement_group", "constructor_body", "labeled_statement", "declaration_list"}
)
_IFS = frozenset({"if_statement", "elif_clause"})
_LOOPS = frozenset(
    {"for_statement", "while_statement", "do_statement", "enhanced_for_statement", "for_in_statement"}
    | {"foreach_statement", "for_range_loop"}
)
_SWITCHES = frozenset(
    {"switch_statement", "switch_expression", "expression_switch_statement", "type_switch_statement"}
    | {"select_statement", "match_statement"}
)
_CASES = frozenset(
    {"switch_case", "switch_default", "case_statement", "expression_case", "default_case", "type_case"}
    | {"communication_case", "case_clause", "switch_block_statement_group", "switch_rule", "switch_section"}
)
_TRIES = frozenset({"try_statement", "try_with_resources_statement"})
_HANDLERS = frozenset({"except_clause", "except_group_clause", "catch_clause"})
_FALLS_THROUGH = frozenset(
    {"switch_case", "switch_default", "case_statement", "switch_block_statement_group"}
)
_LEAVES = {
    "return_statement": "return",
    "throw_statement": "raise",
    "raise_statement": "raise",
    "break_statement": "break",
    "continue_statement": "continue",
}
_FUNCTIONS = frozenset(
    {"function_definition", "function_declaration", "method_declaration", "method_definition"}
    | {"constructor_declaration", "arrow_function", "function_expression", "func_literal"}
    | {"generator_function_declaration", "local_function_statement"}
)
_WRAPPERS = frozenset({"with_statement", "synchronized_statement", "using_statement", "lock_statement"})
_NOTHING = frozenset({"comment", "line_comment", "block_comment", "empty_statement", "pass_statement"})


@dataclass(frozen=True, slots=True)
class ControlFlow:
    """``kinds[i]`` is the kind of node ``i``; ``edges`` are sorted pairs of nodes. Node 0 is the entry, 1 the exit."""

    kinds: tuple[str, ...]
    edges: tuple[tuple[int, int], ...]

    @property
    def tokens(self) -> list[str]:
        """Each node as its kind, ``>``, its successors by relative position (``+1``) or ``exit``, and ``;``."""
        found: list[str] = []
        for node, kind in enumerate(self.kinds):
            found += [kind, ">"]
            for start, end in self.edges:
                if start == node:
                    found.append("exit" if end == 1 else f"{end - start:+d}")
            found.append(";")
        return found


def function_node(code: str, language: str) -> Node | None:
    """The outermost function in ``code`` that has a body; None without one, or if the language is not supported."""
    if language not in LANGUAGES:
        return None
    queue = [read_piece(parseable(code), get_language(language)).root]
    while queue:
        node = queue.pop(0)
        if node.type in _FUNCTIONS and node.child_by_field_name("body") is not None:
            return node
        queue += node.named_children
    return None


def tree_tokens(function: Node, most: int = 4000) -> list[str]:
    """The named nodes in source order: ``( type`` before a node's children and ``)`` after; a leaf is just its type.

    Identifiers, strings and comments are leaves without their text, so that only structure remains. There are at most
    about ``most`` tokens.

    Source: structure-based traversal (Hu et al., "Deep Code Comment Generation", ICPC 2018), without the closing type.
    """
    found: list[str] = []
    # None on the stack stands for a closing bracket.
    stack: list[Node | None] = [function]
    while stack and len(found) < most:
        node = stack.pop()
        if node is None:
            found.append(")")
        elif node.named_child_count and not node.type.endswith(("comment", "string", "string_literal")):
            found += ["(", node.type]
            stack.append(None)
            stack.extend(reversed(node.named_children))
        else:
            found.append(node.type)
    return found


def control_flow(function: Node) -> ControlFlow:
    """The flow of a :func:`function_node`."""
    builder = _Builder()
    body = function.child_by_field_name("body")
    assert body is not None
    for node in builder.statements([body], [0]):
        builder.edge(node, 1)
    return ControlFlow(tuple(builder.kinds), tuple(sorted(set(builder.edges))))


@dataclass(slots=True)
class _Builder:
    """Adds statements; ``ends`` are always the nodes from which control continues to what comes next."""

    kinds: list[str] = field(default_factory=lambda: ["entry", "exit"])
    edges: list[tuple[int, int]] = field(default_factory=list)
    _breaks: list[list[int]] = field(default_factory=list)
    _continues: list[int] = field(default_factory=list)

    def edge(self, start: int, end: int) -> None:
        self.edges.append((start, end))

    def node(self, kind: str, ends: Sequence[int]) -> int:
        self.kinds.append(kind)
        number = len(self.kinds) - 1
        for end in ends:
            self.edge(end, number)
        return number

    def statements(self, nodes: Sequence[Node], ends: list[int]) -> list[int]:
        for node in nodes:
            ends = self.statement(node, ends)
        return ends

    def statement(self, node: Node, ends: list[int]) -> list[int]:
        kind = node.type
        if not ends or kind in _NOTHING:
            return ends  # unreachable, or does nothing
        if kind in _BLOCKS:
            return self.statements(node.named_children, ends)
        makers = ((_IFS, self._if), (_LOOPS, self._loop), (_SWITCHES, self._switch), (_TRIES, self._try))
        for kinds, make in makers:
            if kind in kinds:
                return make(node, ends)
        body = node.child_by_field_name("body") if kind in _WRAPPERS else None
        return (
            self._plain(node, ends) if body is None else self.statement(body, [self.node("statement", ends)])
        )

    def _plain(self, node: Node, ends: list[int]) -> list[int]:
        kind = _LEAVES.get(node.type, "statement")
        number = self.node(kind, ends)
        if kind in {"return", "raise"}:
            self.edge(number, 1)
        elif kind == "break" and self._breaks:
            self._breaks[-1].append(number)
        elif kind == "continue" and self._continues:
            self.edge(number, self._continues[-1])
        else:
            return [number]
        return []

    def _if(self, node: Node, ends: list[int]) -> list[int]:
        condition = self.node("if", ends)
        taken = node.child_by_field_name("consequence")
        left = self.statement(taken, [condition]) if taken is not None else [condition]
        # Python lists every elif and the else as siblings; each elif is a separate condition.
        waiting = [condition]
        for other in node.children_by_field_name("alternative"):
            if other.type == "elif_clause":
                number = self.node("if", waiting)
                chosen = other.child_by_field_name("consequence")
                left += self.statement(chosen, [number]) if chosen is not None else [number]
                waiting = [number]
            else:
                left += self.statement(other, waiting)
                waiting = []
        return left + waiting

    def _loop(self, node: Node, ends: list[int]) -> list[int]:
        condition = self.node("loop", ends)
        self._breaks.append([])
        self._continues.append(condition)
        body = node.child_by_field_name("body")
        for end in self.statement(body, [condition]) if body is not None else [condition]:
            self.edge(end, condition)
        self._continues.pop()
        breaks = self._breaks.pop()
        # Python's else clause, which runs if there was no break.
        other = node.child_by_field_name("alternative")
        return [*(self.statement(other, [condition]) if other is not None else [condition]), *breaks]

    def _switch(self, node: Node, ends: list[int]) -> list[int]:
        choice = self.node("switch", ends)
        self._breaks.append([])
        left: list[int] = []
        falling: list[int] = []
        has_default = False
        for case in _cases(node):
            entry = self.node("case", [choice, *falling])
            named = [child for child in case.named_children if child.type not in _NOTHING]
            has_default |= (case.text or b"").startswith((b"default", b"case _:"))
            body = [child for child in named if _is_statement(child)]
            end = self.statements(body, [entry])
            falling = end if case.type in _FALLS_THROUGH else []
            left += [] if case.type in _FALLS_THROUGH else end
        left += falling + self._breaks.pop()
        return left if has_default else [*left, choice]

    def _try(self, node: Node, ends: list[int]) -> list[int]:
        start = self.node("try", ends)
        body = node.child_by_field_name("body")
        left = self.statement(body, [start]) if body is not None else [start]
        last: Node | None = None
        for child in node.named_children:
            if child.type in _HANDLERS:
                handler = self.node("handler", [start])
                left += self.statements(
                    [named_child for named_child in child.named_children if named_child.type in _BLOCKS],
                    [handler],
                )
            elif child.type == "else_clause":
                left = self.statement(child, left)
            elif child.type == "finally_clause":
                last = child
        return left if last is None else self.statement(last, left or [start])


def _cases(node: Node) -> list[Node]:
    """The cases of a switch, at whatever depth the grammar puts them, without those of nested switches."""
    found: list[Node] = []
    stack = list(reversed(node.named_children))
    while stack:
        child = stack.pop()
        if child.type in _CASES:
            found.append(child)
        elif child.type not in _SWITCHES:
            stack.extend(reversed(child.named_children))
    return found


def _is_statement(node: Node) -> bool:
    return node.type in _BLOCKS | _IFS | _LOOPS | _SWITCHES | _TRIES | _WRAPPERS or node.type.endswith(
        ("_statement", "declaration")
    )
