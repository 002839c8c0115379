"""A thread-safe least-recently-used cache, bounded by bytes."""

import threading
from collections import OrderedDict
from collections.abc import Callable, Hashable
from typing import Generic, TypeVar

K = TypeVar("K", bound=Hashable)
V = TypeVar("V")


class LruCache(Generic[K, V]):
    """A cache of at most ``capacity`` bytes in total; reading an entry makes it the newest.

    ``size_of`` gives the size of an entry including its key, in bytes; an estimate will do if it is not too low.
    """

    def __init__(self, capacity: int, size_of: Callable[[V], int]) -> None:
        self._capacity = capacity
        self._size_of = size_of
        self._entries: OrderedDict[K, tuple[V, int]] = OrderedDict()
        self._bytes = 0
        self._lock = threading.Lock()

    def __len__(self) -> int:
        return len(self._entries)

    @property
    def bytes(self) -> int:
        return self._bytes

    def get(self, key: K) -> V | None:
        with self._lock:
            if key not in self._entries:
                return None
            self._entries.move_to_end(key)
            return self._entries[key][0]

    def put(self, key: K, value: V) -> None:
        """Store ``value``, dropping the oldest entries to make room; one larger than the whole cache is not stored."""
        size = self._size_of(value)
        with self._lock:
            _, before = self._entries.pop(key, (None, 0))
            self._bytes -= before
            if size > self._capacity:
                return
            self._entries[key] = (value, size)
            self._bytes += size
            while self._bytes > self._capacity:
                _, (_, freed) = self._entries.popitem(last=False)
                self._bytes -= freed
