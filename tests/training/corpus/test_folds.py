import numpy as np
import pytest

from codeorigin_training.corpus.folds import Fold, generator_family, held_out_generator, held_out_language
from codeorigin_training.corpus.rows import CorpusError, Row


def row(label: int, repo: str, *, generator: str = "", language: str = "python", group: str = "") -> Row:
    return Row(
        "x", language, label, repo, "agent" if label else "", False, False, 5, None, generator, group=group
    )


def units(rows: list[Row], chosen: np.ndarray) -> set[str]:
    return {each.unit for each, inside in zip(rows, chosen, strict=True) if inside}


@pytest.mark.parametrize(
    ("name", "family"),
    [
        ("claude-opus-4.6", "claude"),
        ("openai/gpt-4o", "gpt"),
        ("GPT4", "gpt"),
        ("Qwen2.5-Coder", "qwen"),
        ("copilot", "copilot"),
        ("4-x", "4"),
    ],
)
def test_a_family_is_the_name_without_maker_and_version(name: str, family: str) -> None:
    assert generator_family(name) == family


def test_a_held_out_generator_is_tested_alone_against_people_of_unseen_units() -> None:
    rows = [row(1, f"g{n}", generator="gpt-4") for n in range(5)]
    rows += [row(1, f"c{n}", generator="claude-3") for n in range(40)] + [row(0, f"h{n}") for n in range(100)]
    rows += [row(0, "g0"), row(1, "g0", generator="claude-3")]
    fold = held_out_generator(rows, "gpt")
    tested = [each for each, inside in zip(rows, fold.test, strict=True) if inside]
    trained = [each for each, inside in zip(rows, fold.train, strict=True) if inside]
    assert {each.generator for each in tested if each.label} == {"gpt-4"}
    assert sum(each.label for each in tested) == 5
    assert all(each.generator != "gpt-4" for each in trained)
    assert 15 < sum(each.label == 0 for each in tested) < 50
    assert fold.test[-2]
    assert not fold.train[-1]
    assert not units(rows, fold.train) & units(rows, fold.test)


def test_the_agent_counts_where_no_generator_is_named() -> None:
    assert held_out_generator([row(1, "a"), row(0, "b")], "agent").test[0]


def test_a_held_out_language_takes_its_units_along() -> None:
    rows = [
        row(0, "a", language="go"),
        row(1, "a"),
        row(1, "b"),
        row(1, "all", language="go", group="t"),
        row(0, "all"),
    ]
    fold = held_out_language(rows, "go")
    assert fold.test.tolist() == [True, False, False, True, False]
    assert fold.train.tolist() == [False, False, True, False, True]


def test_what_is_not_there_cannot_be_held_out() -> None:
    rows = [row(1, "a", generator="claude-3"), row(0, "b")]
    with pytest.raises(CorpusError, match="there are claude"):
        held_out_generator(rows, "gpt")
    with pytest.raises(CorpusError, match="there are python"):
        held_out_language(rows, "go")


def test_a_fold_never_tests_what_it_trains_on() -> None:
    with pytest.raises(CorpusError, match="training and in the test part"):
        Fold(np.array([True, False]), np.array([True, True]))
