"""Scores -> verdicts: with a project's past, within a change, and under the user's own limits."""

from collections.abc import Iterator
from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from codeorigin.model.bundle import Bundle
from codeorigin.model.calibration.calibration import Calibration
from codeorigin.model.calibration.judge import Judge
from codeorigin.model.past import KeptReference, Past, ReferenceShare
from codeorigin.model.reference import ReferenceRule
from codeorigin.model.scoring.inputs import RawScore
from codeorigin.model.verdict import (
    Band,
    ChangedFunction,
    Limits,
    PooledReason,
    PooledVerdict,
    Reason,
    Verdict,
)
from support.tiny_model import (
    COMMIT_CONTEXT,
    COMMIT_RULE,
    FILE_AND_COMMIT_CONTEXT,
    FILE_CONTEXT,
    IN_COMMIT,
    IN_FILE_OF_COMMIT,
    PAST_RULE,
)

SHIPPED = Bundle.load().calibration
LOGITS = st.floats(-4, 6)


@given(
    st.lists(LOGITS, min_size=1, max_size=6), st.floats(-3, 0), st.sampled_from(list(SHIPPED.alone.languages))
)
def test_the_past_only_ever_lowers_a_verdict(logits: list[float], evidence: float, language: str) -> None:
    usual, with_past = Judge(SHIPPED), Judge(SHIPPED, Past((0.0, 1.0, 2.0), evidence))
    scores = {number: RawScore(logit, logit, 0.0, 1) for number, logit in enumerate(logits)}

    def verdicts(judge: Judge) -> Iterator[Verdict | PooledVerdict | None]:
        yield judge.alone(scores[0], language)
        in_file = list(judge.in_file(scores, language).values())
        yield from in_file
        file = [ChangedFunction(language, verdict, 5, True) for verdict in in_file]
        whole, (changed,) = judge.change([file])
        yield from changed
        yield whole
        yield judge.file([(verdict, 5) for verdict in in_file], language)

    for low, high in zip(verdicts(with_past), verdicts(usual), strict=True):
        assert low is not None
        assert high is not None
        assert (low.human_share or 0.0) >= (high.human_share or 0.0) - 1e-12
        assert low.band is not Band.LLM or high.band is Band.LLM


def test_a_past_that_moves_much_is_read_by_its_own_scale() -> None:
    score = RawScore(3.0, 3.0, 0.0, 1)
    without, with_past = (Judge(SHIPPED, past).alone(score, "go") for past in (None, Past((0.0, 1.0), -1.0)))
    own = SHIPPED.with_past
    assert own is not None
    assert with_past.human_share == own.alone.human_share(2.0, "go") > (without.human_share or 0.0)
    assert (with_past.logit, without.logit) == (2.0, 3.0)
    # What its own text says does not depend on the project.
    assert with_past.own_probability == without.probability


CALIBRATION = Calibration(
    FILE_CONTEXT.scale,
    min_lines=3,
    min_characters=30,
    max_lines=300,
    file_context=FILE_CONTEXT,
    commit=COMMIT_RULE,
    commit_context=COMMIT_CONTEXT,
    file_and_commit_context=FILE_AND_COMMIT_CONTEXT,
)
JUDGE = Judge(CALIBRATION)


def file(*logits: float | None, written: str, language: str = "go") -> list[ChangedFunction]:
    """A file whose functions have these own logits and 1, 2, 3, ... lines; ``written`` has ``y`` or ``n`` for each."""
    scored = {
        number: RawScore(logit, logit, 0.0, 1) for number, logit in enumerate(logits) if logit is not None
    }
    judged = JUDGE.in_file(scored, language)
    return [
        ChangedFunction(
            language, judged.get(number, Verdict.without(Reason.TOO_SHORT)), number + 1, each == "y"
        )
        for number, each in enumerate(written)
    ]


def changed(
    files: list[list[ChangedFunction]], judge: Judge = JUDGE, **how: bool
) -> tuple[PooledVerdict, list[list[Verdict]]]:
    """The verdict on a change, and those on its functions."""
    whole, verdicts = judge.change(files, **how)
    assert whole is not None
    return whole, verdicts


def verdicts_of(functions: list[ChangedFunction]) -> list[Verdict]:
    return [function.verdict for function in functions]


def test_change_verdict_pools_written_functions_weighted_by_lines() -> None:
    whole, _ = changed([file(1.0, 9.0, None, 2.0, written="ynyy"), file(-1.0, written="y", language="c")])
    pooled = (1 * 1.0 + 4 * 2.0 + 1 * -1.0) / (1 + 4 + 1 + COMMIT_RULE.prior_lines)
    assert whole.logit == pytest.approx(pooled)
    assert whole.functions == 3
    assert whole.probability == pytest.approx(COMMIT_RULE.scale.probability(pooled))
    assert whole.band is not None
    assert whole.reason is None


def test_too_few_functions_give_no_commit_verdict() -> None:
    whole, (verdicts,) = changed([file(1.0, 2.0, written="yn")])
    assert (whole.band, whole.functions, whole.reason) == (None, 1, PooledReason.TOO_FEW_FUNCTIONS)
    # And a lone function gets no evidence from its commit.
    assert verdicts == verdicts_of(file(1.0, 2.0, written="nn"))


def test_function_gets_evidence_from_its_commit_and_its_file() -> None:
    files = [file(1.0, 2.0, 3.0, written="yyn"), file(-4.0, written="y")]
    _, ((first, second, third), (alone,)) = changed(files)
    # The first also gets evidence from its file, by the rule for both.
    in_commit = IN_COMMIT.evidence([1.0, 2.0, -4.0])[0]
    in_file = IN_FILE_OF_COMMIT.evidence([1.0, 2.0, 3.0])[0]
    assert (first.commit_evidence, first.file_evidence) == pytest.approx((in_commit, in_file))
    assert (first.commit_neighbours, first.neighbours) == (2, 2)
    assert first.probability == pytest.approx(
        FILE_AND_COMMIT_CONTEXT.scale.probability(1.0 + in_commit + in_file)
    )
    assert first.logit == 1.0
    assert first.own_probability == files[0][0].verdict.own_probability
    assert second.commit_evidence == pytest.approx(IN_COMMIT.evidence([2.0, 1.0, -4.0])[0])
    # The change only touched the third.
    assert third == files[0][2].verdict
    from_commit = IN_COMMIT.evidence([-4.0, 1.0, 2.0])[0]
    assert (alone.commit_evidence, alone.file_evidence) == (pytest.approx(from_commit), None)
    assert alone.probability == pytest.approx(COMMIT_CONTEXT.scale.probability(-4.0 + from_commit))


def test_without_context_functions_are_judged_alone() -> None:
    files = [file(1.0, 2.0, written="yy")]
    whole, verdicts = changed(files, in_context=False)
    assert whole.band is not None
    assert verdicts == [verdicts_of(files[0])]


def test_model_without_commit_rules_gives_no_change_verdict() -> None:
    plain = Judge(replace(CALIBRATION, commit=None, commit_context=None, file_and_commit_context=None))
    files = [file(1.0, 2.0, written="yy")]
    assert plain.change(files) == (None, [verdicts_of(files[0])])


REFERENCE = KeptReference("", "", 3, "")
RULE = ReferenceRule((1, 1), 8, prior_functions=2.0, scale=10.0, fewest_declared=0, fewest_human=1)
WITH_REFERENCE = replace(
    CALIBRATION, commit_context=replace(COMMIT_CONTEXT, scale=replace(COMMIT_CONTEXT.scale, temperature=0.5))
)
OWN_CODE = Judge(
    replace(
        CALIBRATION, past=PAST_RULE, with_past=CALIBRATION, reference=RULE, with_reference=WITH_REFERENCE
    ),
    Past((0.0, 1.0), 0.0, reference=REFERENCE),
)


def compared(logit: float, added: float | None) -> list[ChangedFunction]:
    """A file of one function, written by the change, to whose ``logit`` the project's own code has ``added``."""
    records = None if added is None else ReferenceShare(added, 3, "a.go")
    found = OWN_CODE.in_file({0: RawScore(logit, logit, 0.0, 1, records)}, "go")
    return [ChangedFunction("go", found[0], 2, written=True)]


def test_own_code_counts_in_a_change_if_it_says_something_of_all_functions() -> None:
    whole, ((first,), (second,)) = changed([compared(1.0, 0.5), compared(2.0, -1.0)], OWN_CODE)
    # Two lines each, and eight without evidence.
    assert whole.logit == pytest.approx((2 * 1.5 + 2 * 1.0) / 12)
    # 1.2 times what the other has above .1, as if there were one more without evidence.
    assert (first.commit_evidence, second.commit_evidence) == pytest.approx((1.2 * 0.9 / 2, 1.2 * 1.4 / 2))
    assert (first.logit, second.logit) == (1.5, 1.0)
    scale = WITH_REFERENCE.commit_context
    assert scale is not None
    assert first.probability == pytest.approx(scale.scale.probability(1.5 + 0.54))


def test_own_code_counts_nowhere_in_a_change_of_which_it_leaves_out_a_function() -> None:
    files = [compared(1.0, 0.5), compared(2.0, None)]
    assert files[0][0].verdict.logit == 1.5
    whole, ((first,), (second,)) = changed(files, OWN_CODE)
    assert whole.logit == pytest.approx((2 * 1.0 + 2 * 2.0) / 12)
    assert (first.commit_evidence, second.commit_evidence) == pytest.approx((1.2 * 1.9 / 2, 1.2 * 0.9 / 2))
    assert (first.logit, first.reference) == (1.0, None)
    assert first.probability == pytest.approx(COMMIT_CONTEXT.scale.probability(1.0 + 1.14))
    # Where the functions do not count together, each stays as it is.
    assert OWN_CODE.change(files, in_context=False)[1] == [verdicts_of(file) for file in files]


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


def test_without_a_verdict_there_is_no_band() -> None:
    assert Limits(threshold=0.0).band(Verdict.without(Reason.IGNORED)) is None
