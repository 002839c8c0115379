"""The band of a verdict under the user's own limits."""

import pytest

from codeorigin.model.limits import Limits
from codeorigin.model.verdict import Band, Reason, Verdict

VERDICT = Verdict(
    probability=0.824, logit=1.5, band=Band.UNSURE, human_share=0.012, llm_threshold=0.9,
    human_threshold=0.3,
)  # fmt: skip


@pytest.mark.parametrize(
    ("limits", "expected"),
    [
        (Limits(), Band.UNSURE),
        (Limits(threshold=0.8), Band.LLM),
        (Limits(threshold=0.824), Band.LLM),
        (Limits(threshold=0.83), Band.UNSURE),
        (Limits(false_positive_rate=0.012), Band.LLM),
        (Limits(false_positive_rate=0.011), Band.UNSURE),
        (Limits(threshold=1.0, false_positive_rate=0.5), Band.UNSURE),
    ],
)
def test_bands_follow_the_users_own_limit(limits: Limits, expected: Band) -> None:
    assert limits.band(VERDICT) is expected


def test_human_verdict_below_the_users_limit_stays_human() -> None:
    low = Verdict(0.1, -2.0, Band.HUMAN, human_share=0.9, llm_threshold=0.9, human_threshold=0.3)
    assert Limits(threshold=0.5).band(low) is Band.HUMAN
    assert Limits(threshold=0.1).band(low) is Band.LLM


def test_verdict_at_the_human_threshold_is_human_as_for_the_model() -> None:
    verdict = Verdict(0.3, -0.8, Band.HUMAN, human_share=0.9, llm_threshold=0.9, human_threshold=0.3)
    assert Limits(threshold=0.5).band(verdict) is Band.HUMAN


def test_without_a_verdict_there_is_no_band() -> None:
    assert Limits(threshold=0.0).band(Verdict.without(Reason.IGNORED)) is None
