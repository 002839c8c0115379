"""The process that parses large texts for :mod:`codeorigin.languages.parsing`, until its standard input ends."""

import math
import pickle
import sys
from collections.abc import Callable
from typing import Any

from codeorigin.languages.parsing import ParseBudgetError

_MEMORY = 1 << 30
"""Bytes of address space. A text of 5 MB, the largest that is read, takes about a quarter."""


def main() -> None:
    """Answer each request with ``None``, which says that the work has begun, and then with its result."""
    requests, answers = sys.stdin.buffer, sys.stdout.buffer
    _limit_memory()
    while True:
        try:
            work, text, language, seconds = pickle.load(requests)
        except EOFError:
            return
        _limit_time(seconds)
        answers.write(pickle.dumps(None))
        answers.flush()
        answers.write(_answer(work, text, language))
        answers.flush()


def _answer(work: Callable[[str, str], Any], text: str, language: str) -> bytes:
    try:
        return pickle.dumps((True, work(text, language)), pickle.HIGHEST_PROTOCOL)
    except MemoryError:
        return pickle.dumps((False, ParseBudgetError("the syntax takes too much memory to read")))
    except Exception as error:
        return pickle.dumps((False, error))


def _limit_memory() -> None:
    if sys.platform != "win32":
        import resource  # noqa: PLC0415 - not on Windows

        _, most = resource.getrlimit(resource.RLIMIT_AS)
        limit = _MEMORY if most == resource.RLIM_INFINITY else min(_MEMORY, most)
        resource.setrlimit(resource.RLIMIT_AS, (limit, most))


def _limit_time(seconds: float) -> None:
    """End this process by a signal once it has used ``seconds`` more of processor time."""
    if sys.platform != "win32":
        import resource  # noqa: PLC0415 - not on Windows

        usage = resource.getrusage(resource.RUSAGE_SELF)
        _, most = resource.getrlimit(resource.RLIMIT_CPU)
        limit = math.ceil(usage.ru_utime + usage.ru_stime + seconds)
        resource.setrlimit(resource.RLIMIT_CPU, (limit if most < 0 else min(limit, most), most))


if __name__ == "__main__":
    main()
