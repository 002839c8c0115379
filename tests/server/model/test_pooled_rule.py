"""The rule for functions that belong together, whatever holds them together."""

from dataclasses import replace

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from codeorigin.model.file_verdict import FileRule
from codeorigin.model.pooled_rule import PooledRule, main_language
from codeorigin.model.promise import LONGEST, Promise
from codeorigin.model.scale import Scale, Thresholds
from codeorigin.model.verdict import Band

SCALE = Scale(
    temperature=0.5,
    shift=0.25,
    false_positive_rate=0.01,
    default=Thresholds(llm=1.5, human=-0.5, repositories=90),
    languages={},
    human_logits=(-2.0, 2.0),
    human_shares=(1.0, 0.004),
)
RULE = PooledRule(prior_lines=20.0, prior_logit=0.5, fewest_functions=3, scale=SCALE)


def test_a_commit_is_pooled_as_a_file_is() -> None:
    functions = [(3.0, 10), (1.0, 20), (2.0, 30)]
    found = RULE.judge(functions, "python")
    file = FileRule(20.0, 0.5, 3, SCALE).verdict(functions, "python")
    assert found.logit == file.logit == pytest.approx((20 * 0.5 + 30 + 20 + 60) / 80)
    assert found.band is file.band is Band.LLM
    assert (found.functions, found.promise) == (3, Promise(0.01, 90))
    assert RULE.judge(functions[::-1], "python") == found


def test_a_function_longer_than_those_of_calibration_counts_as_one_of_them() -> None:
    others = [(1.0, 20), (2.0, 30)]
    assert RULE.pooled([*others, (9.0, 5000)]) == RULE.pooled([*others, (9.0, LONGEST)])
    assert RULE.pooled([*others, (9.0, LONGEST)]) > RULE.pooled([*others, (9.0, LONGEST - 1)])


def test_functions_at_the_ends_count_beside_the_mean() -> None:
    functions = [(-2.0, 10), (3.0, 10), (0.0, 40), (1.0, 40)]
    ends = replace(RULE, low_weight=0.5, high_weight=1.0)
    # A twentieth of 100 lines at either end: the middles of the first and the last function.
    low, high = -2.0, 3.0
    mean = (20 * 0.5 - 20 + 30 + 0 + 40) / 120
    expected = 0.5 + ((mean - 0.5) + 100 / 120 * (0.5 * (low - 0.5) + (high - 0.5))) / 2.5
    assert ends.pooled(functions) == ends.pooled(functions[::-1]) == pytest.approx(expected)
    assert ends.pooled(functions) > RULE.pooled(functions)
    assert ends.pooled([(2.0, 7)] * 5) == pytest.approx(RULE.pooled([(2.0, 7)] * 5))
    assert ends.pooled([]) == RULE.prior_logit


@given(st.lists(st.tuples(st.floats(-9, 9), st.integers(1, 200)), min_size=1, max_size=40))
def test_the_ends_are_the_quantiles_by_lines(functions: list[tuple[float, int]]) -> None:
    logits, lines = np.array(sorted(functions)).T
    middles = np.cumsum(lines) - lines / 2
    low, high = np.interp([0.05 * lines.sum(), 0.95 * lines.sum()], middles, logits)
    only_low = replace(RULE, prior_lines=0.0, low_weight=1.0)
    only_high = replace(RULE, prior_lines=0.0, high_weight=3.0)
    mean = lines @ logits / lines.sum()
    assert only_low.pooled(functions) == pytest.approx((mean + low) / 2)
    assert only_high.pooled(functions) == pytest.approx((mean + 3 * high) / 4)


def test_a_rule_of_before_the_ends_is_read_as_it_was() -> None:
    entry = RULE.to_manifest()
    del entry["low_weight"], entry["high_weight"]
    assert PooledRule.from_manifest(entry) == RULE


def test_too_few_functions_have_no_verdict() -> None:
    found = RULE.judge([(9.0, 100)] * 2, "python")
    assert (found.probability, found.logit, found.band, found.functions) == (None, None, None, 2)


def test_the_manifest_entry_round_trips_as_the_rule_it_is() -> None:
    again = PooledRule.from_manifest(RULE.to_manifest())
    assert again == RULE
    ends = replace(RULE, low_weight=0.5, high_weight=1.0)
    assert PooledRule.from_manifest(ends.to_manifest()) == ends
    assert isinstance(FileRule.from_manifest(RULE.to_manifest()), FileRule)


def test_the_language_of_most_lines_speaks_for_all() -> None:
    functions = [("python", 10), ("go", 8), ("go", 3), ("rust", 1)]
    assert main_language(functions) == main_language(functions[::-1]) == "go"
    assert main_language([("rust", 5), ("go", 5)]) == "go"
    with pytest.raises(ValueError, match="no functions"):
        main_language([])
