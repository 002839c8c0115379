"""Each text is scored once, and the cache of scores is bounded in bytes."""

from collections.abc import Iterator, Sequence

from codeorigin.analysis.caches import SCORE_BYTES, ScoreCache
from codeorigin.core.cancellation import NEVER, CancelToken
from codeorigin.model.reading.normalize import Normalized
from codeorigin.model.scoring.inputs import RawScore
from codeorigin.model.scoring.scorer import Scorer
from codeorigin.model.verdict import Band, Reason, Verdict
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


def length_rule(function: Normalized) -> Reason | None:
    return None if len(function.text) > 8 else Reason.TOO_SHORT


def test_only_functions_not_in_the_cache_are_scored() -> None:
    scorer = CountingScorer()
    scores = ScoreCache(scorer, length_rule)
    first = scores.of({"a": "x = 1; y = 2", "short": "x", "b": "z = x + y + 1"}, "python")
    assert first["short"] is Reason.TOO_SHORT
    assert [score.logit for score in first.values() if isinstance(score, RawScore)] == [0.0, 1.0]
    again = scores.of({"b": "z = x + y + 1", "short": "x", "c": "total = [1, 2]"}, "python")
    assert again["b"] is first["b"]
    assert again["short"] is Reason.TOO_SHORT
    assert scorer.given == [2, 1]
    assert scores.score("x", "python") is Reason.TOO_SHORT


def test_verdict_and_score_fit_the_size_estimate() -> None:
    floats = [0.5 + n for n in range(12)]
    verdict = Verdict(*floats[:2], Band.LLM, None, *floats[2:8], 300, *floats[8:10], 300)
    assert deep_size(verdict) + 300 <= SCORE_BYTES
    assert deep_size(RawScore(0.5, 0.25, 0.125, 300)) + 300 <= SCORE_BYTES
