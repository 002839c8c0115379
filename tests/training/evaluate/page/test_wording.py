from codeorigin_training.evaluate.page.wording import interval, number, percent, percent_interval
from codeorigin_training.measure.figures import Estimate


def test_an_interval_stands_behind_its_figure() -> None:
    assert interval(Estimate(0.9123, 0.89, 0.9311)) == "0.912 (0.890–0.931)"
    assert percent_interval(Estimate(0.0123, 0.0, 0.019)) == "1.2 % (0.0–1.9)"


def test_a_negative_bound_is_not_beside_a_dash() -> None:
    assert interval(Estimate(0.01, -0.02, 0.03), 2) == "0.01 (-0.02 to 0.03)"


def test_what_cannot_be_measured_is_a_dash_and_what_has_no_interval_stands_alone() -> None:
    assert interval(Estimate(None, None, None)) == "–"
    assert percent_interval(Estimate(None, None, None)) == "–"
    assert interval(Estimate(0.5, None, None)) == "0.500"


def test_what_rounds_to_nothing_has_no_minus() -> None:
    assert (number(-0.0001), percent(-0.0001)) == ("0.000", "0.0 %")
    assert interval(Estimate(-0.0001, -0.01, -0.0002)) == "0.000 (-0.010 to 0.000)"
