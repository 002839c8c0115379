"""Logging that keeps source text out of the log unless the user asks for the level ``debug``."""

import io
import logging
import sys
import traceback
from collections.abc import Callable
from pathlib import Path
from types import TracebackType
from typing import TextIO

from codeorigin.errors import CodeOriginError
from codeorigin.lsp.connection.transport import Writer
from codeorigin.source.literal_text import one_line
from codeorigin.source.regular_files import open_for_append

LEVELS = ("error", "warning", "info", "debug")
MAX_WAITING_BYTES = 1024 * 1024
FLUSH_SECONDS = 0.5
_ExcInfo = tuple[type[BaseException], BaseException, TracebackType | None] | tuple[None, None, None]


class OneLineFormatter(logging.Formatter):
    """Puts each message on one line: names of files and clients cannot forge lines or act on a terminal.

    Lines of an exception are indented, so that none reads as a message.
    """

    def formatMessage(self, record: logging.LogRecord) -> str:  # noqa: N802 - the library's name
        """The line, with the message's control characters as escapes."""
        record.message = one_line(record.message)
        return super().formatMessage(record)

    def formatException(self, ei: _ExcInfo) -> str:  # noqa: N802 - the library's name
        """The traceback, whose last lines may quote a document."""
        return _as_text(super().formatException(ei))

    def formatStack(self, stack_info: str) -> str:  # noqa: N802 - the library's name
        """The stack where the message was logged."""
        return _as_text(super().formatStack(stack_info))


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


class UnreadStream(io.TextIOBase):
    """A text stream in front of one that may not be read: writing never blocks.

    A log whose reader has stopped loses its lines; it must not stop the server.
    """

    def __init__(self, stream: TextIO, *, max_waiting: int = MAX_WAITING_BYTES) -> None:
        ignored: Callable[[], None] = lambda: None  # noqa: E731 - there is nobody to tell
        self._writer = Writer(stream.buffer, ignored, max_waiting=max_waiting, drops=True)

    def write(self, text: str) -> int:
        """Have ``text`` written, or drop it if too much is waiting."""
        self._writer.write(text.encode("utf-8", "backslashreplace"))
        return len(text)

    def flush(self) -> None:
        """Do nothing: logging does not wait."""

    def drain(self) -> None:
        """Wait a moment for what is not written yet."""
        self._writer.wait(FLUSH_SECONDS)


class StderrHandler(logging.StreamHandler[UnreadStream]):
    """Logs to stderr without ever waiting for its reader."""

    def close(self) -> None:
        """Give the last lines a moment."""
        self.stream.drain()
        super().close()


def configure(level: str, log_file: Path | None) -> logging.Handler:
    """Send the log to ``log_file`` or stderr. Raises CodeOriginError for a bad level or file.

    Below ``debug`` the protocol library is silent: its messages hold documents' text.
    """
    if level not in LEVELS:
        raise CodeOriginError(f"log level {level!r}: use one of {', '.join(LEVELS)}")
    handler: logging.Handler
    if log_file is None:
        handler = StderrHandler(UnreadStream(sys.stderr))
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
