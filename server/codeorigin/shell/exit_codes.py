"""How every command ends: with an exit code, and with one line instead of a traceback."""

import errno
import sys
import traceback
from collections.abc import Callable
from enum import IntEnum

from codeorigin.core.errors import CodeOriginError
from codeorigin.core.termination import termination_handled
from codeorigin.shell.terminal import discard, display_path, prepare_streams, to_stderr

# What writing to a closed, full or broken stdout ends with.
_UNWRITABLE = {errno.EBADF, errno.EDQUOT, errno.EFBIG, errno.EIO, errno.ENOSPC}


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


def traceback_to_stderr() -> None:
    """Print the traceback of the error being handled to stderr, each of its lines escaped."""
    for line in traceback.format_exc().splitlines():
        to_stderr(line)


def guarded(work: Callable[[], int], *, debug: bool = False) -> int:
    """Run ``work`` and return its exit code, or the one for the error that ended it.

    Every error is printed as one line on stderr; with ``debug``, unexpected errors are raised instead.
    Ctrl-C returns 130. A closed pipe returns 141 without a message, as in other tools. No temporary files remain if a
    signal ends the process.
    """
    prepare_streams()
    code: int
    try:
        with termination_handled():
            code = work()
    except KeyboardInterrupt:
        to_stderr("interrupted")
        code = ExitCode.INTERRUPTED
    except BrokenPipeError:
        discard(sys.stdout)
        code = ExitCode.CLOSED_PIPE
    except CodeOriginError as error:
        to_stderr(str(error))
        code = ExitCode.ERROR
    except OSError as error:
        if debug:
            raise
        discard(sys.stdout)
        where = "cannot write the output: " if error.errno in _UNWRITABLE else ""
        if isinstance(error.filename, (str, bytes)):
            where = f"{display_path(error.filename)}: "
        to_stderr(f"{where}{error.strerror or error}")
        code = ExitCode.ERROR
    except Exception as error:
        # Ctrl-C while a compiled module is imported arrives as an ImportError with it as the cause.
        if isinstance(error.__cause__, KeyboardInterrupt):
            to_stderr("interrupted")
            return _flushed(ExitCode.INTERRUPTED)
        if debug:
            raise
        to_stderr(describe_unexpected(error))
        code = ExitCode.ERROR
    return _flushed(code)


def _flushed(code: int) -> int:
    """``code``, or the one for output that could not be written."""
    try:
        sys.stdout.flush()
    except BrokenPipeError:
        discard(sys.stdout)
        return ExitCode.CLOSED_PIPE
    except OSError as error:
        discard(sys.stdout)
        to_stderr(f"cannot write the output: {error.strerror}")
        return ExitCode.ERROR
    return code
