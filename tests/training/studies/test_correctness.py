"""The correctness study: figures checked by hand, tasks with their references, and what the command lacks."""

import math
from itertools import combinations
from pathlib import Path

import numpy as np
import pytest

from codeorigin_training.data.comments import with_comments_of
from codeorigin_training.data.rows import SNIPPETS, read_snippets
from codeorigin_training.studies.correctness.answers import (
    at_k,
    bleu,
    read_answers,
    run_answers,
    within_tasks,
)
from codeorigin_training.studies.correctness.study import CorrectnessConfig, year_of
from codeorigin_training.studies.correctness.tasks import (
    passes,
    runnable_languages,
    same,
    task_of,
    tasks,
)
from support.corpus_maker import write_answers
from support.corpus_rows import row

DOCUMENTED = (
    'def f(a):\n    """Says what.\n\n    At length.\n    """\n    # why\n    b = a  # here\n    return b\n'
)


def test_at_k_is_the_share_of_draws_with_a_good_answer() -> None:
    tasks_ = [(samples, good) for samples in (1, 2, 5, 9) for good in range(samples + 1)]
    units = np.repeat(np.arange(len(tasks_)), [samples for samples, _ in tasks_])
    good = np.concatenate([np.arange(samples) < many for samples, many in tasks_])
    for k in (1, 2, 4):
        found = at_k(units, good, k)
        for (samples, many), chance in zip(tasks_, found, strict=True):
            if k <= samples:
                draws = list(combinations(range(samples), k))
                share = sum(any(each < many for each in draw) for draw in draws) / len(draws)
                assert chance == pytest.approx(share, abs=1e-12)


def test_a_task_that_is_drawn_twice_counts_twice() -> None:
    units = np.repeat(np.arange(10), 2)
    passing = np.tile([True, False], 10)
    # The first task's AUROC is 1, that of the nine others 0.
    scores = np.array([1.0, 0.0] + [0.0, 1.0] * 9)
    found = within_tasks(units, passing, scores, CorrectnessConfig(rounds=1000))
    # The first task is drawn three or more times of ten in 7 % of all bootstraps, four or more in 1 %.
    assert (found.value, found.low, found.high) == (pytest.approx(0.1), 0.0, pytest.approx(0.3))
    nothing = within_tasks(units, ~passing & False, scores, CorrectnessConfig(rounds=10))
    assert (nothing.value, nothing.low, nothing.high) == (None, None, None)


def test_bleu_matches_values_by_hand() -> None:
    assert bleu("a b c d e", "a b c d e") == 1.0
    # 1-grams 4/4, 2-grams 2/3, 3-grams 1/2, 4-grams none, which counts as half a match of one.
    assert bleu("a b c e", "a b c d e") == pytest.approx(
        math.exp(1 - 5 / 4) * (1 * 2 / 3 * 1 / 2 * 1 / 2) ** 0.25
    )
    assert bleu("x", "a b") == pytest.approx(math.exp(1 - 2) * 0.5)
    assert bleu("", "a") == bleu("a", "") == 0.0


def test_there_are_fifteen_tasks() -> None:
    assert len(tasks()) == 15
    assert task_of("can-ai-code-GCDMisnamed") is tasks()["GCDMisnamed"]
    assert task_of("can-ai-code-VMAssemblerSimple") is None


@pytest.mark.parametrize("language", runnable_languages())
def test_references_pass_and_wrong_answers_fail(language: str) -> None:
    for task in {task.name: task for task in tasks().values()}.values():
        assert passes(task, task.references[language], language, 10.0), task.name
    gcd = task_of("GCDZeroShot")
    assert gcd is not None
    wrong = {
        "python": ["def gcd(a, b): return b", "def gcd(a, b):", "import os; os._exit(0)", "gcd = 6", "while 1: 0",
                   "def gcd(a, b): print('[[6], [6], [1], [9], [12]]')"],
        "javascript": ["function gcd(a, b) { return b; }", "function gcd(", "process.exit(0)", "for (;;);",
                       "const gcd = 6;"],
    }  # fmt: skip
    for code in wrong[language]:
        assert not passes(gcd, code, language, 0.2), code


def test_example_code_below_a_function_may_fail() -> None:
    task = task_of("GCDZeroShot")
    assert task is not None
    code = f"{task.references['python']}\nprint('x')\nn = int(input())\n"
    assert passes(task, code, "python", 10.0)


def test_values_are_compared_by_value_and_true_is_not_a_number() -> None:
    assert same({"a": [1, 2.0]}, {"a": [1.0, 2]})
    assert not same(True, 1)
    assert not same("ab", ["a", "b"])
    assert not same([1], [1, 2])
    assert not same({"a": 1}, {"b": 1})


def test_comments_are_exchanged() -> None:
    other = "def f(a):\n    # own\n    return a\n"
    assert with_comments_of(DOCUMENTED, other, "python") == (
        "def f(a):\n    # own\n    b = a\n    return b\n"
    )
    assert with_comments_of(other, "def g():\n    pass\n", "python") == "def f(a):\n    return a\n"
    java = "int f(int a)\n{\n  return a;\n}"
    assert with_comments_of(java, "int g() {\n    // why\n    return 1;\n}", "java") == (
        "int f(int a)\n{\n  // why\n  return a;\n}"
    )


def test_code_is_grouped_by_year() -> None:
    dates = ("2009-01-01", "2014-05-01", "2019-12-31", "2021-02-01", "2022-03-01", "<2021-07-01", "")
    assert [year_of(row(date=date)) for date in dates] == [
        "up to 2012", "2013 to 2016", "2017 to 2019", "2020 and 2021", "2022 and later", "2020 and 2021", "not known",
    ]  # fmt: skip


def test_answers_to_tasks_with_tests_are_read_and_run(tmp_path: Path) -> None:
    write_answers(tmp_path)
    found = read_answers(tmp_path, 4)
    assert [answer.group for answer in found] == ["x-GCDAlternative"] * 4 + ["x-GCDZeroShot"] * 4
    # There is only one reader of the file: an answer is the same row as in training and evaluation.
    whole = [each for each in read_snippets(tmp_path / SNIPPETS) if "Unknown" not in each.group]
    assert all(answer in whole for answer in found)
    passing = run_answers(found, 8.0, 2)
    assert passing.tolist() == [True, True, True, True, True, False, True, False]
