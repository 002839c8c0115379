"""Thresholds on made-up repositories for which the truth is known."""

from dataclasses import replace

import numpy as np
import numpy.typing as npt
import pytest

from codeorigin.errors import CodeOriginError
from codeorigin.model.calibration.promise import Group
from codeorigin_training.data.rows import Row
from codeorigin_training.thresholds.config import CalibrateConfig
from codeorigin_training.thresholds.conformal import repository_rate
from codeorigin_training.thresholds.fit import fit_calibration

LONG = "def total(values):\n    result = sum(value.amount for value in values)\n    return round(result, 2)"
CONFIG = CalibrateConfig(rate=0.05)

Floats = npt.NDArray[np.float64]


def drawn(
    generator: np.random.Generator, repositories: int, *, modern_shift: float = 0.7, prefix: str = "a"
) -> tuple[list[Row], Floats]:
    """Human code of both eras and LLM code; each repository has its own level, and modern code scores higher."""
    rows, logits = [], []
    for repository in range(repositories):
        level = generator.normal()
        language = "python" if repository % 4 else "go"
        for label, modern in ((0, False), (0, True), (1, False)):
            for _ in range(int(generator.integers(1, 6))):
                rows.append(Row(LONG, language, label, f"{prefix}/{repository}", "", modern, False, 3))
                logits.append(level + generator.normal() + 4.0 * label + modern_shift * modern)
    return rows, np.array(logits)


def rates(rows: list[Row], above: npt.NDArray[np.bool_]) -> tuple[float, float]:
    """False-positive rates on old and on modern code."""
    repositories = np.unique([row.repo for row in rows], return_inverse=True)[1].astype(np.int64)
    found = []
    for modern in (False, True):
        era = np.array([row.label == 0 and row.modern is modern for row in rows])
        found.append(repository_rate(above[era], repositories[era]))
    return found[0], found[1]


def test_promise_holds_on_new_repositories_of_both_eras() -> None:
    """Over many draws; a threshold from old code alone breaks it on modern code, so the test can fail."""
    generator = np.random.default_rng(0)
    new_rows, new_logits = drawn(generator, 400, prefix="new")
    found, old_alone = [], []
    for _ in range(16):
        rows, logits = drawn(generator, 80)
        weights = np.ones(len(rows))
        calibration = fit_calibration(rows, logits, weights, CONFIG)
        found.append(rates(new_rows, new_logits >= calibration.alone.default.llm))
        old = [number for number, row in enumerate(rows) if not row.modern]
        old_only = fit_calibration([rows[number] for number in old], logits[old], weights[old], CONFIG)
        old_alone.append(rates(new_rows, new_logits >= old_only.alone.default.llm))
    old_rate, modern_rate = np.mean(found, axis=0)
    # Conformal risk control loses at most two repositories' worth of the rate.
    assert 0.05 - 2 / 81 - 0.005 <= modern_rate <= 0.05
    assert old_rate < modern_rate
    assert np.mean(old_alone, axis=0)[1] > 0.06


def test_language_with_enough_repositories_has_own_threshold_and_promise() -> None:
    generator = np.random.default_rng(1)
    rows, logits = drawn(generator, 64)
    is_go = np.array([row.language == "go" for row in rows])
    logits = logits - 3.0 * ~is_go
    scale = fit_calibration(rows, logits, np.ones(len(rows)), CONFIG).alone
    assert scale.promise("python", Group.BARE).language == "python"
    assert scale.promise("python", Group.BARE).repositories == 48
    # 16 Go repositories are too few for 5 %.
    assert scale.promise("go", Group.BARE).language is None
    assert scale.thresholds("python", Group.BARE).llm < scale.default.llm - 0.2
    assert scale.thresholds("go", Group.BARE).llm >= scale.default.llm


def test_functions_too_short_for_verdict_do_not_count() -> None:
    generator = np.random.default_rng(2)
    rows, logits = drawn(generator, 60)
    expected = fit_calibration(rows, logits, np.ones(len(rows)), CONFIG)
    short = [replace(row, code="def f():\n    return 1\n\n\n") for row in rows]
    both, high = rows + short, np.concatenate([logits, logits + 9.0])
    assert fit_calibration(both, high, np.ones(len(both)), CONFIG) == expected
    with pytest.raises(CodeOriginError, match="long enough for a verdict"):
        fit_calibration(short, logits, np.ones(len(rows)), CONFIG)


def test_too_few_repositories_are_reported() -> None:
    rows, logits = drawn(np.random.default_rng(3), 10)
    with pytest.raises(CodeOriginError, match=r"0\.05 needs 19 repositories with human code"):
        fit_calibration(rows, logits, np.ones(len(rows)), CONFIG)


@pytest.mark.parametrize(
    "wrong",
    [
        {"rate": 0.0},
        {"rate": 1.0},
        {"human_rate": 1.5},
        {"tail_fewest": 0},
        {"fewest_evidence": 0},
        {"tail_share": 0.0},
        {"tail_rate": 1.0},
        {"min_lines": -1},
    ],
)
def test_settings_out_of_range_are_rejected(wrong: dict[str, float]) -> None:
    with pytest.raises(ValueError, match=next(iter(wrong))):
        CalibrateConfig(**wrong)  # type: ignore[arg-type]
