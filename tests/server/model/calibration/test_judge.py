"""Verdicts with a project's past, by the calibration for that."""

from dataclasses import replace

import pytest

from codeorigin.model.calibration.calibration import Calibration
from codeorigin.model.calibration.judge import Judge
from codeorigin.model.past import Past, PastRule
from codeorigin.model.scoring.features import RawScore
from codeorigin.model.verdict import Band
from support.scales import scale

ALONE = Calibration(scale(3.0, 0.0, {}), min_lines=3, min_characters=40, max_lines=300)
RULE = PastRule(quantile=0.5, weight=1.0, prior_functions=0.0, typical=0.0, fewest_functions=1)
CALIBRATION = replace(ALONE, past=RULE, with_past=replace(ALONE, alone=scale(1.5, -1.0, {})))
PAST = Past((0.0, 1.0, 2.0), -1.0)


def test_function_of_a_project_with_a_past_is_read_by_its_own_scale() -> None:
    score = RawScore(2.7, 2.7, 0.0, 1)
    without, with_past = (Judge(CALIBRATION, past).alone(score, "go") for past in (None, PAST))
    assert (without.band, without.logit) == (Band.UNSURE, pytest.approx(2.7))
    assert (with_past.band, with_past.logit) == (Band.LLM, pytest.approx(1.7))
    # What its own text says does not depend on the project.
    assert with_past.own_probability == pytest.approx(without.probability)
