"""Finds the name in a C or C++ declarator, which may be nested in pointers, arrays, parentheses and scopes."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from codeorigin.languages.language import DeclaredName

if TYPE_CHECKING:
    from tree_sitter import Node

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
# In broken code these can look like function names: `if (x) { }` outside any function.
_KEYWORDS = frozenset(
    {"if", "else", "for", "while", "do", "switch", "case", "return", "catch", "try", "sizeof", "defined"}
)
_MACRO = re.compile(r"[A-Z][A-Z0-9_]*")
_TEST_MACRO = re.compile(r"(\w+_)?TEST(_[A-Z]+)*|BENCHMARK(_[A-Z]+)*")


def declared_name(definition: Node, declarator: Node) -> DeclaredName | None:
    """The name that the ``declarator`` of a function ``definition`` declares, or None if it declares no function.

    A test macro such as ``TEST(Suite, Case)`` is parsed as a function called ``TEST``, or as a variable of that type.
    Its arguments distinguish the tests, so the whole macro call is the name.
    """
    owners: list[str] = []
    function: Node | None = None
    node: Node | None = declarator
    while node is not None:
        if node.type in _NAMES:
            return _named(definition, declarator, node, function, owners)
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


def _named(
    definition: Node, declarator: Node, node: Node, function: Node | None, owners: list[str]
) -> DeclaredName | None:
    owner = "::".join(owners) or None
    if node.type == "operator_cast":
        # The node includes the parameters, but the name is just `operator bool`.
        parameters = node.child_by_field_name("declarator")
        return DeclaredName(node.start_byte, parameters.start_byte if parameters else node.end_byte, owner)
    if function is None:
        macro = definition.child_by_field_name("type")
        if (
            macro is None
            or declarator.type != "parenthesized_declarator"
            or not _MACRO.fullmatch(_text(macro))
        ):
            return None
        return DeclaredName(macro.start_byte, declarator.end_byte)
    text = _text(node)
    if text in _KEYWORDS:
        return None
    if _TEST_MACRO.fullmatch(text):
        return DeclaredName(function.start_byte, function.end_byte)
    return DeclaredName(node.start_byte, node.end_byte, owner)


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
