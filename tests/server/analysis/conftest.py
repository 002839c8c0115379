"""An analyzer with the tiny model, and a record of how much it scores."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from codeorigin.analysis.analyzer import Analyzer
from codeorigin.model.scoring.inputs import RawScore
from codeorigin.model.scoring.scorer import Scorer


@pytest.fixture
def analyzer(tiny_model_dir: Path) -> Analyzer:
    return Analyzer.load(tiny_model_dir)


@pytest.fixture
def scored(monkeypatch: pytest.MonkeyPatch) -> list[int]:
    """How many functions each call of the scorer was given."""
    counts: list[int] = []
    original = Scorer.score_functions

    def counting(self: Scorer, functions: list, *args: object) -> Iterator[RawScore]:
        counts.append(len(functions))
        return original(self, functions, *args)  # type: ignore[arg-type]

    monkeypatch.setattr(Scorer, "score_functions", counting)
    return counts
