"""The correctness study: figures checked by hand, tasks with their references, and the whole command."""

import dataclasses
import json
import math
from itertools import combinations
from pathlib import Path

import numpy as np
import pytest
from typer.testing import CliRunner

from codeorigin_training.cli import app
from codeorigin_training.data.readers.snippets import SNIPPETS, read_snippets
from codeorigin_training.studies.correctness.answers import read_answers, run_answers, size_of
from codeorigin_training.studies.correctness.bleu import bleu
from codeorigin_training.studies.correctness.by_task import any_of_k, best_by_score, within_tasks
from codeorigin_training.studies.correctness.comments import (
    comment_language,
    with_comments_of,
    without_comments,
)
from codeorigin_training.studies.correctness.config import CorrectnessConfig
from codeorigin_training.studies.correctness.product import age_of, first_years, year_of
from codeorigin_training.studies.correctness.tasks import (
    passes,
    runnable_languages,
    same,
    task_of,
    tasks,
)
from support.causal_model import causal_model
from support.corpus_maker import write_answers, write_corpus, write_distribution
from support.corpus_rows import row

BUNDLE = Path(__file__).parents[3] / "models" / "codeorigin-small"
DOCUMENTED = (
    'def f(a):\n    """Says what.\n\n    At length.\n    """\n    # why\n    b = a  # here\n    return b\n'
)


@pytest.mark.parametrize("samples", [1, 2, 5, 9])
def test_any_of_k_is_the_share_of_draws_with_a_passing_sample(samples: int) -> None:
    for passing in range(samples + 1):
        for k in range(1, samples + 1):
            draws = list(combinations(range(samples), k))
            share = sum(any(each < passing for each in draw) for draw in draws) / len(draws)
            assert any_of_k(samples, passing, k) == pytest.approx(share, abs=1e-12)


def test_any_of_k_is_numerically_stable_and_refuses_impossible_draws() -> None:
    exact = 1 - math.comb(99_000, 100) / math.comb(100_000, 100)
    assert any_of_k(100_000, 1000, 100) == pytest.approx(exact, rel=1e-9)
    for wrong in ((5, 6, 1), (5, 2, 6), (5, 2, 0), (5, -1, 1)):
        with pytest.raises(ValueError, match="cannot be drawn"):
            any_of_k(*wrong)


def test_the_best_of_k_is_the_mean_over_all_draws() -> None:
    scores = np.array([0.5, 2.0, 1.0, -1.0, 0.5, 3.0])
    passing = np.array([True, False, True, True, False, False])
    for k in range(1, 7):
        found = [
            passing[min(draw, key=lambda each: (-scores[each], passing[each]))]
            for draw in combinations(range(6), k)
        ]
        assert best_by_score(scores, passing, k) == pytest.approx(np.mean(found))


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
        assert not passes(gcd, code, language, 1.0), code


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


@pytest.mark.parametrize(
    ("generator", "size"),
    [
        ("bigcode-starcoderbase-3b-fp16", "up to 4 B"), ("jondurbin/airoboros-l2-13b-gpt4-1.4.1", "10-20 B"),
        ("hf:meta-llama/Meta-Llama-3.1-405B-Instruct", "over 20 B"), ("x/Model-7B", "5-9 B"),
        ("openai/gpt-4-0613", "not said"), ("LoneStriker/CodeLlama-70b-Instruct-hf-3.5bpw-h6", "over 20 B"),
    ],
)  # fmt: skip
def test_model_size_is_read_from_its_name(generator: str, size: str) -> None:
    assert size_of(generator) == size


def test_comments_are_removed_and_exchanged() -> None:
    bare, taken = without_comments(DOCUMENTED, "python")
    assert bare == "def f(a):\n\n    b = a  # here\n    return b\n"
    assert taken == ['"""Says what.', "At length.", '"""', "# why"]
    other = "def f(a):\n    # own\n    return a\n"
    assert with_comments_of(DOCUMENTED, other, "python") == (
        "def f(a):\n    # own\n\n    b = a  # here\n    return b\n"
    )
    assert with_comments_of(other, "def g():\n    pass\n", "python") == "def f(a):\n    return a\n"
    java = "int f(int a)\n{\n  return a;\n}"
    assert with_comments_of(java, "int g() {\n    // why\n    return 1;\n}", "java") == (
        "int f(int a)\n{\n  // why\n  return a;\n}"
    )


@pytest.mark.parametrize(
    ("comment", "language"),
    [
        ("Return the value of the list if it is not empty", "english"),
        ("Devuelve el valor de la lista con los datos que se piden", "other language"),
        ("Gibt den Wert der Liste mit einer Zahl, wenn nicht leer", "other language"),
        ("返回列表中的值，如果为空则返回零", "other script"),
        ("Возвращает значение списка", "other script"),
        ("ok", None),
    ],
)
def test_language_of_comments_is_detected(comment: str, language: str | None) -> None:
    assert comment_language(f"def f(a):\n    # {comment}\n    return a\n", "python") == language


def test_code_is_grouped_by_year() -> None:
    dates = ("2009-01-01", "2014-05-01", "2019-12-31", "2021-02-01", "2022-03-01", "<2021-07-01", "")
    assert [year_of(row(date=date)) for date in dates] == [
        "up to 2012", "2013 to 2016", "2017 to 2019", "2020 and 2021", "2022 and later", "2020 and 2021", "not known",
    ]  # fmt: skip


def test_age_is_counted_from_the_repositorys_oldest_function() -> None:
    old = [
        row(date=date) for date in ("2014-05-01", "<2016-01-01", "", "2015-12-31", "2018-01-01", "2021-01-01")
    ]
    old += [row(date="2030-01-01")]
    others = [
        dataclasses.replace(each, repo="of/another")
        for each in (row(date="2020-02-01"), row(date="<2019-07-01"))
    ]
    first = first_years([*old, *others])
    assert first == {old[0].repo: 2014, "of/another": 2019}
    assert [age_of(each, first) for each in old] == [
        "under 2 years", "not known", "not known", "under 2 years", "2 to 4 years", "5 to 9 years", "over 9 years",
    ]  # fmt: skip
    assert [age_of(each, first) for each in others] == ["under 2 years", "not known"]


def test_answers_to_tasks_with_tests_are_read_and_run(tmp_path: Path) -> None:
    write_answers(tmp_path)
    found = read_answers(tmp_path, 4)
    assert [answer.group for answer in found] == ["x-GCDAlternative"] * 4 + ["x-GCDZeroShot"] * 4
    # There is only one reader of the file: an answer is the same row as in training and evaluation.
    whole = [each for each in read_snippets(tmp_path / SNIPPETS) if "Unknown" not in each.group]
    assert all(answer in whole for answer in found)
    said: list[str] = []
    assert run_answers(found, 8.0, 2, said.append) == [True, True, True, True, True, False, True, False]
    assert said == ["6 of 8 answers pass"]


def test_command_runs_the_whole_study(tmp_path: Path) -> None:
    data = write_corpus(tmp_path / "data", repositories=40, functions=8)
    write_distribution(data)
    write_answers(data)
    settings = {"samples": 6, "ks": [1, 2], "functions": 60, "rounds": 10, "bundle": str(BUNDLE),
                "language_model": str(causal_model(tmp_path / "model"))}  # fmt: skip
    (tmp_path / "config.json").write_text(json.dumps(settings), encoding="utf-8")
    command = ["study", "correctness", "--data", str(data), "--run", str(tmp_path / "run"),
               "--config", str(tmp_path / "config.json")]  # fmt: skip
    done = CliRunner().invoke(app, command)
    assert done.exit_code == 0, done.output
    study = json.loads(
        (tmp_path / "run" / "studies" / "correctness" / "study.json").read_text(encoding="utf-8")
    )
    figures = {each["name"]: each["value"] for section in study["sections"] for each in section["figures"]}
    assert figures["answers that pass"] == pytest.approx(0.75)
    assert (
        0 <= figures["answers that evade, called human"] <= figures["answers that evade, not called llm"] <= 1
    )
    assert figures["passes, the likeliest of 2 answers"] == pytest.approx(
        0.75 + figures["passes, the likeliest of 2 answers less one at random"]
    )
    assert 0 <= figures["AUROC of the mean log-probability for passing"] <= 1
    page = (tmp_path / "run" / "studies" / "report.html").read_text(encoding="utf-8")
    for text in ("At least one of k published answers", "By the generator&#x27;s size", "comments of the two exchanged",
                 "pairs counted", "By the year of the code", "By the age of the repository", "under 2 years",
                 "mean log-probability"):  # fmt: skip
        assert text in page


def test_the_command_says_what_is_missing(tmp_path: Path) -> None:
    data = write_corpus(tmp_path / "data", repositories=4)
    command = ["study", "correctness", "--data", str(data), "--run", str(tmp_path / "run")]
    done = CliRunner().invoke(app, command)
    assert done.exit_code == 2
    assert "no bundle" in done.output
    done = CliRunner().invoke(app, [*command, "--set", f"bundle={BUNDLE}"])
    assert done.exit_code == 2
    assert "--set run=false" in done.output
