import numpy as np
import pytest

from codeorigin_training.report.config import EvaluateConfig
from codeorigin_training.report.faithfulness import (
    SHARES,
    comparisons,
    measure_order,
)
from codeorigin_training.report.removal import OCCLUSION, RANDOM, SHIPPED, Removal

CONFIG = EvaluateConfig(rounds=50)
VALUES = np.array([5.0, -1.0, 3.0, 0.0, 2.0, -2.0, 1.0, 0.0, 0.0, -1.0])
BIAS = -0.5
LOGIT = BIAS + float(VALUES.sum())


def without(removed: np.ndarray) -> np.ndarray:
    """A model whose logit is the sum of its lines."""
    return BIAS + (~removed) @ VALUES


def test_true_order_of_linear_model_has_known_faithfulness() -> None:
    found = measure_order(VALUES, LOGIT, BIAS, without)
    # Removing one, two and five of ten lines costs 5, 5 + 3, and 5 + 3 + 2 + 1 + 0.
    comprehensiveness, sufficiency, _, *deletion = found
    assert comprehensiveness == pytest.approx((5 + 8 + 11) / 3)
    # Keeping only those lines loses the others, which speak against the verdict from the fifth on.
    assert sufficiency == pytest.approx(((7 - 5) + (7 - 8) + (7 - 11)) / 3)
    assert dict(zip(SHARES, deletion, strict=True))[0.3] == pytest.approx(10.0)


def test_human_verdict_is_explained_by_lines_that_speak_for_human() -> None:
    found = measure_order(-VALUES, BIAS - 7.0, BIAS, lambda removed: BIAS - (~removed) @ VALUES)
    assert (found == measure_order(VALUES, LOGIT, BIAS, without)).all()


def test_wrong_order_is_less_faithful_by_both_measures() -> None:
    right = measure_order(VALUES, LOGIT, BIAS, without)
    wrong = measure_order(-VALUES, LOGIT, BIAS, without)
    assert wrong[0] < 0 < right[0]
    assert wrong[1] > right[1]


def measured(values: list[float]) -> list[np.ndarray]:
    return [np.array([value]) for value in values]


def demands_hold(faithfulness: float) -> list[bool]:
    """Whether an explanation of this mean faithfulness meets each requirement, given that occlusion's is 1."""
    noise = np.random.default_rng(0).normal(0.0, 0.1, 40)
    found = {
        SHIPPED: measured((faithfulness + noise).tolist()),
        OCCLUSION: measured([1.0] * 40),
        RANDOM: measured([0.2] * 40),
    }
    return [each.holds for each in comparisons(Removal.DELETED, found, np.arange(40), CONFIG)]


def test_explanation_as_good_as_occlusion_meets_requirements() -> None:
    assert demands_hold(1.0) == [True, True]


def test_interval_must_be_within_the_margin() -> None:
    # The interval of the mean reaches some .025 to either side.
    assert demands_hold(0.95) == [True, True]
    assert demands_hold(0.91) == [False, True]


def test_poor_explanation_fails_requirements() -> None:
    assert demands_hold(0.3) == [False, False]
