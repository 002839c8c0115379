"""Replaces local names by neutral ones."""

import re
from collections.abc import Mapping

import numpy as np

from codeorigin_training.data.augmentation.name_rules import RULES, WORDS
from codeorigin_training.data.augmentation.syntax import Tree, edited, parse_function, same_shape

# Constants and types start with a capital letter; a single underscore is not a name.
_RENAMED = re.compile(r"_*[a-z]\w*")
_RESERVED = frozenset(
    {"self", "cls", "this", "super", "arguments", "undefined", "null", "nil", "it", "block_given"}
)
_DUNDER = re.compile(r"__\w+__")
# Code that looks up variables by name.
_BY_NAME = re.compile(
    r"\b(?:compact|extract|get_defined_vars|locals|eval|binding|local_variable_get)\b\s*\(?|\$\$|\$\{"
)
_IN_FORMAT = re.compile(r"\{(\w+)")
_NAME = re.compile(r"\w+")


def renamed(code: str, language: str, generator: np.random.Generator) -> str:
    """``code`` with its parameters and local variables consistently renamed.

    Each name becomes a word of :data:`WORDS` that the function does not contain. The function's own name, attributes,
    methods, types, keywords, imports, constants and labels are kept, and so are names that are visible outside:
    keyword parameters in Ruby, shorthand properties, global and nonlocal names. Scopes inside the function are not
    distinguished: each name gets a single new name. Unchanged if the syntax tree would change.
    """
    tree = parse_function(code, language)
    if tree is None or (tree.language in {"php", "python", "ruby"} and _looks_up(code, tree.language)):
        return code
    uses, names = _own(tree)
    if tree.language == "rust":
        names -= set(_IN_FORMAT.findall(code))
    chosen = _chosen(sorted(names), set(_NAME.findall(code)), generator)
    edits = [
        (start, start + len(name.encode()), chosen[name].encode())
        for start, name in sorted(uses.items())
        if name in chosen
    ]
    if not edits:
        return code
    result = edited(tree.data, edits)
    return result if same_shape(tree, result) else code


def _looks_up(code: str, language: str) -> bool:
    found = _BY_NAME.search(code)
    return found is not None and not (language != "php" and found[0].startswith("$"))


def _own(tree: Tree) -> tuple[dict[int, str], set[str]]:
    """The variables in the text by start byte, and the names that are local to the function."""
    nodes = tree.nodes(RULES[tree.language])
    sigil = 1 if tree.language == "php" else 0
    protected = {node.start_byte for node in nodes.get("keep", ())}
    uses: dict[int, str] = {}
    for node in nodes.get("use", ()):
        start, end = tree.span(node)
        if node.start_byte not in protected and end > start and not _is_member(tree, start):
            uses[start + sigil] = tree.text(node)[sigil:]
    names = {tree.text(node)[sigil:] for node in nodes.get("local", ()) if node.start_byte not in protected}
    names -= {tree.text(node)[sigil:] for node in nodes.get("forbid", ())}
    return uses, {
        name
        for name in names
        if _RENAMED.fullmatch(name)
        and name.isascii()
        and name not in _RESERVED
        and not _DUNDER.fullmatch(name)
    }


def _is_member(tree: Tree, start: int) -> bool:
    """Whether a dot precedes the identifier; the contents of Rust's macros are tokens, without field nodes."""
    before = tree.data[max(start - 2, 0) : start]
    return tree.language == "rust" and before.endswith(b".") and before != b".."


def _chosen(names: list[str], taken: set[str], generator: np.random.Generator) -> Mapping[str, str]:
    free = [word for word in WORDS if word not in taken]
    order = generator.permutation(len(free))
    chosen: dict[str, str] = {}
    for number, name in enumerate(names):
        word, lap = free[order[number % len(free)]], number // len(free)
        new = f"{word}{lap + 1}" if lap else word
        while new in taken:
            new += "x"
        taken.add(new)
        chosen[name] = new
    return chosen
