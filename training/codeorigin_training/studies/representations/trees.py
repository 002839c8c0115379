"""A function's syntax tree, and its serialisation: node types with brackets, without any name of the code."""

from functools import lru_cache

from tree_sitter import Language as Grammar
from tree_sitter import Node

from codeorigin.languages import get_language
from codeorigin.languages.parsing import parse_tree
from codeorigin.languages.syntax import parseable

OPEN, CLOSE = "(", ")"
_LEAVES_TOLD_APART = frozenset({"identifier"})


def root_of(code: str, language: str) -> Node:
    """The root of the syntax tree; PHP without its tag is read as PHP all the same.

    Raises:
        ParseBudgetError: the parser would take too long.
    """
    known = get_language(language)
    fragment = known.fragment_grammar is not None and known.fragment_unless not in code
    return parse_tree(_grammar(known.id, fragment), parseable(code)).root_node


@lru_cache(maxsize=32)
def _grammar(language: str, fragment: bool) -> Grammar:
    known = get_language(language)
    return Grammar(known.fragment_grammar() if fragment and known.fragment_grammar else known.grammar())


def tree_tokens(code: str, language: str, most: int = 4000) -> list[str]:
    """The named nodes in the source's order: ``( type`` before a node's children and ``)`` after, a leaf is its type.

    Identifiers, texts and comments are leaves without their words, so nothing but structure is said. At most about
    ``most`` tokens.

    Source: structure-based traversal (Hu et al., "Deep Code Comment Generation", ICPC 2018), without the closing type.
    """
    found: list[str] = []
    # A closing bracket waits on the stack as None.
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
