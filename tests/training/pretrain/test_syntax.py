"""Targets from the syntax tree are assigned to the right tokens."""

import numpy as np
import pytest

from codeorigin.model.reading.normalize import normalize
from codeorigin_training.corpus.rows import Row
from codeorigin_training.encoder.data import encode_rows
from codeorigin_training.pretrain.syntax import OTHER, syntax_targets
from support.tiny_training import tiny_rows, tiny_tokenizer


def row(code: str, language: str) -> Row:
    return Row(code, language, 0, "owner/repo", "", False, False, code.count("\n") + 1)


def at(code: str, language: str, part: str) -> tuple[str, int]:
    """Parent type and depth of the token at the first character of ``part``."""
    targets = syntax_targets([row(code, language)], tiny_tokenizer(), types=64, depths=32)
    normalized = normalize(code, language)
    starts = tiny_tokenizer().encode(normalized).starts
    number = int(np.searchsorted(starts, normalized.text.index(part), side="right")) - 1
    return targets.names[targets.parents[0][number]], int(targets.depths[0][number])


PYTHON = 'def load(xs):\n    if xs:\n        return "é" + str(xs)\n    return None'


def test_python_tokens_have_their_parents_type() -> None:
    assert at(PYTHON, "python", "def")[0] == "function_definition"
    assert at(PYTHON, "python", "(xs)")[0] == "parameters"
    assert at(PYTHON, "python", "if")[0] == "if_statement"
    # After a two-byte character.
    assert at(PYTHON, "python", "str")[0] == "call"
    assert at(PYTHON, "python", "None")[0] == "return_statement"


def test_depth_increases_with_nesting() -> None:
    depths = [at(PYTHON, "python", part)[1] for part in ("def", "if", "str")]
    assert depths == sorted(set(depths))


@pytest.mark.parametrize(
    ("language", "code", "part", "parent"),
    [
        ("php", "function load($xs) { return count($xs); }", "return", "return_statement"),
        ("java", "int load(int x) { return x + 1; }", "return", "return_statement"),
        ("go", "func load(x int) int { return x + 1 }", "return", "return_statement"),
        ("typescript", "function load(x: number) { return x; }", "return", "return_statement"),
    ],
)
def test_standalone_functions_are_parsed(language: str, code: str, part: str, parent: str) -> None:
    assert at(code, language, part)[0] == parent


def test_targets_match_the_tokens_in_length_and_are_bounded() -> None:
    rows = [*tiny_rows(10), row("", "python"), row("}{ \ud800 %%%", "c")]
    tokens = encode_rows(rows, tiny_tokenizer())
    targets = syntax_targets(rows, tiny_tokenizer(), types=4, depths=3)
    assert [len(each) for each in targets.parents] == [len(ids) for ids in tokens]
    assert [len(each) for each in targets.depths] == [len(ids) for ids in tokens]
    assert len(targets.names) == 4
    assert targets.names[0] == OTHER
    parents, depths = np.concatenate(targets.parents), np.concatenate(targets.depths)
    assert set(parents.tolist()) == {0, 1, 2, 3}
    assert depths.max() == 2
