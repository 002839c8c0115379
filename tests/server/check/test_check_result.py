"""What counts as a finding, and the totals."""

import pytest

from codeorigin.check.result import Summary
from codeorigin.model.verdict import Band, Limits, Reason, Verdict
from support.check_results import HUMAN, LLM, UNSURE, check_result, checked_file


@pytest.mark.parametrize(
    ("verdict", "threshold", "finding"),
    [
        (LLM, None, True),
        (UNSURE, None, False),
        (HUMAN, None, False),
        (LLM, 0.97, True),
        (LLM, 0.98, False),
        (UNSURE, 0.5, True),
        (HUMAN, 0.0, True),
        (Verdict.without(Reason.NESTED), None, False),
        (Verdict.without(Reason.TOO_SHORT), 0.0, False),
    ],
)
def test_given_threshold_replaces_the_one_of_the_model(
    verdict: Verdict, threshold: float | None, finding: bool
) -> None:
    (function, *_) = checked_file(verdicts={"fast": verdict}).functions
    assert function.within(Limits(threshold), frozenset()).is_finding is finding


def test_bands_are_those_that_an_editor_shows() -> None:
    given = checked_file(verdicts={"fast": LLM, "Shelf.put": HUMAN})
    for limits in (Limits(), Limits(0.99), Limits(0.0), Limits(None, 0.5)):
        shown = [function.within(limits, frozenset()).verdict.band for function in given.functions]
        assert shown == [limits.band(function.verdict) for function in given.functions]


def test_totals_count_only_outermost_functions() -> None:
    summary = check_result(checked_file()).summary
    assert (summary.files, summary.functions, summary.scored, summary.findings) == (1, 3, 2, 1)
    assert summary.bands == {Band.HUMAN: 0, Band.UNSURE: 1, Band.LLM: 1}
    assert summary.reasons == {Reason.TOO_SHORT: 1}
    assert summary.functions_per_second == 6.0
    assert Summary().functions_per_second is None
