"""Indentation: a different layout with the same tree."""

import ast

import numpy as np
import pytest

from codeorigin_training.data.augmentation import reindented
from codeorigin_training.data.augmentation.reindentation import UNITS
from codeorigin_training.data.augmentation.syntax import parse_function
from support.standalone import FUNCTIONS

SEEDS = range(8)


def shape(code: str, language: str) -> list[int]:
    tree = parse_function(code, language)
    assert tree is not None
    return tree.shape()


def tokens(code: str) -> str:
    return "".join(code.split())


@pytest.mark.parametrize("language", FUNCTIONS)
def test_reindented_keeps_every_token(language: str) -> None:
    results = {reindented(FUNCTIONS[language], language, np.random.default_rng(seed)) for seed in SEEDS}
    assert len(results) > 2
    for result in results:
        assert shape(result, language) == shape(FUNCTIONS[language], language)
        assert tokens(result) == tokens(FUNCTIONS[language])


def test_reindented_uses_one_unit_throughout() -> None:
    seen = set()
    for seed in range(40):
        lines = reindented(FUNCTIONS["php"], "php", np.random.default_rng(seed)).split("\n")
        unit = lines[2][: len(lines[2]) - len(lines[2].lstrip())]
        assert unit in UNITS
        seen.add(unit)
        assert lines[6].startswith(unit * 2 + "if")
        assert lines[7].startswith(unit * 3 + "$balance")
        assert lines[-1] == "}"
    assert seen == set(UNITS)


def test_reindented_keeps_multi_line_strings_and_moves_comments() -> None:
    code = (
        'def f(x):\n    """One.\n\n    Two.\n      Three.\n    """\n    y = """\n   kept\n"""\n    return y'
    )
    for seed in SEEDS:
        result = reindented(code, "python", np.random.default_rng(seed))
        assert '"""\n   kept\n"""' in result
        body = ast.parse(result).body[0]
        assert isinstance(body, ast.FunctionDef)
        assert ast.get_docstring(body) == "One.\n\nTwo.\n  Three."
    comment = "void f() {\n        /* one\n         * two */\n        g();\n}"
    lines = {reindented(comment, "c", np.random.default_rng(seed)) for seed in range(40)}
    assert "void f() {\n  /* one\n   * two */\n  g();\n}" in lines


def test_reindented_keeps_tree_despite_misleading_columns() -> None:
    # The argument's column is left of its statement, so a stack of widths loses the block.
    code = "def f():\n    x = g(\n  1,\n    )\n    return x"
    for seed in SEEDS:
        assert shape(reindented(code, "python", np.random.default_rng(seed)), "python") == shape(
            code, "python"
        )
