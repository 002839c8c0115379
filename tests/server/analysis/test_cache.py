"""A cache is bounded in bytes, whatever the sizes of its entries."""

import random
from typing import Any

from codeorigin.core.lru_cache import LruCache


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
