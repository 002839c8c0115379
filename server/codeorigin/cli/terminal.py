"""Text that is safe to write to a terminal."""

import os
import sys
from pathlib import Path
from typing import TextIO

from codeorigin.text.literal_text import one_line

PROGRAM = "codeorigin"

_TAB_WIDTH = 4
_PIECE = 32_768


def printable(text: str) -> str:
    """``text`` on one line, with every character that could affect a terminal replaced by its escape sequence."""
    return one_line(text)


def printable_code(line: str) -> str:
    """One line of source code, with tabs expanded to multiples of four columns, otherwise as :func:`printable`."""
    return printable(line.expandtabs(_TAB_WIDTH))


def display_path(path: Path | str | bytes) -> str:
    """A path as valid Unicode. Bytes that are not UTF-8 become ``\\xNN``; nothing else is changed."""
    return os.fsencode(path).decode("utf-8", "backslashreplace")


def write_all(stream: TextIO, text: str) -> None:
    """Write ``text`` in pieces: an unbuffered stdout drops the rest of one large write when its reader leaves."""
    for start in range(0, len(text), _PIECE):
        stream.write(text[start : start + _PIECE])


def can_encode(stream: TextIO, sample: str) -> bool:
    """Whether ``stream`` can encode all characters of ``sample``."""
    try:
        sample.encode(getattr(stream, "encoding", None) or "utf-8")
    except (UnicodeEncodeError, LookupError):
        return False
    return True


def prepare_streams() -> None:
    """Make stdout and stderr escape characters that they cannot encode."""
    for stream in (sys.stdout, sys.stderr):
        reconfigure = getattr(stream, "reconfigure", None)
        if reconfigure is not None:
            reconfigure(errors="backslashreplace")


def complain(message: str) -> None:
    """Write one line to stderr: the program's name and ``message``, escaped."""
    sys.stderr.write(f"{PROGRAM}: {printable(message)}\n")
    sys.stderr.flush()
