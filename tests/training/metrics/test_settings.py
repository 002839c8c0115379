"""Figures by setting on made-up projects, checked against counts by hand."""

from dataclasses import replace

import numpy as np
import pytest

from codeorigin.model.calibration.calibration import Calibration
from codeorigin_training.data.rows import Row
from codeorigin_training.metrics.settings import setting_metrics
from codeorigin_training.thresholds.config import CalibrateConfig
from codeorigin_training.thresholds.fit import fit_calibration
from support.corpus_rows import row


def rows_of(seed: int, count: int = 40) -> tuple[list[Row], np.ndarray]:
    """Every other project holds old, modern and LLM code; the others are an agent's alone, and easier.

    In the odd ones of the mixed projects all human code scores 2 higher.
    """
    generator = np.random.default_rng(seed)
    rows: list[Row] = []
    logits: list[float] = []

    def add(project: int, number: int, centre: float, **fields: object) -> None:
        rows.append(row(f"{len(rows)}.py", repo=f"{seed}/{project}", lines=(5, 12)[number % 2], **fields))
        logits.append(centre + generator.normal())

    for project in range(count):
        if project % 2:
            for number in range(20):
                add(project, number, 3.0, agent="copilot", evidence="A-author")
            continue
        careful = 2.0 * (project % 4 == 2)
        for number in range(40):
            add(project, number, -2.0 + careful, label=0)
            add(project, number, -1.0 + careful, label=0, modern=True)
        for number in range(10):
            add(project, number, 1.0 + careful, agent="claude", evidence="B-trailer")
    return rows, np.array(logits)


@pytest.fixture(scope="module")
def calibration() -> Calibration:
    rows, logits = rows_of(0)
    return fit_calibration(rows, logits, CalibrateConfig(llm_rate=0.05, fewest_repositories=10))


def test_each_setting_has_its_functions(calibration: Calibration) -> None:
    rows, logits = rows_of(1)
    found = setting_metrics(rows, logits, calibration)
    assert (found["in_projects"]["functions"], found["in_projects"]["repositories"]) == (200, 20)
    assert (found["built"]["functions"], found["built"]["repositories"]) == (400, 20)
    assert {name: each["functions"] for name, each in found["agents"].items()} == {
        "copilot": 400,
        "claude": 200,
    }
    assert {name: each["functions"] for name, each in found["evidence"].items()} == {
        "A-author": 400,
        "B-trailer": 200,
    }
    assert {name: each["functions"] for name, each in found["lengths"].items()} == {
        "1 to 8 lines": 300,
        "9 to 15 lines": 300,
    }


def test_shares_are_means_over_projects(calibration: Calibration) -> None:
    rows, logits = rows_of(1)
    found = setting_metrics(rows, logits, calibration)["built"]["by_text"]
    llm = np.array([each.agent == "copilot" for each in rows])
    above = logits[llm] >= calibration.alone.thresholds("python").llm
    assert found["called"]["share"] == pytest.approx(above.mean())
    assert found["auroc"] > 0.95
    low, high = found["auroc_interval_90"]
    assert low <= found["auroc"] <= high


def test_the_past_helps_between_projects_whose_people_differ(calibration: Calibration) -> None:
    rows, logits = rows_of(1)
    rule = calibration.past
    assert rule is not None
    found = setting_metrics(rows, logits, calibration)
    inside = found["in_projects"]
    assert inside["by_text_and_past"]["auroc"] > inside["by_text"]["auroc"] + 0.005
    past = found["past"]
    assert past["by_text"]["human_called"]["repositories"] == 20
    assert past["by_text_and_past"]["over_5_percent"] <= past["by_text"]["over_5_percent"]


def test_with_the_past_as_much_human_code_is_called_as_promised(calibration: Calibration) -> None:
    assert calibration.with_past is not None
    rows, logits = rows_of(1)
    found = setting_metrics(rows, logits, calibration)
    assert found["past"]["by_text_and_past"]["human_called"]["share"] == pytest.approx(0.05, abs=0.02)
    # By the calibration without the past it would be less, and so would the LLM functions found.
    unfitted = setting_metrics(
        rows, logits, replace(calibration, with_past=replace(calibration, past=None, with_past=None))
    )
    human = [each["past"]["by_text_and_past"]["human_called"]["share"] for each in (unfitted, found)]
    assert human[0] < human[1]
    called = [each["in_projects"]["by_text_and_past"]["called"]["share"] for each in (unfitted, found)]
    assert called[0] < called[1]


def test_without_a_rule_for_the_past_there_are_no_figures_of_it(calibration: Calibration) -> None:
    rows, logits = rows_of(1)
    found = setting_metrics(rows, logits, replace(calibration, past=None, with_past=None))
    assert found["past"] is None
    assert "by_text_and_past" not in found["in_projects"]
