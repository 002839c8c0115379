from dataclasses import replace

import pytest

from codeorigin.model.calibration.calibration import Calibration
from codeorigin.model.calibration.context import Context
from codeorigin.model.past import PastRule
from support.scales import scale
from support.tiny_model import COMMIT_CONTEXT, COMMIT_RULE, FILE_AND_COMMIT_CONTEXT, FILE_CONTEXT, FILE_RULE

BARE = Calibration(scale(3.0, 0.0, {"go": (4.0, -1.0)}), min_lines=3, min_characters=40, max_lines=300)
RULES = {
    "file_context": FILE_CONTEXT,
    "file": FILE_RULE,
    "commit": COMMIT_RULE,
    "commit_context": COMMIT_CONTEXT,
    "file_and_commit_context": FILE_AND_COMMIT_CONTEXT,
}


@pytest.mark.parametrize("names", [[], *([name] for name in RULES), list(RULES)])
def test_calibration_round_trips_with_any_of_its_rules(names: list[str]) -> None:
    calibration = replace(BARE, **{name: RULES[name] for name in names})  # type: ignore[arg-type]
    entry = calibration.to_manifest()
    assert set(RULES) & set(entry) == set(names)
    assert Calibration.from_manifest(entry) == calibration


def test_past_and_the_calibration_with_it_come_together() -> None:
    rule = PastRule(quantile=0.9, weight=1.0, prior_functions=20.0, typical=-1.0, fewest_functions=30)
    calibration = replace(BARE, past=rule, with_past=replace(BARE, alone=scale(1.0, -2.0, {})))
    assert Calibration.from_manifest(calibration.to_manifest()) == calibration
    with pytest.raises(ValueError, match="the past needs"):
        replace(calibration, with_past=None)
    with pytest.raises(ValueError, match="the past needs"):
        replace(calibration, past=None)


@pytest.mark.parametrize("entry", [{"file": {"prior_lines": 1.0}}, {"file_context": {"weight": 0.8}}])
def test_incomplete_rule_is_refused(entry: dict[str, object]) -> None:
    with pytest.raises(KeyError):
        Calibration.from_manifest({**BARE.to_manifest(), **entry})


@pytest.mark.parametrize(
    "wrong",
    [
        {"commit_context": FILE_AND_COMMIT_CONTEXT},
        {"file_and_commit_context": COMMIT_CONTEXT},
        {"file_context": COMMIT_CONTEXT},
    ],
)
def test_swapped_rules_are_refused(wrong: dict[str, Context]) -> None:
    with pytest.raises(ValueError, match="something else"):
        replace(BARE, **wrong)  # type: ignore[arg-type]
