"""Whether a deep part is kept, judged by its ranking of made-up rows."""

import numpy as np

from codeorigin_training.arrays import Floats
from codeorigin_training.data.rows import Row
from codeorigin_training.thresholds.decision import deep_part_helps


def decide(deep_by_label: float, *, least: float = 0.005) -> tuple[bool, list[str]]:
    """The decision on old human, modern human and LLM code, about which the wide part knows something."""
    generator = np.random.default_rng(0)
    rows = [
        Row("x", "go", label, f"owner/project{number}", "", modern, False, 3)
        for number in range(60)
        for label, modern in ((0, False), (0, True), (1, False))
    ]
    labels = np.array([row.label for row in rows])
    wide: Floats = generator.normal(size=len(rows)) + labels
    deep: Floats = generator.normal(size=len(rows)) + deep_by_label * labels
    lines: list[str] = []
    return deep_part_helps(rows, wide, deep, least, lines.append), lines


def test_helpful_deep_part_is_kept() -> None:
    kept, lines = decide(2.0)
    assert kept
    assert [line.split(":")[0] for line in lines] == ["AUROC on old human code", "AUROC on modern human code"]


def test_deep_part_that_gains_too_little_is_left_out() -> None:
    for found, lines in (decide(0.0), decide(2.0, least=0.5)):
        assert not found
        assert [line.split(": ")[1].split(" on ")[1] for line in lines if "left out" in line] == [
            "old human code",
            "modern human code",
        ]
