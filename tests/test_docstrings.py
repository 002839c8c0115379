"""Docstrings of functions that take or return arrays give their shapes, so that nobody has to guess."""

import ast
import re
from collections.abc import Iterator
from pathlib import Path

import pytest

import codeorigin
import codeorigin_training

ROOTS = [Path(codeorigin.__file__).parent, Path(codeorigin_training.__file__).parent]
ARRAYS = {
    *(
        "Floats",
        "Floats32",
        "Doubles",
        "Integers",
        "Integers32",
        "Booleans",
        "Ids",
        "Labels",
        "Codes",
        "States",
    ),
    *("NDArray", "ndarray", "csr_matrix", "Tensor", "Tokens"),
}
"""Names of array types in annotations."""

SHAPE = re.compile(r"``\([^`]+\)``|\bscalar", re.IGNORECASE)
"""``(n,)``, ``(B, T, D)``, ``(len(rows),)``; a sequence of arrays has the shape of its elements."""


def names(annotation: ast.expr) -> Iterator[str]:
    for node in ast.walk(annotation):
        if isinstance(node, ast.Name):
            yield node.id
        elif isinstance(node, ast.Attribute):
            yield node.attr


def public_functions(tree: ast.AST) -> Iterator[ast.FunctionDef]:
    """Public functions and methods, including properties."""
    for node in ast.iter_child_nodes(tree):
        if isinstance(node, ast.ClassDef) and not node.name.startswith("_"):
            yield from public_functions(node)
        elif isinstance(node, ast.FunctionDef) and not node.name.startswith("_"):
            yield node


def handles_arrays(function: ast.FunctionDef) -> bool:
    arguments = [*function.args.args, *function.args.kwonlyargs]
    annotations = [each.annotation for each in arguments if each.annotation]
    annotations += [function.returns] if function.returns else []
    return any(name in ARRAYS for each in annotations for name in names(each))


def modules() -> list[Path]:
    return [path for root in ROOTS for path in sorted(root.rglob("*.py"))]


def test_docstrings_of_array_functions_give_shapes() -> None:
    lacking = []
    seen = 0
    for path in modules():
        for function in public_functions(ast.parse(path.read_text(encoding="utf-8"))):
            text = ast.get_docstring(function)
            if text is None or not handles_arrays(function):
                continue
            seen += 1
            if not SHAPE.search(text):
                lacking.append(f"{path.relative_to(path.parents[2])}: {function.name}")
    assert seen > 150
    assert lacking == []


@pytest.mark.parametrize(
    ("text", "found"),
    [
        ("Logits ``(n,)`` of rows.", True),
        ("States ``(B, T, D)``.", True),
        ("Means of the ``n`` rows (all of them).", False),
        ("A scalar tensor.", True),
    ],
)
def test_shapes_are_distinguished_from_other_brackets(text: str, found: bool) -> None:
    assert bool(SHAPE.search(text)) is found
