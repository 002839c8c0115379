"""The rule that pools a file's functions into one verdict."""

import math

import pytest
from hypothesis import assume, given
from hypothesis import strategies as st

from codeorigin.model.calibration.pooled_rule import counted_lines, pooled_logit
from codeorigin.model.file_verdict import FileReason, FileRule
from codeorigin.model.verdict import Band
from support.scales import scale

RULE = FileRule(
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


@given(FUNCTIONS, st.randoms())
def test_the_order_of_functions_does_not_matter(functions: list[tuple[float, int]], random: object) -> None:
    shuffled = list(functions)
    random.shuffle(shuffled)  # type: ignore[attr-defined]
    assert RULE.verdict(shuffled, "python") == RULE.verdict(functions, "python")


@given(FUNCTIONS, st.integers(0, 11), st.floats(0.01, 10))
def test_raising_one_function_raises_the_pooled_logit(
    functions: list[tuple[float, int]], place: int, more: float
) -> None:
    assume(place < len(functions))
    logit, lines = functions[place]
    raised = [*functions[:place], (logit + more, lines), *functions[place + 1 :]]
    assert RULE.pooled(raised) > RULE.pooled(functions)


@given(FUNCTIONS)
def test_pooled_logit_stays_within_the_range_of_functions_and_prior(
    functions: list[tuple[float, int]],
) -> None:
    logits = [RULE.prior_logit, *(logit for logit, _ in functions)]
    assert min(logits) - 1e-9 <= RULE.pooled(functions) <= max(logits) + 1e-9


def test_more_of_the_same_evidence_moves_further_from_the_prior() -> None:
    pooled = [RULE.pooled([(3.0, 10)] * count) for count in (1, 3, 10, 100)]
    assert pooled == sorted(pooled)
    assert pooled[0] < 1.5 < pooled[-1] < 3.0


def test_a_verdict_has_all_its_figures() -> None:
    verdict = RULE.verdict([(3.0, 10), (1.0, 20), (2.0, 30)], "python")
    logit = (20 * 0.5 + 30 + 20 + 60) / 80
    assert verdict.logit == pytest.approx(logit)
    assert verdict.probability == pytest.approx(1 / (1 + math.exp(-(logit - 0.25) / 0.5)))
    assert verdict.band is Band.LLM
    assert verdict.functions == 3
    assert verdict.reason is None
    assert verdict.human_share == RULE.scale.human_share(logit, "python")
    assert verdict.llm_share == RULE.scale.llm_share(logit, "python")
    assert verdict.llm_threshold == pytest.approx(1 / (1 + math.exp(-2.5)))
    assert verdict.human_threshold == pytest.approx(1 / (1 + math.exp(1.5)))
    assert verdict.language == "python"


@pytest.mark.parametrize(
    ("logit", "band"),
    [(1.5, Band.LLM), (1.499, Band.UNSURE), (-0.499, Band.UNSURE), (-0.5, Band.HUMAN)],
)
def test_bands_include_their_thresholds(logit: float, band: Band) -> None:
    assert RULE.scale.read(logit, "python")["band"] is band


def test_language_has_its_own_thresholds() -> None:
    functions = [(2.05, 20)] * 3
    assert RULE.verdict(functions, "python").band is Band.LLM
    verdict = RULE.verdict(functions, "go")
    assert verdict.band is Band.UNSURE
    assert verdict.llm_threshold == pytest.approx(RULE.scale.probability(1.7))


def test_too_few_functions_give_no_file_verdict() -> None:
    verdict = RULE.verdict([(5.0, 100)] * 2, "python")
    assert verdict.reason is FileReason.TOO_FEW_FUNCTIONS
    assert (verdict.probability, verdict.logit, verdict.band) == (None, None, None)
    assert verdict.functions == 2


@pytest.mark.parametrize(
    ("code", "lines"),
    [("", 0), ("a", 1), ("a\n\n  \n\tb\n", 2), ("a\r\n\r\nb\r\n", 2), ("a\rb", 2)],
)
def test_blank_lines_do_not_count(code: str, lines: int) -> None:
    assert counted_lines(code) == lines


def test_the_manifest_entry_round_trips() -> None:
    assert FileRule.from_manifest(RULE.to_manifest()) == RULE


@pytest.mark.parametrize(
    "broken",
    [
        {"temperature": 0.0},
        {"prior_lines": -1.0},
        {"prior_lines": math.nan},
        {"fewest_functions": 0},
        {"logits": []},
    ],
)
def test_a_broken_rule_is_refused(broken: dict[str, object]) -> None:
    with pytest.raises(ValueError, match=r"temperature|prior_lines|logits"):
        FileRule.from_manifest({**RULE.to_manifest(), **broken})
