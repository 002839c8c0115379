"""What counts as a finding, and the totals."""

from collections.abc import Callable, Mapping

import pytest

from codeorigin.check.result import CheckedFile, CheckResult, Summary, is_finding, within_limits
from codeorigin.model.limits import Limits
from codeorigin.model.verdict import Band, Reason, Verdict

MakeFile = Callable[..., CheckedFile]
MakeResult = Callable[..., CheckResult]


@pytest.mark.parametrize(
    ("band", "threshold", "finding"),
    [
        (Band.LLM, None, True),
        (Band.UNSURE, None, False),
        (Band.HUMAN, None, False),
        (Band.LLM, 0.97, True),
        (Band.LLM, 0.98, False),
        (Band.UNSURE, 0.5, True),
        (Band.HUMAN, 0.0, True),
    ],
)
def test_given_threshold_replaces_the_one_of_the_model(
    band: Band, threshold: float | None, finding: bool, verdicts: Mapping[Band, Verdict]
) -> None:
    assert is_finding(verdicts[band], Limits(threshold)) is finding


@pytest.mark.parametrize("reason", list(Reason))
@pytest.mark.parametrize("threshold", [None, 0.0])
def test_function_without_a_verdict_is_no_finding(reason: Reason, threshold: float | None) -> None:
    assert not is_finding(Verdict.without(reason), Limits(threshold))


def test_bands_are_those_that_an_editor_shows(
    make_file: Callable[..., CheckedFile], verdicts: Mapping[Band, Verdict]
) -> None:
    given = make_file(verdicts={"fast": verdicts[Band.LLM], "put": verdicts[Band.HUMAN]})
    for limits in (Limits(), Limits(0.99), Limits(0.0), Limits(None, 0.5)):
        shown = within_limits(given, limits).report.functions
        assert [each.verdict.band for each in shown] == [
            limits.band(each.verdict) for each in given.report.functions
        ]
    assert {each.verdict.band for each in within_limits(given, Limits(0.0)).report.functions} <= {
        Band.LLM,
        None,
    }


def test_totals_count_only_outermost_functions(make_result: MakeResult) -> None:
    summary = make_result().summary
    assert (summary.files, summary.functions, summary.scored, summary.findings) == (1, 3, 2, 1)
    assert summary.bands == {Band.HUMAN: 0, Band.UNSURE: 1, Band.LLM: 1}
    assert summary.reasons == {Reason.TOO_SHORT: 1}
    assert summary.functions_per_second == 6.0


def test_empty_summary_has_no_speed() -> None:
    assert Summary().functions_per_second is None
