"""The evidence that a commit's other functions add, with and without those of the file."""

from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from codeorigin.model.calibration.calibration import Calibration
from codeorigin.model.calibration.commit_context import CommitContext
from codeorigin.model.calibration.neighbours import NeighbourRule
from codeorigin.model.calibration.pooled_rule import PooledRule
from support.tiny_model import FILE_CONTEXT, FILE_RULE

COMMIT = NeighbourRule(weight=1.2, prior_functions=1.0, neutral=0.5)
FILE = NeighbourRule(weight=0.4, prior_functions=1.0, neutral=0.5)
IN_COMMIT = CommitContext(COMMIT, FILE_CONTEXT.scale)
IN_BOTH = CommitContext(COMMIT, FILE_CONTEXT.scale, file=FILE)
LOGITS = st.lists(st.floats(-20, 20), min_size=2, max_size=20)


def test_commit_and_file_both_add_evidence() -> None:
    assert IN_COMMIT.evidence([1.5, 2.5]) == pytest.approx(1.2 * 3.0 / 3)
    assert IN_BOTH.evidence([1.5, 2.5], [-0.5]) == pytest.approx(1.2 * 3.0 / 3 + 0.4 * -1.0 / 2)
    # Without a rule for it, the file adds nothing.
    assert IN_COMMIT.evidence([1.5, 2.5], [9.0]) == IN_COMMIT.evidence([1.5, 2.5])


def test_lone_function_gets_no_evidence() -> None:
    assert IN_COMMIT.evidence([]) == IN_BOTH.evidence([], []) == 0.0


@given(LOGITS)
def test_evidence_for_one_function_matches_evidence_for_all(logits: list[float]) -> None:
    one_by_one = [COMMIT.evidence_for_one(logits[:n] + logits[n + 1 :]) for n in range(len(logits))]
    assert one_by_one == pytest.approx(COMMIT.evidence(logits), abs=1e-9)


@given(LOGITS, st.randoms())
def test_the_order_of_the_others_does_not_matter(logits: list[float], random: object) -> None:
    shuffled = list(logits)
    random.shuffle(shuffled)  # type: ignore[attr-defined]
    assert IN_BOTH.evidence(shuffled, logits) == IN_BOTH.evidence(logits, shuffled)


@pytest.mark.parametrize("context", [IN_COMMIT, IN_BOTH])
def test_the_manifest_entry_round_trips(context: CommitContext) -> None:
    assert CommitContext.from_manifest(context.to_manifest()) == context


def test_calibration_round_trips_with_and_without_commit_rules() -> None:
    bare = Calibration(FILE_CONTEXT.scale, min_lines=3, min_characters=60)
    assert bare.commit is bare.commit_context is bare.file_and_commit_context is None
    assert Calibration.from_manifest(bare.to_manifest()) == bare
    whole = replace(
        bare,
        commit=PooledRule.from_manifest(FILE_RULE.to_manifest()),
        commit_context=IN_COMMIT,
        file_and_commit_context=IN_BOTH,
    )
    assert Calibration.from_manifest(whole.to_manifest()) == whole


@pytest.mark.parametrize("wrong", [{"commit_context": IN_BOTH}, {"file_and_commit_context": IN_COMMIT}])
def test_swapped_rules_are_refused(wrong: dict[str, CommitContext]) -> None:
    with pytest.raises(ValueError, match="commit_context"):
        Calibration(FILE_CONTEXT.scale, min_lines=3, min_characters=60, **wrong)  # type: ignore[arg-type]
