from collections.abc import Sequence
from dataclasses import replace

import numpy as np
import pytest

from codeorigin_training.data.augmentation import AUGMENTATIONS
from codeorigin_training.data.rows import Row
from codeorigin_training.report.config import EvaluateConfig
from codeorigin_training.report.sections.matrix import (
    AnswerRule,
    matrix_rows,
    perturb_all,
    without_thresholds,
)
from codeorigin_training.report.slices import Slice
from support.tiny_training import tiny_rows

CONFIG = EvaluateConfig(
    perturbations=("reindented",), slice_functions=40, perturbed_functions=20, rounds=20, processes=1
)


class DocstringModel:
    """Looks only at docstrings."""

    def logits(self, rows: Sequence[Row]) -> np.ndarray:
        return np.array([float('"""' in row.code) for row in rows])


def without_docstrings(code: str, _language: str, _generator: np.random.Generator) -> str:
    return code.replace('"""', "")


def function_slice() -> Slice:
    return Slice("old", "title", tuple((row,) for row in tiny_rows(40)))


def test_loss_by_perturbation_is_measured_on_same_functions() -> None:
    (row,) = matrix_rows(
        [function_slice()],
        DocstringModel(),
        without_thresholds(),
        CONFIG,
        {"reindented": without_docstrings},
        lambda line: None,
    )
    assert row.raw.auroc.value == 1.0
    assert row.raw.items == 40
    (perturbed,) = row.perturbed
    assert perturbed.loss.value == 0.5


def test_functions_of_file_are_pooled_by_given_rule() -> None:
    human, llm = tiny_rows(2)
    files = Slice("files", "files", ((human, llm), (llm, llm), (human, human), (llm, human)))
    seen: list[int] = []

    def pool(rows: Sequence[Row], logits: np.ndarray) -> float:
        seen.append(len(rows))
        return float(logits.max())

    judge = AnswerRule(pool, lambda _slice, _logits: None)
    (row,) = matrix_rows(
        [files], DocstringModel(), judge, replace(CONFIG, perturbations=()), {}, lambda line: None
    )
    # A human file that contains one function with a docstring scores as high as an LLM's.
    assert row.raw.auroc.value == pytest.approx((0.5 + 1.0 + 0.5 + 1.0) / 4)
    assert set(seen) == {2}


def test_pairs_in_order_are_counted() -> None:
    rows = tiny_rows(4)
    pairs = Slice("pairs", "pairs", tuple((row,) for row in rows), pairs=True)
    (row,) = matrix_rows(
        [pairs],
        DocstringModel(),
        without_thresholds(),
        replace(CONFIG, perturbations=()),
        {},
        lambda line: None,
    )
    assert row.in_order is not None
    assert row.in_order.value == 1.0


def test_perturbed_text_is_independent_of_neighbours_and_processes() -> None:
    texts = [(row.code, row.language) for row in tiny_rows(6)]
    reindented = AUGMENTATIONS["reindented"]
    alone = perturb_all(texts[3:4], reindented, seed=5, processes=1)
    together = perturb_all(texts, reindented, seed=5, processes=2)
    assert together[texts[3]] == alone[texts[3]]
    assert set(together) == set(texts)
