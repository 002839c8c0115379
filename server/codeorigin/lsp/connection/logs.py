"""Logging that keeps source text out of the log unless the user asks for the level ``debug``."""

import logging
import sys
import traceback
from pathlib import Path
from types import TracebackType

from codeorigin.errors import CodeOriginError
from codeorigin.source.regular_files import open_for_append

LEVELS = ("error", "warning", "info", "debug")
_ExcInfo = tuple[type[BaseException], BaseException, TracebackType | None] | tuple[None, None, None]


class PrivateFormatter(logging.Formatter):
    """Prints where an exception came from but not its message, which may quote a document."""

    def formatException(self, ei: _ExcInfo) -> str:  # noqa: N802 - the library's name
        """The frames and the exception's type."""
        kind, _, frames = ei
        if kind is None:
            return ""
        return "".join(traceback.format_tb(frames)) + kind.__qualname__


def configure(level: str, log_file: Path | None) -> logging.Handler:
    """Send the log to ``log_file`` or stderr. Raises CodeOriginError for a bad level or file.

    Below ``debug`` the protocol library is silent: its messages hold documents' text.
    """
    if level not in LEVELS:
        raise CodeOriginError(f"log level {level!r}: use one of {', '.join(LEVELS)}")
    handler: logging.Handler
    if log_file is None:
        handler = logging.StreamHandler(sys.stderr)
    else:
        try:
            handler = logging.StreamHandler(open_for_append(log_file))
        except OSError as error:
            raise CodeOriginError(f"cannot write the log file {log_file}: {error.strerror}") from error
    debug = level == "debug"
    layout = "%(asctime)s %(levelname)s %(name)s: %(message)s"
    handler.setFormatter(logging.Formatter(layout) if debug else PrivateFormatter(layout))
    root = logging.getLogger()
    root.handlers[:] = [handler]
    root.setLevel(level.upper())
    for library in ("pygls", "asyncio", "concurrent"):
        logging.getLogger(library).setLevel(logging.DEBUG if debug else logging.CRITICAL + 1)
    return handler
