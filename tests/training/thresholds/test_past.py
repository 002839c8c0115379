"""The rule for a project's past, fitted to the projects of the corpus."""

from dataclasses import replace

import numpy as np
import pytest

from codeorigin.model.past import PastRule
from codeorigin_training.data.rows import DISTRIBUTION_SOURCE, Row
from codeorigin_training.thresholds.config import CalibrateConfig
from codeorigin_training.thresholds.past import fit_past_rule, past_evidence

CONFIG = CalibrateConfig(fewest_repositories=2, past_fewest_functions=3, past_quantile=0.5)


def rows(repo: str, count: int, *, label: int = 0, source: str = "") -> list[Row]:
    row = Row("code", "python", label, repo, "", modern=False, is_test=False, lines=9, source=source)
    return [row] * count


def test_typical_quantile_is_the_mean_over_projects() -> None:
    # The LLM's functions, the package, the small project and the short function do not count.
    found = [
        *rows("a/a", 3),
        *rows("a/a", 3, label=1),
        *rows("b/b", 4),
        *rows("c/c", 2),
        *rows("debian/d", 5, source=DISTRIBUTION_SOURCE),
    ]
    logits = np.array([1.0, 2.0, 9.0, 50, 50, 50, -1.0, -1.0, -1.0, 70, 80, 80, 90, 90, 90, 90, 90])
    counted = np.array([True] * 9 + [False] + [True] * 7)
    rule = fit_past_rule(found, logits, counted, CONFIG)
    assert rule is not None
    assert rule.typical == pytest.approx((2.0 - 1.0) / 2)
    assert (rule.quantile, rule.fewest_functions) == (0.5, 3)
    assert (rule.weight, rule.prior_functions) == (CONFIG.past_weight, CONFIG.past_prior_functions)


def test_typical_quantile_is_a_mean_and_not_a_median() -> None:
    found = [*rows("a/a", 3), *rows("b/b", 3), *rows("c/c", 3)]
    rule = fit_past_rule(found, np.array([0.0] * 6 + [3.0] * 3), np.ones(9, dtype=bool), CONFIG)
    assert rule is not None
    assert rule.typical == 1.0


def test_past_is_that_of_human_functions_before_code_assistants_with_a_verdict() -> None:
    old = rows("a/a", 4)
    others = [*(replace(row, modern=True) for row in rows("a/a", 1)), *rows("a/a", 1, label=1)]
    package = rows("debian/a", 4, source=DISTRIBUTION_SOURCE)
    rule = PastRule(quantile=1.0, weight=0.5, prior_functions=0.0, typical=1.0, fewest_functions=3)
    counted = np.array([True] * 3 + [False] + [True] * 7)
    logits = np.array([3.0, 2.0, 2.0, 70.0, 80.0, 90.0, 5.0, 5.0, 5.0, 5.0, 0.0])
    evidence = past_evidence([*old, *others, *package, *rows("b/b", 1)], logits, counted, rule)
    # Half of the distance of 3, the highest old logit that counts, from 1; neither 70, 80 nor 90 are of the past.
    assert evidence[[0, 1, 2, 4, 5]].tolist() == [-1.0] * 5
    assert np.isnan(evidence[[3, 6, 7, 8, 9, 10]]).all()


def test_too_few_projects_give_no_rule() -> None:
    found = [*rows("a/a", 3), *rows("b/b", 2)]
    assert fit_past_rule(found, np.zeros(5), np.ones(5, dtype=bool), CONFIG) is None


@pytest.mark.parametrize(
    "wrong",
    [
        {"past_quantile": 1.1},
        {"past_weight": 0.0},
        {"past_prior_functions": -1.0},
        {"past_fewest_functions": 0},
    ],
    ids=str,
)
def test_settings_out_of_range_are_refused(wrong: dict[str, float]) -> None:
    with pytest.raises(ValueError, match="past_"):
        replace(CONFIG, **wrong)  # type: ignore[arg-type]
