"""The evidence that a commit's other functions add, with and without those of the file."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from codeorigin.model.calibration.context import Context
from codeorigin.model.calibration.neighbours import NeighbourRule
from support.tiny_model import FILE_CONTEXT

COMMIT = NeighbourRule(weight=1.2, prior_functions=1.0, neutral=0.5)
FILE = NeighbourRule(weight=0.4, prior_functions=1.0, neutral=0.5)
IN_COMMIT = Context(FILE_CONTEXT.scale, commit=COMMIT)
IN_BOTH = Context(FILE_CONTEXT.scale, file=FILE, commit=COMMIT)
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


@pytest.mark.parametrize("context", [IN_COMMIT, IN_BOTH, FILE_CONTEXT])
def test_the_manifest_entry_round_trips(context: Context) -> None:
    assert Context.from_manifest(context.to_manifest()) == context


def test_context_without_any_rule_is_refused() -> None:
    with pytest.raises(ValueError, match="needs a rule"):
        Context(FILE_CONTEXT.scale)
