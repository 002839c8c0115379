"""A function's syntax tree, serialised as node types with brackets, without any names from the code."""

from functools import lru_cache

from tree_sitter import Language as Grammar
from tree_sitter import Node, Parser

from codeorigin.languages import get_language
from codeorigin.languages.syntax import parseable

OPEN, CLOSE = "(", ")"


def root_of(code: str, language: str) -> Node:
    """The root of the syntax tree; PHP without an opening tag is still parsed as PHP."""
    known = get_language(language)
    fragment = known.fragment_grammar is not None and known.fragment_unless not in code
    return Parser(_grammar(known.id, fragment)).parse(parseable(code)).root_node


@lru_cache(maxsize=32)
def _grammar(language: str, fragment: bool) -> Grammar:
    known = get_language(language)
    return Grammar(known.fragment_grammar() if fragment and known.fragment_grammar else known.grammar())


def tree_tokens(code: str, language: str, most: int = 4000) -> list[str]:
    """The named nodes in source order: ``( type`` before a node's children and ``)`` after; a leaf is just its type.

    Identifiers, strings and comments are leaves without their text, so that only structure remains. There are at most
    about ``most`` tokens.

    Source: structure-based traversal (Hu et al., "Deep Code Comment Generation", ICPC 2018), without the closing type.
    """
    found: list[str] = []
    # None on the stack stands for a closing bracket.
    stack: list[Node | None] = [root_of(code, language)]
    while stack and len(found) < most:
        node = stack.pop()
        if node is None:
            found.append(CLOSE)
        elif node.named_child_count and not node.type.endswith(("comment", "string", "string_literal")):
            found += [OPEN, node.type]
            stack.append(None)
            stack.extend(reversed(node.named_children))
        else:
            found.append(node.type)
    return found
