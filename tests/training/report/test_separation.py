from codeorigin_training.report.document import markdown
from codeorigin_training.report.separation import FEWEST, interval_note, language_sections


def test_few_functions_give_their_number_and_no_figure() -> None:
    each = {"auroc": 0.9, "tpr_at_1_fpr": 0.4}
    found = {"c": each | {"functions": FEWEST}, "go": each | {"functions": FEWEST - 1}}
    text = markdown(language_sections({"languages": found}))
    assert "| c | 0.900 | 0.40 | 40 |\n| go | - | - | 39 |" in text


def test_note_says_what_the_intervals_are_of() -> None:
    assert "of the first draw alone" in interval_note({})
    assert "of these means" in interval_note({"interval_of": "mean over draws"})
