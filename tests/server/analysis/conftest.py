"""An analyzer with the tiny model, and a record of how much it scores."""

from pathlib import Path

import pytest

from codeorigin.analysis.analyzer import Analyzer
from codeorigin.model.scoring.scorer import Scorer


@pytest.fixture
def analyzer(tiny_model_dir: Path) -> Analyzer:
    return Analyzer.load(tiny_model_dir)


@pytest.fixture
def scored(monkeypatch: pytest.MonkeyPatch) -> list[int]:
    """How many functions each call of the scorer was given."""
    counts: list[int] = []
    original = Scorer.score

    def counting(self: Scorer, features: list, *args: object) -> list:
        counts.append(len(features))
        return original(self, features, *args)

    monkeypatch.setattr(Scorer, "score", counting)
    return counts
