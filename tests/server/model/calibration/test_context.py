"""The rules for functions with others in their commit, with and without those of the file."""

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


@given(LOGITS)
def test_evidence_for_one_function_matches_evidence_for_all(logits: list[float]) -> None:
    one_by_one = [COMMIT.evidence_for_one(logits[:n] + logits[n + 1 :]) for n in range(len(logits))]
    assert one_by_one == pytest.approx(COMMIT.evidence(logits), abs=1e-9)


@pytest.mark.parametrize("context", [IN_COMMIT, IN_BOTH, FILE_CONTEXT])
def test_the_manifest_entry_round_trips(context: Context) -> None:
    assert Context.from_manifest(context.to_manifest()) == context


def test_context_without_any_rule_is_refused() -> None:
    with pytest.raises(ValueError, match="needs a rule"):
        Context(FILE_CONTEXT.scale)
