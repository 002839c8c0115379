from dataclasses import replace

import pytest

from codeorigin.model.calibration.calibration import Calibration
from codeorigin.model.calibration.file_context import FileContext
from codeorigin.model.calibration.neighbours import NeighbourRule
from codeorigin.model.calibration.scale import Scale, Thresholds
from codeorigin.model.file_verdict import FileRule

ALONE = Scale(2.0, 1.0, 0.01, Thresholds(3.0, 0.0), {"go": Thresholds(4.0, -1.0)}, (0.0, 5.0), (0.5, 0.002))
CALIBRATION = Calibration(ALONE, min_lines=3, min_characters=40)
CONTEXT = FileContext(NeighbourRule(0.8, 1.0, -0.1), replace(ALONE, temperature=1.5))
FILE = FileRule(20.0, 0.0, 4, Scale(0.4, 0.1, 0.01, Thresholds(1.4, -0.7), {}, (-1.0, 1.0), (1.0, 0.01)))


def test_calibration_without_file_rules_round_trips() -> None:
    entry = CALIBRATION.to_manifest()
    assert {"file_context", "file"}.isdisjoint(entry)
    assert Calibration.from_manifest(entry) == CALIBRATION


@pytest.mark.parametrize(
    "rules", [{"file_context": CONTEXT}, {"file": FILE}, {"file_context": CONTEXT, "file": FILE}]
)
def test_file_rules_round_trip_through_the_manifest(rules: dict[str, object]) -> None:
    calibration = replace(CALIBRATION, **rules)  # type: ignore[arg-type]
    assert Calibration.from_manifest(calibration.to_manifest()) == calibration


@pytest.mark.parametrize("entry", [{"file": {"prior_lines": 1.0}}, {"file_context": {"weight": 0.8}}])
def test_incomplete_rule_is_refused(entry: dict[str, object]) -> None:
    with pytest.raises(KeyError):
        Calibration.from_manifest({**CALIBRATION.to_manifest(), **entry})
