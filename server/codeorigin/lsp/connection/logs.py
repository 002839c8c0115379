"""Logging that keeps source text out of the log unless the user sets the level ``debug``."""

import logging
import sys
import traceback
from pathlib import Path
from types import TracebackType

from codeorigin.core.errors import CodeOriginError
from codeorigin.lsp.connection.transport import Writer
from codeorigin.text.literal_text import one_line
from codeorigin.text.regular_files import open_for_append

MAX_WAITING_BYTES = 1024 * 1024
FLUSH_SECONDS = 0.5
_ExcInfo = tuple[type[BaseException], BaseException, TracebackType | None] | tuple[None, None, None]


class OneLineFormatter(logging.Formatter):
    """Puts each message on one line, so that file or client names cannot forge lines or control a terminal.

    The lines of an exception are indented, so that none looks like a message.
    """

    def formatMessage(self, record: logging.LogRecord) -> str:  # noqa: N802 - the library's name
        """The line, with control characters in the message escaped."""
        record.message = one_line(record.message)
        return super().formatMessage(record)

    def formatException(self, ei: _ExcInfo) -> str:  # noqa: N802 - the library's name
        """The traceback, whose last lines may quote a document."""
        return _as_text(super().formatException(ei))


class PrivateFormatter(OneLineFormatter):
    """Prints where an exception came from but not its message, which may quote a document."""

    def formatException(self, ei: _ExcInfo) -> str:  # noqa: N802 - the library's name
        """The frames and the exception's type."""
        kind, _, frames = ei
        if kind is None:
            return ""
        return _as_text("".join(traceback.format_tb(frames)) + kind.__qualname__)


def _as_text(lines: str) -> str:
    return "\n".join(f"  {one_line(line)}" for line in lines.split("\n"))


class StderrHandler(logging.Handler):
    """Logs to stderr without ever waiting for its reader: once that leaves a megabyte unread, nothing more is logged."""

    def __init__(self) -> None:
        super().__init__()
        self._writer = Writer(sys.stderr.buffer, lambda: None, max_waiting=MAX_WAITING_BYTES)

    def emit(self, record: logging.LogRecord) -> None:
        """Queue the lines of ``record`` for writing."""
        try:
            self._writer.write(f"{self.format(record)}\n".encode("utf-8", "backslashreplace"))
        except Exception:
            self.handleError(record)

    def close(self) -> None:
        """Wait briefly for the last lines to be written."""
        self._writer.finish(FLUSH_SECONDS)
        super().close()


def configure(level: str, log_file: Path | None) -> logging.Handler:
    """Send the log to ``log_file`` or stderr; raises CodeOriginError if it cannot be written.

    Except at level ``debug``, the protocol library is silenced because its messages contain document text.
    """
    handler: logging.Handler
    if log_file is None:
        handler = StderrHandler()
    else:
        try:
            handler = logging.StreamHandler(open_for_append(log_file))
        except OSError as error:
            raise CodeOriginError(f"cannot write the log file {log_file}: {error.strerror}") from error
    debug = level == "debug"
    layout = "%(asctime)s %(levelname)s %(name)s: %(message)s"
    handler.setFormatter(OneLineFormatter(layout) if debug else PrivateFormatter(layout))
    root = logging.getLogger()
    root.handlers[:] = [handler]
    root.setLevel(level.upper())
    for library in ("pygls", "asyncio", "concurrent"):
        logging.getLogger(library).setLevel(logging.DEBUG if debug else logging.CRITICAL + 1)
    return handler
