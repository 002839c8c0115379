"""The processes that parse for :mod:`codeorigin.languages.parser_pool`, until their requests end."""

import os
import pickle
import signal
import socket
import sys
import time
from collections.abc import Callable
from contextlib import suppress
from typing import Any, BinaryIO, NoReturn

from codeorigin.core.garbage import collect_seldom
from codeorigin.languages.parse_budget import ParseBudgetError, ParserInput
from codeorigin.languages.parser_start import FORK, Loaded

_MEMORY = 1 << 30
"""Bytes of address space. A text of 5 MB, the largest that is read, takes about a quarter."""

_QUICK = 0.1
"""Seconds. To use much memory takes longer."""
_KEPT = 256 << 20
"""Bytes. A process that has used more ends after its answer, because much of that would never be given back."""


def main() -> None:
    """Parse what comes by the standard input, or fork processes that do."""
    collect_seldom()
    if sys.argv[1:] == [FORK]:
        with socket.socket(fileno=os.dup(0)) as control:
            os.dup2(2, 0)
            _fork_on_request(control)
    else:
        requests, answers = sys.stdin.buffer, os.fdopen(os.dup(1), "wb")
        os.dup2(2, 1)  # nothing that a parser prints is an answer
        _parse(requests, answers, set())


def _fork_on_request(control: socket.socket) -> None:
    """Fork and kill processes until ``control`` ends, and all of them then."""
    requests, children, ready = control.makefile("rb"), set[int](), Loaded()
    while True:
        mark, descriptors, _, _ = socket.recv_fds(control, 1, 1)
        if not mark:
            break
        pid, loaded = pickle.load(requests)
        if pid in children:
            children.remove(pid)
            _kill(pid)
        for descriptor in descriptors:
            for work, language in loaded - ready:
                with suppress(Exception):
                    work("", language)
            ready |= loaded
            pid = os.fork()
            if not pid:
                requests.close()
                control.close()
                _parse_and_exit(descriptor, ready)
            children.add(pid)
            os.close(descriptor)
        control.sendall(pickle.dumps(pid))
    for pid in children:
        _kill(pid)


def _kill(pid: int) -> None:
    os.kill(pid, signal.SIGKILL)
    os.waitpid(pid, 0)


def _parse_and_exit(descriptor: int, ready: Loaded) -> NoReturn:
    try:
        with socket.socket(fileno=descriptor) as connection:
            _parse(connection.makefile("rb"), connection.makefile("wb"), ready)
    finally:
        os._exit(0)


def _parse(requests: BinaryIO, answers: BinaryIO, ready: Loaded) -> None:
    """Answer each request with ``None``, which says that the work has begun, and then for each of its texts.

    An answer is the result or the error, the seconds of processor time, and whether there will be another one.
    """
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
            run -= text.cost(took, given_up=isinstance(result, ParseBudgetError))
            is_usable = took < _QUICK or _most_memory() < _KEPT
            answers.write(_pickled(result, took, is_usable))
            answers.flush()
            if not is_usable:
                return


def _result(work: Callable[[str, str], Any], text: ParserInput, seconds: float) -> tuple[Any, float]:
    """The result or the error, and the seconds of processor time; all that there were if it was the memory."""
    if seconds <= 0:
        return ParseBudgetError("the run has no time left for the syntax"), 0.0
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
    if sys.platform == "win32":
        return 0
    import resource  # noqa: PLC0415 - not on Windows

    most = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    return most if sys.platform == "darwin" else most * 1024


def _limit_time(seconds: float) -> None:
    """End this process by a signal once it has used ``seconds`` more of processor time."""
    if sys.platform != "win32":
        # A timer of no time at all would never end.
        signal.setitimer(signal.ITIMER_PROF, max(seconds, 0.001))


if __name__ == "__main__":
    main()
