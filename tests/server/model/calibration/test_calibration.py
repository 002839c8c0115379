"""The rules of a calibration, and their entries in a manifest."""

import json
import math
from dataclasses import replace
from typing import Any

import pytest

from codeorigin.model.calibration.calibration import Calibration
from codeorigin.model.calibration.manifest_entry import ManifestEntry
from codeorigin.model.calibration.neighbours import Context
from codeorigin.model.past import PastRule
from support.scales import scale
from support.tiny_model import COMMIT_CONTEXT, COMMIT_RULE, FILE_AND_COMMIT_CONTEXT, FILE_CONTEXT, FILE_RULE

SCALE = scale(3.0, 0.0, {"go": (4.0, -1.0)}, temperature=2.0, shift=1.0)
PAST_RULE = PastRule(quantile=0.9, weight=1.0, prior_functions=20.0, typical=-1.0, fewest_functions=30)
BARE = Calibration(SCALE, min_lines=3, min_characters=40, max_lines=300)
RULES: dict[str, Any] = {
    "file_context": FILE_CONTEXT,
    "file": FILE_RULE,
    "commit": COMMIT_RULE,
    "commit_context": COMMIT_CONTEXT,
    "file_and_commit_context": FILE_AND_COMMIT_CONTEXT,
}
WITH_PAST = replace(BARE, past=PAST_RULE, with_past=replace(BARE, alone=scale(1.0, -2.0, {})))


@pytest.mark.parametrize("names", [[], *([name] for name in RULES), list(RULES)])
def test_entry_has_the_rules_of_the_calibration_and_is_read_back(names: list[str]) -> None:
    calibration = replace(BARE, **{name: RULES[name] for name in names})
    entry = calibration.to_manifest()
    assert set(RULES) & set(entry) == set(names)
    assert Calibration.from_manifest(json.loads(json.dumps(entry))) == calibration


def test_past_and_the_calibration_with_it_come_together() -> None:
    assert Calibration.from_manifest(WITH_PAST.to_manifest()) == WITH_PAST
    for missing in ("past", "with_past"):
        with pytest.raises(ValueError, match="the past needs"):
            replace(WITH_PAST, **{missing: None})


def test_fields_of_a_scale_stand_among_those_of_its_rule() -> None:
    assert list(COMMIT_RULE.to_manifest()) == [
        *("prior_lines", "prior_logit", "fewest_functions"),
        *COMMIT_RULE.scale.to_manifest(),
    ]
    assert list(COMMIT_CONTEXT.to_manifest()) == ["commit", *COMMIT_CONTEXT.scale.to_manifest()]


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
def test_swapped_rules_are_refused(wrong: dict[str, Any]) -> None:
    with pytest.raises(ValueError, match="something else"):
        replace(BARE, **wrong)


def test_context_without_any_rule_is_refused() -> None:
    with pytest.raises(ValueError, match="needs a rule"):
        Context(scale=SCALE)


IN_FILE = FILE_CONTEXT.file


@pytest.mark.parametrize(
    ("rule", "change", "message"),
    [
        (SCALE, {"temperature": 0.0}, "not positive"),
        (SCALE, {"llm_rate": 0.0}, "between 0 and 1"),
        (SCALE, {"logits": [2.0, 1.0, 3.0, 4.0]}, "must rise"),
        (SCALE, {"logits": []}, "must rise"),
        (SCALE, {"logits": [1.0, 2.0]}, "needs its shares"),
        (SCALE, {"everywhere": {"human": [0.0, 1.0], "llm": [0.0, 1.0]}}, "must fall"),
        (SCALE, {"everywhere": {"human": [2.0, 1.0], "llm": [0.0, 1.0]}}, "between 0 and 1"),
        (SCALE, {"everywhere": {"human": [math.nan], "llm": [0.0]}}, "between 0 and 1"),
        (FILE_RULE, {"temperature": 0.0}, "temperature"),
        (FILE_RULE, {"prior_lines": -1.0}, "prior_lines"),
        (FILE_RULE, {"prior_lines": math.nan}, "prior_lines"),
        (FILE_RULE, {"fewest_functions": 0}, "fewest_functions"),
        (IN_FILE, {"weight": 0.0}, "weight must be positive"),
        (IN_FILE, {"weight": -1.0}, "weight must be positive"),
        (IN_FILE, {"prior_functions": -0.5}, "weight must be positive"),
        (PAST_RULE, {"quantile": 1.5}, "must be a share"),
        (PAST_RULE, {"weight": 0.0}, "must be a share"),
        (PAST_RULE, {"prior_functions": -1.0}, "must be a share"),
        (PAST_RULE, {"fewest_functions": 0}, "at least one"),
    ],
)
def test_rule_out_of_range_is_refused(rule: ManifestEntry, change: dict[str, object], message: str) -> None:
    with pytest.raises(ValueError, match=message):
        type(rule).from_manifest({**rule.to_manifest(), **change})
