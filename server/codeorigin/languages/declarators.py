"""The name inside a C or C++ declarator, which may lie under pointers, arrays, parentheses and scopes."""

import re

from tree_sitter import Node

from codeorigin.languages.language import DeclaredName

_NAMES = frozenset(
    {"identifier", "field_identifier", "type_identifier", "destructor_name", "operator_name", "operator_cast"}
)
_WRAPPED = frozenset(
    {
        "pointer_declarator",
        "reference_declarator",
        "parenthesized_declarator",
        "attributed_declarator",
        "array_declarator",
        "function_declarator",
        "ms_call_modifier",
    }
)
# Broken code makes these look like function names: `if (x) { }` outside of any function.
_KEYWORDS = frozenset(
    {"if", "else", "for", "while", "do", "switch", "case", "return", "catch", "try", "sizeof", "defined"}
)
_TEST_MACRO = re.compile(r"(\w+_)?TEST(_[A-Z]+)*|BENCHMARK(_[A-Z]+)*")


def declared_name(declarator: Node) -> DeclaredName | None:
    """The name that ``declarator`` (of a function definition) declares, or None when it declares no function.

    A test macro such as ``TEST(Suite, Case)`` reads as a function called ``TEST``; its arguments tell the
    tests apart, so the whole of it is the name.
    """
    owners: list[str] = []
    function: Node | None = None
    node: Node | None = declarator
    while node is not None:
        if node.type in _NAMES:
            return _named(node, function, owners)
        if node.type == "function_declarator":
            function = node
        if node.type == "qualified_identifier":
            scope = node.child_by_field_name("scope")
            if scope is not None:
                owners.append(_scope_name(scope))
            node = node.child_by_field_name("name")
        elif node.type == "template_function":
            node = node.child_by_field_name("name")
        elif node.type in _WRAPPED:
            node = node.child_by_field_name("declarator") or _first_declarator(node)
        else:
            return None
    return None


def _named(node: Node, function: Node | None, owners: list[str]) -> DeclaredName | None:
    text = _text(node)
    if node.type == "operator_cast":
        # The node reaches over the parameters; `operator bool` is the name.
        return DeclaredName(node, "::".join(owners) or None)
    if function is None or text in _KEYWORDS:
        return None
    if _TEST_MACRO.fullmatch(text):
        return DeclaredName(function, None)
    return DeclaredName(node, "::".join(owners) or None)


def _scope_name(scope: Node) -> str:
    name = scope.child_by_field_name("name") if scope.type == "template_type" else None
    return _text(name or scope)


def _first_declarator(node: Node) -> Node | None:
    for child in node.named_children:
        if child.type in _NAMES or child.type in _WRAPPED or child.type == "qualified_identifier":
            return child
    return None


def _text(node: Node) -> str:
    return (node.text or b"").decode("utf-8", "replace")
