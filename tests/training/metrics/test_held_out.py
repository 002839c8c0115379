"""The figures by language on code that is held out."""

import numpy as np
import pytest

from codeorigin_training.data.rows import Row
from codeorigin_training.metrics.held_out import by_language


def row(language: str, label: int, number: int, pair: str | None = None) -> Row:
    return Row(f"f({number})", language, label, f"{language}{number}", "", False, False, 3, pair=pair)


def test_languages_are_ranked_apart_and_pairs_left_out() -> None:
    rows = [
        row(language, label, number) for language in ("go", "ruby") for label in (0, 1) for number in range(8)
    ]
    rows += [row("go", label, 99, pair="p") for label in (0, 1)]
    # Go's LLM code scores highest, Ruby's lowest; the pair, the wrong way round, would change Go's figure.
    logits = np.array([*[-1.0] * 8, *[1.0] * 8, *[2.0] * 8, *[-2.0] * 8, 9.0, -9.0])
    found = by_language(rows, logits)
    assert {name: (each["auroc"], each["functions"]) for name, each in found.items()} == {
        "go": (1.0, 16),
        "ruby": (0.0, 16),
    }
    assert found["go"]["tpr_at_1_fpr"] == pytest.approx(1.0)
