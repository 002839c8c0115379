"""The rule for functions that belong together, for whatever reason."""

import pytest

from codeorigin.model.calibration.pooled_rule import PooledRule, PooledVerdict, main_language
from codeorigin.model.file_verdict import FileRule
from codeorigin.model.verdict import Band
from support.scales import scale

SCALE = scale(1.5, -0.5, temperature=0.5, shift=0.25)
RULE = PooledRule(prior_lines=20.0, prior_logit=0.5, fewest_functions=3, scale=SCALE)


def test_commit_is_pooled_like_a_file() -> None:
    functions = [(3.0, 10), (1.0, 20), (2.0, 30)]
    found = RULE.judge_as(PooledVerdict, functions, "python")
    file = FileRule(20.0, 0.5, 3, SCALE).verdict(functions, "python")
    assert found.logit == file.logit == pytest.approx((20 * 0.5 + 30 + 20 + 60) / 80)
    assert found.band is file.band is Band.LLM
    assert (found.functions, found.language) == (3, "python")
    assert RULE.judge_as(PooledVerdict, functions[::-1], "python") == found


def test_manifest_entry_round_trips_to_the_same_class() -> None:
    again = PooledRule.from_manifest(RULE.to_manifest())
    assert again == RULE
    assert isinstance(FileRule.from_manifest(RULE.to_manifest()), FileRule)


def test_main_language_is_the_one_with_most_lines() -> None:
    functions = [("python", 10), ("go", 8), ("go", 3), ("rust", 1)]
    assert main_language(functions) == main_language(functions[::-1]) == "go"
    assert main_language([("rust", 5), ("go", 5)]) == "go"
    with pytest.raises(ValueError, match="no functions"):
        main_language([])
