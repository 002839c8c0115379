"""The long table, checked against counts by hand."""

import numpy as np
import pytest

from codeorigin.model.calibration.calibration import Calibration
from codeorigin_training.metrics.table import BUILT, IN_PROJECTS, MODERN, Measured, measured_table
from codeorigin_training.thresholds.config import CalibrateConfig
from codeorigin_training.thresholds.fit import fit_calibration
from support.corpus_rows import row


@pytest.fixture(scope="module")
def calibration() -> Calibration:
    rows = [row("a.py", repo=f"o/{number}", label=number % 2) for number in range(80)]
    logits = np.array([4.0 * each.label - 2.0 for each in rows])
    return fit_calibration(rows, logits, CalibrateConfig(llm_rate=0.2, human_rate=0.2))


def test_shares_are_means_over_projects_by_who_else_wrote_there(calibration: Calibration) -> None:
    rows = [row(f"{n}.py", repo="people/a", label=0, modern=True) for n in range(15)]
    rows += [row(f"l{n}.py", repo="people/a", label=1) for n in range(10)]
    rows += [row(f"{n}.py", repo="agent/b", label=1) for n in range(4)]
    logits = np.array([*[-9.0] * 12, *[9.0] * 3, *[9.0] * 4, *[-9.0] * 6, *[9.0] * 4])
    found = {
        (each.population, each.statistic): each
        for each in measured_table(rows, logits, calibration)
        if each.context == "by_text"
    }
    assert found[MODERN, "called llm"] == Measured(MODERN, "by_text", "called llm", 0.2, None, None, 15, 1, 1)
    assert [found[IN_PROJECTS, name].value for name in ("called llm", "called human", "unsure")] == [
        0.4,
        0.6,
        0,
    ]
    assert (found[BUILT, "called llm"].value, found[BUILT, "called llm"].n) == (1.0, 4)
    # Of 10 LLM functions 4 score above 12 of 15 human ones and tie with 3; the others tie with 12.
    by_hand = (4 * (12 + 1.5) + 6 * 6) / 150
    assert found[IN_PROJECTS, "auroc"].value == pytest.approx(by_hand, abs=0.1)
