from codeorigin_training.metrics.figures import Estimate
from codeorigin_training.report.cells import (
    interval,
    number,
    percent,
    percent_interval,
    ranked,
    share_cell,
)


def test_interval_follows_its_figure() -> None:
    assert interval(Estimate(0.9123, 0.89, 0.9311)) == "0.912 (0.890-0.931)"
    assert percent_interval(Estimate(0.0123, 0.0, 0.019)) == "1.2 % (0.0-1.9)"


def test_interval_with_negative_bound_is_written_with_to() -> None:
    assert interval(Estimate(0.01, -0.02, 0.03), 2) == "0.01 (-0.02 to 0.03)"


def test_missing_figure_is_a_dash_and_missing_interval_is_omitted() -> None:
    assert interval(Estimate(None, None, None)) == "-"
    assert percent_interval(Estimate(None, None, None)) == "-"
    assert interval(Estimate(0.5, None, None)) == "0.500"


def test_ranking_without_an_interval_is_a_dash() -> None:
    assert ranked({"auroc": 0.9, "auroc_interval_90": (0.85, 0.95)}, "auroc") == "0.900 (0.850-0.950)"
    assert ranked({"auroc": 1.0, "auroc_interval_90": None}, "auroc") == "-"
    assert ranked({"auroc": 1.0, "auroc_interval_90": (float("nan"), float("nan"))}, "auroc") == "-"


def test_values_that_round_to_zero_have_no_minus_sign() -> None:
    assert (number(-0.0001), percent(-0.0001)) == ("0.000", "0.0 %")
    assert interval(Estimate(-0.0001, -0.01, -0.0002)) == "0.000 (-0.010 to 0.000)"


def test_share_has_an_interval_or_says_how_many_repositories_are_affected() -> None:
    measured = {"share": 0.003, "interval_90": (0.001, 0.006), "repositories": 40, "affected": 9}
    assert share_cell(measured) == "0.3 % (0.1 %-0.6 %; 40)"
    assert share_cell(measured, 1) == "0.3 % (0.1 %-0.6 %; 40)"
    rare = {"share": 0.00084, "interval_90": None, "repositories": 12, "affected": 1}
    assert share_cell(rare) == "0.084 % (1 of 12)"
    assert share_cell(rare | {"share": 0.0, "affected": 0}) == "0 % (0 of 12)"
    # Figures of older bundles do not say how many.
    assert share_cell({"share": 0.00084, "interval_90": None, "repositories": 12}) == "0.084 % (12)"
    assert share_cell({"share": 0.512}, 1) == "51.2 %"
    assert share_cell(None) == "-"
