"""The figures by language on code that is held out."""

import numpy as np
import pytest

from codeorigin_training.data.rows import Row
from codeorigin_training.data.specifications import WRITTEN
from codeorigin_training.metrics.held_out import by_language, detector_metrics


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


def test_inside_one_repository_both_classes_have_twenty_functions() -> None:
    def of(repo: str, humans: int, llms: int) -> list[Row]:
        return [Row("f()", "go", label, repo, "", False, False, 3) for label in [0] * humans + [1] * llms]

    # The first is ranked right, the second wrong, each half of the mean; the third has too few LLM functions.
    rows = [*of("a/a", 20, 20), *of("b/b", 20, 20), *of("c/c", 40, 19)]
    logits = np.array([*[0.0] * 20, *[1.0] * 20, *[1.0] * 20, *[0.0] * 20, *[0.0] * 40, *[1.0] * 19])
    found = detector_metrics(rows, logits, intervals=False)["same_repository"]
    assert (found["mean_auroc"], found["repositories"]) == (0.5, 2)


@pytest.mark.parametrize("written", [False, True])
def test_pairs_of_the_corpus_and_written_ones_are_told_apart(written: bool) -> None:
    names = ["p", f"{WRITTEN}q"]
    rows = [row("go", label, 1, pair=name) for name in names for label in (0, 1)]
    found = detector_metrics(rows, np.array([0.0, 1.0, 1.0, 0.0]), intervals=False)
    of = found["written_pairs" if written else "pairs"]
    assert (of["auroc"], of["in_order"], of["pairs"]) == ((0.0, 0.0, 1) if written else (1.0, 1.0, 1))
