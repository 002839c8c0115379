from codeorigin_training.evaluate.page.wording import interval, number, percent, percent_interval
from codeorigin_training.measure.figures import Estimate


def test_interval_follows_its_figure() -> None:
    assert interval(Estimate(0.9123, 0.89, 0.9311)) == "0.912 (0.890–0.931)"
    assert percent_interval(Estimate(0.0123, 0.0, 0.019)) == "1.2 % (0.0–1.9)"


def test_interval_with_negative_bound_is_written_with_to() -> None:
    assert interval(Estimate(0.01, -0.02, 0.03), 2) == "0.01 (-0.02 to 0.03)"


def test_missing_figure_is_a_dash_and_missing_interval_is_omitted() -> None:
    assert interval(Estimate(None, None, None)) == "–"
    assert percent_interval(Estimate(None, None, None)) == "–"
    assert interval(Estimate(0.5, None, None)) == "0.500"


def test_values_that_round_to_zero_have_no_minus_sign() -> None:
    assert (number(-0.0001), percent(-0.0001)) == ("0.000", "0.0 %")
    assert interval(Estimate(-0.0001, -0.01, -0.0002)) == "0.000 (-0.010 to 0.000)"
