"""The rule for functions that belong together: those of a file or a commit."""

import math
from random import Random

import pytest
from hypothesis import assume, given
from hypothesis import strategies as st

from codeorigin.model.calibration.pooled_rule import PooledRule, counted_lines, main_language, pooled_logit
from codeorigin.model.verdict import Band, PooledReason
from support.scales import scale

RULE = PooledRule(
    prior_lines=20.0,
    prior_logit=0.5,
    fewest_functions=3,
    scale=scale(1.5, -0.5, {"go": (1.7, -0.6)}, temperature=0.5, shift=0.25),
)
FUNCTIONS = st.lists(st.tuples(st.floats(-20, 20), st.integers(1, 500)), min_size=1, max_size=12)


def test_pooled_logit_is_a_line_weighted_mean_with_prior_lines() -> None:
    assert pooled_logit([(2.0, 30), (-1.0, 10)], 0.0, 0.0) == pytest.approx((60 - 10) / 40)
    assert pooled_logit([(2.0, 30), (-1.0, 10)], 10.0, 0.5) == pytest.approx((5 + 60 - 10) / 50)
    assert RULE.pooled([]) == 0.5
    assert pooled_logit([], 0.0, 0.75) == 0.75


@given(FUNCTIONS, st.integers(0, 11), st.floats(0.01, 10), st.randoms())
def test_raising_one_function_raises_the_pooled_logit_in_any_order(
    functions: list[tuple[float, int]], place: int, more: float, random: Random
) -> None:
    assume(place < len(functions))
    logit, lines = functions[place]
    raised = [*functions[:place], (logit + more, lines), *functions[place + 1 :]]
    pooled = RULE.pooled(functions)
    assert RULE.pooled(raised) > pooled
    random.shuffle(functions)
    assert RULE.pooled(functions) == pooled


def test_more_of_the_same_evidence_moves_further_from_the_prior() -> None:
    pooled = [RULE.pooled([(3.0, 10)] * count) for count in (1, 3, 10, 100)]
    assert pooled == sorted(pooled)
    assert pooled[0] < 1.5 < pooled[-1] < 3.0


def test_a_verdict_has_all_its_figures() -> None:
    verdict = RULE.verdict([(3.0, 10, "python"), (1.0, 20, "python"), (2.0, 30, "python")])
    logit = (20 * 0.5 + 30 + 20 + 60) / 80
    assert verdict.logit == pytest.approx(logit)
    assert verdict.probability == pytest.approx(1 / (1 + math.exp(-(logit - 0.25) / 0.5)))
    assert (verdict.band, verdict.functions, verdict.reason) == (Band.LLM, 3, None)
    assert verdict.human_share == RULE.scale.human_share(logit, "python")
    assert verdict.llm_share == RULE.scale.llm_share(logit, "python")
    assert verdict.llm_threshold == pytest.approx(1 / (1 + math.exp(-2.5)))
    assert verdict.human_threshold == pytest.approx(1 / (1 + math.exp(1.5)))
    assert verdict.language == "python"


def test_thresholds_are_those_of_the_language_with_most_lines() -> None:
    python = RULE.verdict([(2.05, 20, "python")] * 3)
    go = RULE.verdict([(2.05, 41, "go"), (2.05, 10, "python"), (2.05, 9, "python")])
    assert (python.band, go.band, go.language) == (Band.LLM, Band.UNSURE, "go")
    assert go.llm_threshold == pytest.approx(RULE.scale.probability(1.7))


def test_too_few_functions_give_no_verdict() -> None:
    verdict = RULE.verdict([(5.0, 100, "python")] * 2)
    assert verdict.reason is PooledReason.TOO_FEW_FUNCTIONS
    assert (verdict.probability, verdict.logit, verdict.band) == (None, None, None)
    assert verdict.functions == 2


def test_main_language_is_the_one_with_most_lines() -> None:
    functions = [("python", 10), ("go", 8), ("go", 3), ("rust", 1)]
    assert main_language(functions) == main_language(functions[::-1]) == "go"
    assert main_language([("rust", 5), ("go", 5)]) == "go"
    with pytest.raises(ValueError, match="no functions"):
        main_language([])


@pytest.mark.parametrize(
    ("code", "lines"),
    [("", 0), ("a", 1), ("a\n\n  \n\tb\n", 2), ("a\r\n\r\nb\r\n", 2), ("a\rb", 2)],
)
def test_blank_lines_do_not_count(code: str, lines: int) -> None:
    assert counted_lines(code) == lines
