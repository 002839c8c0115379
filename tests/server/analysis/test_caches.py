"""Each text is scored once, and the caches are bounded in bytes, whatever the sizes of their entries."""

import random
import sys
from collections.abc import Iterator, Sequence
from typing import Any

import pytest

from codeorigin.analysis.caches import SCORE_BYTES, ScoreCache, explanation_bytes
from codeorigin.core.cancellation import NEVER, CancelToken
from codeorigin.core.lru_cache import LruCache
from codeorigin.explain.explanation import Explanation, LineAttribution, Method, TokenAttribution
from codeorigin.model.reading.normalize import Normalized
from codeorigin.model.scoring.deep_settings import Baseline
from codeorigin.model.scoring.inputs import RawScore
from codeorigin.model.scoring.scorer import Scorer
from codeorigin.model.verdict import Band, Reason, Verdict


def deep_size(value: Any) -> int:
    """The bytes of an object and all that it refers to, except what all share (enumerations, None)."""
    if value is None or isinstance(value, Band | Method | Baseline | bool):
        return 0
    if isinstance(value, tuple):
        return sys.getsizeof(value) + sum(map(deep_size, value))
    fields = getattr(value, "__slots__", ())
    if isinstance(value, int | float | str):
        return sys.getsizeof(value)
    return sys.getsizeof(value) + sum(deep_size(getattr(value, name)) for name in fields)


def make_cache(capacity: int) -> LruCache[Any, str]:
    return LruCache(capacity, len)


def test_least_recently_used_entry_is_evicted() -> None:
    cache = make_cache(2)
    cache.put("a", "1")
    cache.put("b", "2")
    assert cache.get("a") == "1"
    cache.put("c", "3")
    assert cache.get("b") is None
    assert cache.get("a") == "1"
    assert (len(cache), cache.bytes) == (2, 2)


def test_entry_above_the_capacity_is_not_kept_and_evicts_nothing_else() -> None:
    cache = make_cache(10)
    cache.put("a", "xx")
    cache.put("b", "xx")
    cache.put("a", "x" * 11)
    assert cache.get("a") is None
    assert cache.get("b") == "xx"
    assert cache.bytes == 2


def test_bound_holds_for_any_sizes() -> None:
    chance, cache = random.Random(0), make_cache(1_000)
    for _ in range(5_000):
        cache.put(chance.randrange(300), "x" * chance.randrange(1_200))
        assert cache.bytes <= 1_000
    assert len(cache) > 0


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


def explanation(lines: int, tokens: int) -> Explanation:
    return Explanation(
        logit=1.5,
        baseline_logit=0.25,
        completeness_gap=0.01,
        approximate=False,
        nodes=300,
        method=Method.INTEGRATED_GRADIENTS,
        baseline=Baseline.MASK,
        lines=tuple(LineAttribution(1000 + n, 0.1 * n, 0.2 * n, 0.3 * n) for n in range(lines)),
        top_tokens=tuple(
            TokenAttribution("é" * 10 * n, 1000 + n, 300 + n, 400 + n, 0.1 * n) for n in range(tokens)
        ),
    )


@pytest.mark.parametrize(("lines", "tokens"), [(0, 0), (1, 1), (50, 5), (5_000, 0), (10, 1_000)])
def test_size_estimate_is_never_too_low(lines: int, tokens: int) -> None:
    made = explanation(lines, tokens)
    assert deep_size(made) <= explanation_bytes(made)
    assert explanation_bytes(made) <= 3 * deep_size(made) + 1024
