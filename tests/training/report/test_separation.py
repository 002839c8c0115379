from codeorigin_training.report.separation import FEWEST, interval_note, slice_table


def test_few_functions_give_their_number_and_no_figure() -> None:
    each = {"auroc": 0.9, "tpr_at_1_fpr": 0.4}
    found = slice_table("Agent", {"a": each | {"functions": FEWEST}, "b": each | {"functions": FEWEST - 1}})
    assert found.rows == [("a", "0.900", "0.40", "40"), ("b", "-", "-", "39")]


def test_note_says_what_the_intervals_are_of() -> None:
    assert "of the first draw alone" in interval_note({})
    assert "of these means" in interval_note({"interval_of": "mean over draws"})
