"""Caches are bounded by bytes, whatever the sizes of what is kept."""

import random
import sys
from typing import Any

import pytest

from codeorigin.analyzer import (
    EXPLANATION_CACHE_BYTES,
    VERDICT_BYTES,
    Analyzer,
    explanation_bytes,
)
from codeorigin.cache import LruCache
from codeorigin.explain.explanation import (
    Baseline,
    Explanation,
    LineAttribution,
    Method,
    TokenAttribution,
)
from codeorigin.model.verdict import Band, Verdict


def make_cache(capacity: int) -> LruCache[Any, str]:
    return LruCache(capacity, len)


def test_the_least_recently_used_entry_goes() -> None:
    cache = make_cache(2)
    cache.put("a", "1")
    cache.put("b", "2")
    assert cache.get("a") == "1"
    cache.put("c", "3")
    assert cache.get("b") is None
    assert cache.get("a") == "1"
    assert (len(cache), cache.bytes) == (2, 2)


def test_a_large_entry_drives_out_several_small_ones() -> None:
    cache = make_cache(10)
    for key in "abcde":
        cache.put(key, "xx")
    cache.put("large", "x" * 7)
    assert [key for key in "abcde" if cache.get(key)] == ["e"]
    assert cache.bytes == 9


def test_what_is_larger_than_all_is_not_kept_and_drives_out_nothing_else() -> None:
    cache = make_cache(10)
    cache.put("a", "xx")
    cache.put("b", "xx")
    cache.put("a", "x" * 11)
    assert cache.get("a") is None
    assert cache.get("b") == "xx"
    assert cache.bytes == 2


def test_an_entry_that_is_put_again_counts_once() -> None:
    cache = make_cache(10)
    for length in (3, 8, 1):
        cache.put("a", "x" * length)
        assert cache.bytes == length


def test_the_bound_holds_under_any_sizes() -> None:
    chance, cache = random.Random(0), make_cache(1_000)
    for _ in range(5_000):
        cache.put(chance.randrange(300), "x" * chance.randrange(1_200))
        assert cache.bytes <= 1_000
    assert len(cache) > 0


def test_a_capacity_below_one_is_refused() -> None:
    with pytest.raises(ValueError, match="at least 1"):
        make_cache(0)


def deep_size(value: Any) -> int:
    """Bytes of an object with all that it refers to; what is shared by all (enumerations, None) aside."""
    if value is None or isinstance(value, Band | Method | Baseline | bool):
        return 0
    if isinstance(value, tuple):
        return sys.getsizeof(value) + sum(map(deep_size, value))
    fields = getattr(value, "__slots__", ())
    if isinstance(value, int | float | str):
        return sys.getsizeof(value)
    return sys.getsizeof(value) + sum(deep_size(getattr(value, name)) for name in fields)


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
def test_the_estimate_is_never_too_low(lines: int, tokens: int) -> None:
    made = explanation(lines, tokens)
    assert deep_size(made) <= explanation_bytes(made)
    assert explanation_bytes(made) <= 3 * deep_size(made) + 1024


def test_a_verdict_fits_its_estimate() -> None:
    floats = [0.5 + n for n in range(12)]
    verdict = Verdict(*floats[:2], Band.LLM, None, *floats[2:8], 300, *floats[8:10], 300)
    assert deep_size(verdict) + 300 <= VERDICT_BYTES


def test_explanations_of_long_functions_are_bounded_too() -> None:
    cache: LruCache[int, Explanation] = LruCache(EXPLANATION_CACHE_BYTES, explanation_bytes)
    long = explanation(5_000, 5)
    for number in range(100):
        cache.put(number, long)
    assert cache.bytes <= EXPLANATION_CACHE_BYTES
    assert 1 <= len(cache) < 10


def test_the_analyzers_caches_stay_within_their_bytes(tiny_model_dir: Any) -> None:
    analyzer = Analyzer.load(tiny_model_dir)
    for number in range(30):
        text = "\n\n".join(
            f"def f_{number}_{each}(values, limit):\n    total = {each}\n    for value in values:\n"
            f"        if value < limit:\n            total += value * {number}\n    return total\n"
            for each in range(10)
        )
        analyzer.analyze(text, "python")
    assert len(analyzer._verdicts) == 300
    assert analyzer._verdicts.bytes == 300 * VERDICT_BYTES
