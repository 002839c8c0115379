"""How every command ends: with an exit code, and with one line instead of a traceback."""

import os
import sys
from collections.abc import Callable
from enum import IntEnum

from codeorigin.cli.terminal import complain, display_path, prepare_streams
from codeorigin.errors import CodeOriginError
from codeorigin.termination import termination_handled


class ExitCode(IntEnum):
    """The exit codes. The last two follow the shell's convention: 128 + the signal number."""

    OK = 0
    FINDINGS = 1
    ERROR = 2
    INTERRUPTED = 130
    CLOSED_PIPE = 141


def describe_unexpected(error: BaseException) -> str:
    """One line that describes an unexpected error and says how to see its traceback."""
    detail = " ".join(str(error).split())
    kind = type(error).__name__
    return f"unexpected {kind}{': ' + detail if detail else ''} (run with --debug for the traceback)"


def guarded(work: Callable[[], int], *, debug: bool = False) -> int:
    """Run ``work`` and return its exit code, or the one for the error that ended it.

    Every error is printed as one line on stderr; with ``debug``, unexpected errors are raised instead.
    Ctrl-C returns 130. A closed pipe returns 141 without a message, as in other tools. No temporary files remain if a
    signal ends the process.
    """
    prepare_streams()
    try:
        with termination_handled():
            code = work()
            sys.stdout.flush()
    except KeyboardInterrupt:
        complain("interrupted")
        return ExitCode.INTERRUPTED
    except BrokenPipeError:
        _discard_stdout()
        return ExitCode.CLOSED_PIPE
    except CodeOriginError as error:
        complain(str(error))
        return ExitCode.ERROR
    except OSError as error:
        if debug:
            raise
        _discard_stdout()
        where = f"{display_path(error.filename)}: " if isinstance(error.filename, (str, bytes)) else ""
        complain(f"{where}{error.strerror or error}")
        return ExitCode.ERROR
    except Exception as error:
        if debug:
            raise
        complain(describe_unexpected(error))
        return ExitCode.ERROR
    return code


def _discard_stdout() -> None:
    """Redirect stdout to the null device; otherwise the interpreter's final flush would print an error."""
    try:
        descriptor = sys.stdout.fileno()
    except (OSError, ValueError):
        return
    nothing = os.open(os.devnull, os.O_WRONLY)
    os.dup2(nothing, descriptor)
    os.close(nothing)
