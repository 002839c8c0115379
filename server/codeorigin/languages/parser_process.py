"""The process that parses for :mod:`codeorigin.languages.parser_pool`, until its standard input ends."""

import os
import pickle
import re
import signal
import sys
import time
from collections.abc import Callable
from contextlib import suppress
from pathlib import Path
from typing import Any

from codeorigin.languages.parser_pool import ParseBudgetError, ParserInput

_MEMORY = 1 << 30
"""Bytes of address space. A text of 5 MB, the largest that is read, takes about a quarter."""

_QUICK = 0.1
"""Seconds. To use much memory takes longer."""
_QUICKEST = 0.001
"""Seconds. A timer of none would never end."""
_KEPT = 256 << 20
"""Bytes. A process that has used more ends after its answer, because much of that would never be given back."""


def main() -> None:
    """Answer each request with ``None``, which says that the work has begun, and then for each of its texts.

    An answer is the result or the error, the seconds of processor time, and whether there will be another one.
    """
    ready: set[tuple[Callable[[str, str], Any], str]] = set()
    requests, answers = sys.stdin.buffer, os.fdopen(os.dup(1), "wb")
    os.dup2(2, 1)  # nothing that a parser prints is an answer
    _limit_memory()
    if sys.platform != "win32":
        signal.signal(signal.SIGPROF, signal.SIG_DFL)
    while True:
        try:
            work, texts, run = pickle.load(requests)
        except EOFError:
            return
        pickle.dump(None, answers)
        answers.flush()
        for text in texts:
            if (work, text.language) not in ready:
                # What a grammar takes to load is not the text's fault.
                ready.add((work, text.language))
                _limit_time(text.seconds)
                with suppress(Exception):
                    work("", text.language)
            result, took = _result(work, text, text.limit(run))
            text.document.draw(took)
            run -= text.cost(took)
            is_usable = took < _QUICK or _most_memory() < _KEPT
            answers.write(_pickled(result, took, is_usable))
            answers.flush()
            if not is_usable:
                return


def _result(work: Callable[[str, str], Any], text: ParserInput, seconds: float) -> tuple[Any, float]:
    """The result or the error, and the seconds of processor time; all that there were if it was the memory."""
    if seconds <= 0:
        return ParseBudgetError("the document takes too much time to read"), 0.0
    _limit_time(seconds)
    begun = time.process_time()
    try:
        result = work(text.text, text.language)
    except MemoryError:
        return ParseBudgetError("the syntax takes too much memory to read"), seconds
    except Exception as error:
        result = error
    return result, time.process_time() - begun


def _pickled(result: Any, took: float, is_usable: bool) -> bytes:
    try:
        return pickle.dumps((result, took, is_usable), pickle.HIGHEST_PROTOCOL)
    except MemoryError:
        error = ParseBudgetError("the syntax takes too much memory to read")
        return pickle.dumps((error, took, is_usable))


def _limit_memory() -> None:
    if sys.platform != "win32":
        import resource  # noqa: PLC0415 - not on Windows

        _, most = resource.getrlimit(resource.RLIMIT_AS)
        limit = _MEMORY if most == resource.RLIM_INFINITY else min(_MEMORY, most)
        resource.setrlimit(resource.RLIMIT_AS, (limit, most))


def _most_memory() -> int:
    """The most bytes of memory that this process has used; 0 where the system does not tell."""
    try:
        status = Path("/proc/self/status").read_text("ascii", "replace")
    except OSError:
        return 0
    found = re.search(r"^VmHWM:\s*(\d+) kB$", status, re.MULTILINE)
    return int(found[1]) * 1024 if found else 0


def _limit_time(seconds: float) -> None:
    """End this process by a signal once it has used ``seconds`` more of processor time."""
    if sys.platform != "win32":
        signal.setitimer(signal.ITIMER_PROF, max(seconds, _QUICKEST))


if __name__ == "__main__":
    main()
