"""The verdict on a change, and what it says about the functions that the change wrote."""

import pytest

from codeorigin.model.calibration.calibration import Calibration
from codeorigin.model.calibration.judge import Judge
from codeorigin.model.change_verdict import ChangedFunctions, ChangeReason, judge_change
from codeorigin.model.scoring.features import RawScore
from codeorigin.model.verdict import Reason, Verdict
from support.tiny_model import (
    COMMIT_CONTEXT,
    COMMIT_RULE,
    FILE_AND_COMMIT_CONTEXT,
    FILE_CONTEXT,
)

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


def file(
    *logits: float | None, written: str, language: str = "go", in_context: bool = True
) -> ChangedFunctions:
    """A file whose functions have these own logits and 1, 2, 3, ... lines; ``written`` has ``y`` or ``n`` for each."""
    scored = {
        number: RawScore(logit, logit, 0.0, 1) for number, logit in enumerate(logits) if logit is not None
    }
    judged = JUDGE.in_file(scored, language)
    return ChangedFunctions(
        language=language,
        verdicts=[judged.get(number, Verdict.without(Reason.TOO_SHORT)) for number in range(len(logits))],
        lines=list(range(1, len(logits) + 1)),
        written=[each == "y" for each in written],
        in_context=in_context,
    )


def test_change_verdict_pools_written_functions_weighted_by_lines() -> None:
    whole, _ = JUDGE.change(
        [file(1.0, 9.0, None, 2.0, written="ynyy"), file(-1.0, written="y", language="c")]
    )
    assert whole is not None
    pooled = (1 * 1.0 + 4 * 2.0 + 1 * -1.0) / (1 + 4 + 1 + COMMIT_RULE.prior_lines)
    assert whole.logit == pytest.approx(pooled)
    assert whole.functions == 3
    assert whole.probability == pytest.approx(COMMIT_RULE.scale.probability(pooled))
    assert whole.band is not None
    assert whole.reason is None


def test_shares_are_those_of_the_language_with_most_lines() -> None:
    assert judge_change(COMMIT_RULE, [(9.0, 5, "go"), (9.0, 2, "c")]).language == "go"
    assert judge_change(COMMIT_RULE, [(9.0, 5, "c"), (9.0, 2, "go")]).language == "c"


def test_too_few_functions_give_no_commit_verdict() -> None:
    whole, (verdicts,) = JUDGE.change([file(1.0, 2.0, written="yn")])
    assert whole is not None
    assert (whole.band, whole.functions, whole.reason) == (None, 1, ChangeReason.TOO_FEW_FUNCTIONS)
    # And a lone function gets no evidence from its commit.
    assert verdicts == file(1.0, 2.0, written="nn").verdicts


def test_function_gets_evidence_from_its_commit_and_its_file() -> None:
    files = [file(1.0, 2.0, 3.0, written="yyn"), file(-4.0, written="y")]
    _, ((first, second, third), (alone,)) = JUDGE.change(files)
    # The first also gets evidence from its file, by the rule for both.
    commit_rule, file_rule = COMMIT_CONTEXT.commit, FILE_AND_COMMIT_CONTEXT.file
    assert commit_rule is not None
    assert file_rule is not None
    in_commit = commit_rule.evidence_for_one([2.0, -4.0])
    in_file = file_rule.evidence_for_one([2.0, 3.0])
    assert (first.commit_evidence, first.file_evidence) == pytest.approx((in_commit, in_file))
    assert (first.commit_neighbours, first.neighbours) == (2, 2)
    assert first.probability == pytest.approx(
        FILE_AND_COMMIT_CONTEXT.scale.probability(1.0 + in_commit + in_file)
    )
    assert first.logit == 1.0
    assert first.own_probability == files[0].verdicts[0].own_probability
    assert second.commit_evidence == pytest.approx(commit_rule.evidence_for_one([1.0, -4.0]))
    # The change only touched the third.
    assert third == files[0].verdicts[2]
    from_commit = commit_rule.evidence_for_one([1.0, 2.0])
    assert (alone.commit_evidence, alone.file_evidence) == (pytest.approx(from_commit), None)
    assert alone.probability == pytest.approx(COMMIT_CONTEXT.scale.probability(-4.0 + from_commit))


def test_without_context_functions_are_judged_alone() -> None:
    files = [file(1.0, 2.0, written="yy", in_context=False)]
    whole, verdicts = JUDGE.change(files)
    assert whole is not None
    assert whole.band is not None
    assert verdicts == [files[0].verdicts]


def test_model_without_commit_rules_gives_no_change_verdict() -> None:
    plain = Judge(
        Calibration(
            FILE_CONTEXT.scale, min_lines=3, min_characters=30, max_lines=300, file_context=FILE_CONTEXT
        )
    )
    files = [file(1.0, 2.0, written="yy")]
    assert plain.change(files) == (None, [files[0].verdicts])
