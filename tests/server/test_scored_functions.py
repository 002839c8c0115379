"""What is kept of scores is bounded by bytes."""

from pathlib import Path

from codeorigin.analyzer import Analyzer
from codeorigin.model.verdict import Band, Verdict
from codeorigin.scored_functions import SCORE_BYTES
from support.deep_size import deep_size


def test_a_verdict_fits_its_estimate() -> None:
    floats = [0.5 + n for n in range(12)]
    verdict = Verdict(*floats[:2], Band.LLM, None, *floats[2:8], 300, *floats[8:10], 300)
    assert deep_size(verdict) + 300 <= SCORE_BYTES


def test_the_analyzers_scores_stay_within_their_bytes(tiny_model_dir: Path) -> None:
    analyzer = Analyzer.load(tiny_model_dir)
    for number in range(30):
        text = "\n\n".join(
            f"def f_{number}_{each}(values, limit):\n    total = {each}\n    for value in values:\n"
            f"        if value < limit:\n            total += value * {number}\n    return total\n"
            for each in range(10)
        )
        analyzer.analyze(text, "python")
    assert len(analyzer._scores.kept) == 300
    assert analyzer._scores.kept.bytes == 300 * SCORE_BYTES
