"""The rule for code outside functions, on made-up logits."""

from dataclasses import replace

import numpy as np
import pytest

from codeorigin.model.calibration.top_level import TopLevelRule
from codeorigin.model.verdict import Band
from codeorigin_training.calibrate.top_level import (
    TopLevelConfig,
    called_top_level,
    cross_fitted_top_level,
    fit_top_level,
)
from support.top_level_rows import CODE, answers, packages, together

CONFIG = TopLevelConfig(rate=0.05, fewest_evidence=5)


def test_higher_scoring_language_is_protected() -> None:
    rows, logits = together(
        packages("python", 120, 0.0), packages("ruby", 120, 3.0, seed=3), answers("python", 200, 4.0)
    )
    rule = fit_top_level(rows, logits, CONFIG)
    assert rule is not None
    assert rule.scale.thresholds("ruby").llm > rule.scale.thresholds("python").llm + 2
    assert rule.scale.promise("ruby").language == "ruby"
    called = cross_fitted_top_level(rows, logits, CONFIG, 5)
    for language in ("python", "ruby"):
        human = [index for index, row in enumerate(rows) if row.label == 0 and row.language == language]
        assert 0 < called[human].mean() < 0.07
    assert called[[row.label == 1 for row in rows]].mean() > 0.9
    # A single threshold for both would have called half of the shifted language ``llm``.
    assert (
        logits[[row.language == "ruby" for row in rows]] > rule.scale.thresholds("python").llm
    ).mean() > 0.5


def test_too_few_packages_give_no_promise_despite_many_answers() -> None:
    rows, logits = together(
        packages("python", 10, 0.0), answers("python", 300, 0.0, label=0), answers("python", 300, 5.0)
    )
    rule = fit_top_level(rows, logits, CONFIG)
    assert rule is not None
    assert rule.scale.default.llm == np.inf
    assert not called_top_level(rows, logits, rule).any()
    assert rule.scale.band(9.0, "python") is Band.UNSURE
    assert TopLevelRule.from_manifest(rule.to_manifest()) == rule


def test_language_with_few_packages_gets_strictest_thresholds() -> None:
    rows, logits = together(
        packages("python", 100, 0.0),
        packages("javascript", 100, 2.0, seed=4),
        packages("php", 4, -3.0, seed=5),
        answers("python", 200, 3.0),
        answers("javascript", 200, 5.0, seed=6),
        answers("php", 200, 3.0, seed=7),
    )
    rule = fit_top_level(rows, logits, CONFIG)
    assert rule is not None
    own = [rule.scale.thresholds(name) for name in ("python", "javascript")]
    for language in ("php", "typescript"):
        found = rule.scale.thresholds(language)
        assert found.llm == max(each.llm for each in own)
        assert found.human <= min(each.human for each in own)
        assert rule.scale.promise(language).language is None


def test_human_answers_raise_threshold() -> None:
    parts = [packages("python", 100, 0.0), answers("python", 200, 6.0)]
    without = fit_top_level(*together(*parts), CONFIG)
    rule = fit_top_level(*together(*parts, answers("python", 200, 3.0, label=0)), CONFIG)
    assert without is not None
    assert rule is not None
    assert rule.scale.thresholds("python").llm > without.scale.thresholds("python").llm + 1


def test_languages_whose_classes_cannot_be_told_apart_are_unsure() -> None:
    rows, logits = together(
        packages("python", 100, 0.0),
        packages("javascript", 100, 0.0, seed=4),
        answers("python", 200, 5.0),
        answers("javascript", 200, 0.0, seed=6),
    )
    free = fit_top_level(rows, logits, CONFIG)
    rule = fit_top_level(rows, logits, CONFIG, {"python"})
    assert free is not None
    assert rule is not None
    assert rule.scale.thresholds("python") == free.scale.thresholds("python")
    for language in ("javascript", "ruby"):
        assert {rule.scale.band(logit, language) for logit in logits} == {Band.UNSURE}
    none = fit_top_level(rows, logits, CONFIG, set())
    assert none is not None
    assert {none.scale.band(logit, "python") for logit in logits} == {Band.UNSURE}
    assert TopLevelRule.from_manifest(none.to_manifest()) == none


def test_too_short_code_is_neither_fitted_on_nor_called_llm() -> None:
    rows, logits = together(packages("python", 100, 0.0), answers("python", 200, 3.0))
    rule = fit_top_level(rows, logits, CONFIG)
    short = replace(rows[0], code="x = 1\n", repo="debian/short")
    again = fit_top_level([*rows, *[short] * 50], np.append(logits, [99.0] * 50), CONFIG)
    assert again == rule
    assert not called_top_level([short], np.array([99.0]), rule).any()
    assert called_top_level([replace(short, code=CODE)], np.array([99.0]), rule).all()


def test_one_class_alone_gives_no_rule() -> None:
    assert fit_top_level(*packages("python", 50, 0.0), CONFIG) is None
    rows, logits = packages("python", 50, 0.0)
    assert not cross_fitted_top_level(rows, logits, CONFIG, 5).any()


@pytest.mark.parametrize(
    "settings", [{"rate": 0.0}, {"tail_share": 1.0}, {"min_lines": 0}, {"fewest_evidence": 0}]
)
def test_settings_out_of_range_are_rejected(settings: dict[str, float]) -> None:
    with pytest.raises(ValueError, match="must"):
        TopLevelConfig(**settings)  # type: ignore[arg-type]
