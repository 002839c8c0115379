"""The process that parses for :mod:`codeorigin.languages.parsing`, until its standard input ends."""

import math
import os
import pickle
import sys
import time
from collections.abc import Callable
from typing import Any

from codeorigin.languages.parsing import ParseBudgetError

_MEMORY = 1 << 30
"""Bytes of address space. A text of 5 MB, the largest that is read, takes about a quarter."""

_KEPT = 256 << 20
"""Bytes. A process that has used more ends after its answer, because much of that would never be given back."""


def main() -> None:
    """Answer each request with ``None``, which says that the work has begun, and then with its result and seconds."""
    requests, answers = sys.stdin.buffer, os.fdopen(os.dup(1), "wb")
    os.dup2(2, 1)  # nothing that a parser prints is an answer
    _limit_memory()
    # On Linux, what the process that started this one had used counts too.
    kept = max(_KEPT, _most_memory())
    while _most_memory() <= kept:
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
    begun = time.process_time()
    try:
        result = work(text, language)
        return pickle.dumps((True, result, time.process_time() - begun), pickle.HIGHEST_PROTOCOL)
    except MemoryError:
        error: Exception = ParseBudgetError("the syntax takes too much memory to read")
    except Exception as other:
        error = other
    return pickle.dumps((False, error, time.process_time() - begun))


def _limit_memory() -> None:
    if sys.platform != "win32":
        import resource  # noqa: PLC0415 - not on Windows

        _, most = resource.getrlimit(resource.RLIMIT_AS)
        limit = _MEMORY if most == resource.RLIM_INFINITY else min(_MEMORY, most)
        resource.setrlimit(resource.RLIMIT_AS, (limit, most))


def _most_memory() -> int:
    """The most bytes of memory that this process has used."""
    if sys.platform == "win32":
        return 0
    import resource  # noqa: PLC0415 - not on Windows

    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss * (1 if sys.platform == "darwin" else 1024)


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
