"""The bundle as the server runs it: logits and answers of functions, from the bundle's graph and thresholds."""

from collections.abc import Callable, Sequence
from itertools import groupby
from pathlib import Path

import numpy as np

from codeorigin.explain.explainer import Explainer
from codeorigin.model.bundle import Bundle
from codeorigin.model.reading.normalize import normalize
from codeorigin.model.scoring.scorer import Scorer
from codeorigin_training.arrays import Floats
from codeorigin_training.data.rows import Row
from codeorigin_training.metrics.answers import Answers, answers_of

Logits = Callable[[Sequence[Row]], Floats]
"""Rows -> logits ``(n,)``, higher for ``llm``."""


class Detector:
    """A bundle's scorer, explainer and calibration."""

    def __init__(self, directory: Path) -> None:
        """Load the bundle.

        Raises:
            ModelError: the bundle is missing, broken, or does not match its manifest.
        """
        self.bundle = Bundle.load(directory)
        self.scorer = Scorer.of(self.bundle, threads=1)
        self.explainer = Explainer(self.scorer, self.bundle.gradient_path, threads=1)

    def logits(self, rows: Sequence[Row]) -> Floats:
        """Raw logits ``(len(rows),)``."""
        return self.score_texts([(row.code, row.language) for row in rows])

    def score_texts(self, texts: Sequence[tuple[str, str]]) -> Floats:
        """Raw logits ``(len(texts),)`` of (code, language) pairs."""
        logits: list[float] = []
        for language, together in groupby(texts, key=lambda text: text[1]):
            functions = [normalize(code, language) for code, _ in together]
            logits += [raw.logit for raw in self.scorer.score_functions(functions, language)]
        return np.array(logits, dtype=np.float64)

    def answers(self, rows: Sequence[Row], logits: Floats) -> Answers:
        """Answers of the shipped thresholds for ``logits`` ``(n,)``, each function by its own text."""
        return answers_of(rows, logits, self.bundle.calibration.alone)
