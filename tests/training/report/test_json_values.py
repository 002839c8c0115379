import json
import math

import pytest

from codeorigin_training.metrics.figures import Estimate
from codeorigin_training.report.contents import Faithfulness, LearningPoint, Report, Subject
from codeorigin_training.report.json_values import from_json_value, to_json_value


def test_report_survives_json_round_trip() -> None:
    points = (LearningPoint(32, 900, (0.75, None), (0.5,)),)
    text = json.dumps(to_json_value(points))
    assert from_json_value(tuple[LearningPoint, ...], json.loads(text)) == points
    empty = Faithfulness(0, 0, (0.1, 0.5), (), ())
    assert from_json_value(Faithfulness | None, json.loads(json.dumps(to_json_value(empty)))) == empty  # type: ignore[arg-type]


def test_report_from_before_a_section_existed_lacks_it() -> None:
    report = Report(Subject("m", "d", "c", 4, 2, ""))
    plain = to_json_value(report)
    del plain["transfer"]
    assert from_json_value(Report, plain) == report


def test_non_finite_numbers_are_null() -> None:
    assert to_json_value(Estimate(math.nan, -math.inf, 1 / 3)) == {
        "value": None,
        "low": None,
        "high": 0.333333,
    }


def test_other_structures_are_rejected() -> None:
    with pytest.raises(ValueError, match="value, low, high"):
        from_json_value(Estimate, {"value": 1.0})
    with pytest.raises(ValueError, match="value, low, high"):
        from_json_value(Estimate, {"value": 1.0, "low": None, "high": None, "more": 1.0})
    with pytest.raises(ValueError, match="float is wanted"):
        from_json_value(Estimate, {"value": "high", "low": None, "high": None})
