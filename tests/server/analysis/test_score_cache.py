"""Each text is scored once, and the cache of scores is bounded in bytes."""

from collections.abc import Iterator, Sequence
from pathlib import Path

from codeorigin.analysis.analyzer import Analyzer
from codeorigin.analysis.score_cache import SCORE_BYTES, ScoreCache
from codeorigin.cancellation import NEVER, CancelToken
from codeorigin.functions.documents import Document
from codeorigin.model.calibration.judge import Scored
from codeorigin.model.calibration.promise import Group
from codeorigin.model.reading.normalize import Normalized
from codeorigin.model.scoring.features import RawScore
from codeorigin.model.scoring.scorer import Scorer
from codeorigin.model.verdict import Band, Verdict
from support.deep_size import deep_size


class CountingScorer(Scorer):
    """Gives each function its position as its logit, and records how many it was given per call."""

    def __init__(self) -> None:
        self.given: list[int] = []

    def score_functions(
        self, functions: Sequence[Normalized], language: str, cancel: CancelToken = NEVER
    ) -> Iterator[RawScore]:
        del language
        self.given.append(len(functions))
        for number, _ in enumerate(functions):
            cancel.raise_if_cancelled()
            yield RawScore(float(number), 0.0, 0.0, 0)


def long_enough(function: Normalized) -> bool:
    return len(function.text) > 8


def test_only_functions_not_in_the_cache_are_scored() -> None:
    scorer = CountingScorer()
    scores = ScoreCache(scorer, long_enough)
    first = scores.of({"a": "x = 1; y = 2", "short": "x", "b": "z = x + y + 1"}, "python")
    assert first["short"] is None
    assert [scored.score.logit for scored in (first["a"], first["b"]) if scored is not None] == [0.0, 1.0]
    again = scores.of({"b": "z = x + y + 1", "short": "x", "c": "total = [1, 2]"}, "python")
    assert again["b"] is first["b"]
    assert again["short"] is None
    assert scorer.given == [2, 1]


def test_verdict_and_score_fit_the_size_estimate() -> None:
    floats = [0.5 + n for n in range(12)]
    verdict = Verdict(*floats[:2], Band.LLM, None, *floats[2:8], 300, *floats[8:10], 300)
    assert deep_size(verdict) + 300 <= SCORE_BYTES
    score = Scored(RawScore(0.5, 0.25, 0.125, 300), Group.DOCUMENTED)
    assert deep_size(score) + 300 <= SCORE_BYTES


def test_analyzers_scores_take_the_estimated_bytes(tiny_model_dir: Path) -> None:
    analyzer = Analyzer.load(tiny_model_dir)
    for number in range(30):
        text = "\n\n".join(
            f"def f_{number}_{each}(values, limit):\n    total = {each}\n    for value in values:\n"
            f"        if value < limit:\n            total += value * {number}\n    return total\n"
            for each in range(10)
        )
        analyzer.analyze(Document(text, "python"))
    assert len(analyzer._scores.kept) == 300
    assert analyzer._scores.kept.bytes == 300 * SCORE_BYTES
