"""Grouping rows into files, and fitting the rule that judges files."""

from collections.abc import Sequence
from dataclasses import replace

import numpy as np
import pytest

from codeorigin.model.verdict import Band
from codeorigin_training.data.rows import Row
from codeorigin_training.thresholds.files import file_samples, fit_file_rule
from codeorigin_training.thresholds.pooled import PooledRuleConfig, PooledSample
from support.corpus_rows import row

CONFIG = PooledRuleConfig(fewest_functions=2)


def samples(rows: Sequence[Row], config: PooledRuleConfig = CONFIG) -> list[PooledSample]:
    return file_samples(rows, np.arange(float(len(rows))), config)


def test_functions_of_one_file_are_one_sample_across_commits() -> None:
    (found,) = samples([row(commit="1"), row("b.py"), row(commit="2", is_test=True)])
    assert found.functions == ((0.0, 3), (2.0, 3))
    assert (found.label, found.repository, found.language, found.modern) == (1, "owner/repo", "python", False)


def test_classes_eras_and_repositories_are_separate_samples() -> None:
    rows = [row(), row(label=0), row(label=0, modern=True), row(repo="owner/other")]
    found = samples(rows + rows)
    assert sorted((sample.repository, sample.label, sample.modern) for sample in found) == [
        ("owner/other", 1, False),
        ("owner/repo", 0, False),
        ("owner/repo", 0, True),
        ("owner/repo", 1, False),
    ]


@pytest.mark.parametrize(
    "other",
    [
        {"pair": "p1"},
        {"path": ""},
        {"code": "def f(x):\n    return " + "x + " * 40 + "x\n"},
        {"code": "def f(x):\n    y = x\n    return y\n"},
    ],
)
def test_functions_without_verdict_or_file_are_left_out(other: dict[str, object]) -> None:
    assert samples([row(), row(**other)]) == []
    (found,) = samples([row(), row(**other), row()])
    assert len(found.functions) == 2


def files(
    repositories: int, *, label: int, mean: float, seed: int, modern: bool = False, count: int = 4
) -> list[PooledSample]:
    """Three files per repository; logits vary between repositories, between files and within files."""
    generator = np.random.default_rng(seed)
    found = []
    for repository in range(repositories):
        centre = mean + generator.normal(0, 0.4)
        for _ in range(3):
            logits = centre + generator.normal(0, 0.3) + generator.normal(0, 0.8, count)
            found.append(
                PooledSample(
                    tuple((float(logit), int(generator.integers(3, 40))) for logit in logits),
                    label,
                    f"{label}{modern}{repository}",
                    "python",
                    modern,
                )
            )
    return found


def people(repositories: int = 150) -> list[PooledSample]:
    return files(repositories, label=0, mean=-1, seed=1) + files(
        repositories, label=0, mean=-0.6, seed=2, modern=True
    )


MODELS = files(120, label=1, mean=1.5, seed=3)


def test_threshold_holds_for_both_eras_and_finds_most_llm_files() -> None:
    rule = fit_file_rule(people() + MODELS)
    assert rule is not None
    for modern in (False, True):
        human = [file for file in people() if file.modern is modern]
        called = [rule.scale.band(rule.pooled(file.functions), "python") is Band.LLM for file in human]
        assert np.mean(called) <= 0.01
    assert (
        np.mean([rule.scale.band(rule.pooled(file.functions), "python") is Band.LLM for file in MODELS]) > 0.5
    )


def test_era_that_needs_higher_threshold_sets_it() -> None:
    old = files(150, label=0, mean=-1, seed=1)
    low = files(150, label=0, mean=-2, seed=2, modern=True)
    high = files(150, label=0, mean=0.5, seed=2, modern=True)
    thresholds = []
    for human in (old, old + low, high, old + high):
        rule = fit_file_rule(human + MODELS)
        assert rule is not None
        thresholds.append(rule.scale.default.llm)
    assert thresholds[0] == thresholds[1]
    assert thresholds[2] == thresholds[3] != thresholds[0]


def test_rate_holds_on_unseen_repositories() -> None:
    config = PooledRuleConfig(rate=0.05)
    rule = fit_file_rule(people() + MODELS, config)
    assert rule is not None
    unseen = files(300, label=0, mean=-0.6, seed=9, modern=True)
    called = np.mean([rule.scale.band(rule.pooled(file.functions), "python") is Band.LLM for file in unseen])
    assert 0.0 < called <= 0.08


def test_probabilities_match_frequencies() -> None:
    rule = fit_file_rule(people() + MODELS)
    assert rule is not None
    balanced = files(200, label=0, mean=-0.8, seed=5) + files(200, label=1, mean=1.5, seed=6)
    scored = [(rule.scale.probability(rule.pooled(file.functions)), file.label) for file in balanced]
    middle = [label for probability, label in scored if 0.2 < probability < 0.8]
    sure = [label for probability, label in scored if probability > 0.95]
    assert 0.2 < np.mean(middle) < 0.8
    assert np.mean(sure) > 0.93


def test_too_few_repositories_call_no_file_llm() -> None:
    rule = fit_file_rule(people(40) + MODELS)
    assert rule is not None
    assert rule.scale.default.llm == np.inf
    assert rule.verdict([(30.0, 50)] * 20, "python").band is Band.UNSURE
    assert rule.verdict([(-30.0, 50)] * 20, "python").band is Band.HUMAN


def test_few_llm_files_are_called_human() -> None:
    rule = fit_file_rule(people() + MODELS)
    assert rule is not None
    low = np.mean([rule.scale.band(rule.pooled(file.functions), "python") is Band.HUMAN for file in MODELS])
    assert low <= 0.05
    assert rule.scale.band(rule.scale.default.human, "python") is Band.HUMAN


def test_files_with_too_few_functions_do_not_affect_the_fit() -> None:
    small = files(150, label=0, mean=9.0, seed=7, count=3)
    assert fit_file_rule(people() + MODELS + small) == fit_file_rule(people() + MODELS)


@pytest.mark.parametrize("left", [[], MODELS, people(5)])
def test_no_rule_without_enough_of_both_classes(left: list[PooledSample]) -> None:
    assert fit_file_rule(left) is None


def test_classes_without_common_cell_are_still_fitted() -> None:
    human = files(3, label=0, mean=-1, seed=1)
    llm = [replace(file, language="go") for file in files(3, label=1, mean=1, seed=2)]
    rule = fit_file_rule(human + llm)
    assert rule is not None
    assert rule.scale.probability(rule.pooled(llm[0].functions)) > rule.scale.probability(
        rule.pooled(human[0].functions)
    )


def test_order_of_files_and_functions_does_not_matter() -> None:
    given = people() + MODELS
    turned = [replace(file, functions=file.functions[::-1]) for file in given[::-1]]
    one, other = fit_file_rule(given), fit_file_rule(turned)
    assert one is not None
    assert other is not None
    assert one.scale.default.llm == other.scale.default.llm
    assert one.scale.default.human == other.scale.default.human
    assert one.scale.temperature == pytest.approx(other.scale.temperature, rel=1e-3)


@pytest.mark.parametrize(
    "wrong", [{"prior_lines": -1}, {"fewest_functions": 0}, {"rate": 0}, {"human_rate": 1}]
)
def test_invalid_settings_are_rejected(wrong: dict[str, float]) -> None:
    with pytest.raises(ValueError, match=r"prior_lines|rate"):
        PooledRuleConfig(**wrong)  # type: ignore[arg-type]
