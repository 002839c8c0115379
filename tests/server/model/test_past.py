"""What a project's past adds to a logit, and how many of its functions score as high."""

from dataclasses import replace

import pytest

from codeorigin.model.past import Past, PastRule, PastShare

RULE = PastRule(
    quantile=0.5, weight=0.75, prior_functions=4.0, typical=-1.0, fewest_functions=4, farthest=100.0
)


def test_project_whose_old_code_scores_high_loses_the_shrunk_distance() -> None:
    # The median is 1.5, 2.5 above a typical project; four functions count half beside four typical ones.
    past = RULE.past([3.0, 1.0, 2.0, 0.0])
    assert past == Past((0.0, 1.0, 2.0, 3.0), pytest.approx(-0.75 * 2.5 / 2))
    limited = replace(RULE, farthest=1.0).past([3.0, 1.0, 2.0, 0.0])
    assert limited == Past((0.0, 1.0, 2.0, 3.0), -0.75)


def test_quantile_between_two_functions_is_interpolated() -> None:
    past = replace(RULE, quantile=0.9, prior_functions=0.0).past([4.0, 0.0, 1.0, 2.0, 3.0])
    assert past is not None
    assert past.evidence == pytest.approx(-0.75 * (3.6 + 1.0))


def test_project_whose_old_code_scores_low_gains_nothing() -> None:
    # The model may have been fitted on that code, and not on the project's new functions.
    past = RULE.past([-3.0] * 12)
    assert past == Past((-3.0,) * 12, 0.0)


def test_too_few_functions_are_no_past() -> None:
    assert RULE.past([0.0, 1.0, 2.0]) is None


def test_functions_that_score_as_high_are_counted_by_own_text() -> None:
    past = Past((0.0, 1.0, 1.0, 2.0), -0.5)
    assert past.share(1.0) == PastShare(4, 3, -0.5)
    assert past.share(2.5) == PastShare(4, 0, -0.5)
    assert past.share(-1.0) == PastShare(4, 4, -0.5)
