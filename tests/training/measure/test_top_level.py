"""Figures for code outside functions, on made-up logits."""

from dataclasses import replace

import numpy as np
import pytest

from codeorigin_training.corpus.rows import Row
from codeorigin_training.measure.top_level import calls_of, ranking_figures, told_apart
from support.top_level_rows import CODE, answers, packages, together


def calls(rows: list[Row], called: list[float]) -> dict[str, object]:
    """Figures where each row is called with its probability in ``called``."""
    numbers = np.random.default_rng(0).random(len(rows))
    return calls_of(rows, numbers < np.array(called))


def test_language_is_told_apart_if_its_llm_code_is_clearly_called_more_often() -> None:
    rows, _ = together(
        *(packages(name, 40, 0.0) for name in ("python", "ruby", "php")),
        answers("python", 300, 0.0),
        answers("ruby", 300, 0.0),
        answers("php", 4, 0.0),
        answers("ruby", 300, 0.0, label=0),
        answers("javascript", 300, 0.0),
    )
    shares = {
        ("python", 1): 0.4,
        ("ruby", 1): 0.4,
        ("php", 1): 1.0,
        ("javascript", 1): 0.4,
        ("ruby", 0): 0.02,
    }
    for people, expected in ((0.02, {"python", "ruby"}), (0.4, {"python"})):
        called = [
            people
            if (row.language, row.label, row.source) == ("ruby", 0, "snippet")
            else shares.get((row.language, row.label), 0.02)
            for row in rows
        ]
        assert told_apart(calls(rows, called), 20) == expected


def test_units_are_packages_and_tasks() -> None:
    rows, _ = together(packages("python", 7, 0.0), answers("python", 30, 0.0))
    figures = calls_of(rows, np.ones(len(rows), dtype=bool))
    assert figures["found"]["python"]["repositories"] == 30
    assert [cell["repositories"] for cell in figures["cells"] if cell["language"] == "python"] == [7]


def test_length_and_source_do_not_improve_the_ranking() -> None:
    rows, _ = together(answers("python", 60, 0.0), answers("python", 60, 0.0, label=0))
    other = [replace(row, repo="snippets/llm alone") for row in answers("python", 40, 0.0)[0]]
    # LLM answers are longer, and the logit is only the length; that of the other source gives the class away.
    rows = [
        replace(row, code=CODE * (1 if (number % 3 == 0) == bool(row.label) else 3))
        for number, row in enumerate(rows)
    ]
    logits = np.array([float(len(row.code)) for row in rows] + [1e6] * len(other))
    (language,) = ranking_figures([*rows, *other], logits)["languages"]
    assert (language["human"], language["llm_units"], language["human_units"]) == ("published", 60, 60)
    assert language["auroc"] == 0.5
    lengths = ranking_figures([*rows, *other], logits)["lengths"]
    assert [each["lines"] for each in lengths] == ["4-9", "10-19"]


def test_packages_are_compared_with_all_llm_code_of_their_language() -> None:
    rows, logits = together(packages("ruby", 20, 0.0), answers("ruby", 50, 1.0), answers("php", 50, 1.0))
    (only,) = ranking_figures(rows, logits)["languages"]
    assert (only["language"], only["human"], only["llm_units"], only["human_units"]) == (
        "ruby",
        "distribution",
        50,
        100,
    )
    low, high = only["auroc_interval_90"]
    assert low < only["auroc"] < high
    assert only["auroc"] == pytest.approx(0.76, abs=0.08)
