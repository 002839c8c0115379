"""Waiting for something that another process does."""

import asyncio
import time
from collections.abc import Callable
from typing import TypeVar

T = TypeVar("T")

PATIENCE = 300.0
"""Seconds to wait before giving up, on a machine that has more to do than these tests."""


def wait_for(
    ask: Callable[[], T], *, done: Callable[[T], bool] = bool, what: str, seconds: float = PATIENCE
) -> T:
    """Ask until ``done`` accepts the answer. Raises AssertionError with the last answer if it never does."""
    end = time.monotonic() + seconds
    while True:
        answer = ask()
        if done(answer):
            return answer
        if time.monotonic() > end:
            raise AssertionError(f"{what}: still {answer!r} after {seconds:.0f} s")
        time.sleep(0.1)


async def until(holds: Callable[[], bool], *, seconds: float = PATIENCE) -> None:
    """Wait until it holds, while the event loop goes on. Raises TimeoutError if it never does."""

    async def wait() -> None:
        while not holds():
            await asyncio.sleep(0.02)

    await asyncio.wait_for(wait(), seconds)
