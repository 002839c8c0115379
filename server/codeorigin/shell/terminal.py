"""Text that is safe to write to a terminal."""

import os
import re
import sys
from pathlib import Path
from typing import TextIO

from codeorigin.text.literal_text import one_line

PROGRAM = "codeorigin"

_TAB_WIDTH = 4
_PIECE = 32_768
_LIKE_AN_ESCAPE = re.compile(rb"\\(?=x[0-9a-f]{2}|u[0-9a-f]{4}|U[0-9a-f]{8})")


def printable(text: str) -> str:
    """``text`` on one line, with every character that could affect a terminal or a CI system as an escape sequence."""
    return one_line(text)


def printable_code(line: str) -> str:
    """A line or a part of one for the right of a row, with tabs expanded to multiples of four columns."""
    return one_line(line.expandtabs(_TAB_WIDTH), starts_line=False)


def display_path(path: Path | str | bytes) -> str:
    """A path as valid Unicode, different for every path.

    Bytes that are not UTF-8 become ``\\xNN``. So does a backslash in front of what would look like such an escape, or
    like one that is made of a control character for display.
    """
    name = os.fsencode(path)
    if os.name == "posix":
        name = _LIKE_AN_ESCAPE.sub(rb"\\x5c", name)
    return name.decode("utf-8", "backslashreplace")


def write_all(stream: TextIO, text: str) -> None:
    """Write ``text`` in pieces: an unbuffered stdout drops the rest of one large write when its reader leaves."""
    for start in range(0, len(text), _PIECE):
        stream.write(text[start : start + _PIECE])


def open_closed_streams() -> None:
    """Open what the caller has closed of stdin, stdout and stderr, so that no file of ours gets its number.

    Reading finds the end, messages are dropped, and writing a result fails, because nobody would get it.
    """
    for number, name in enumerate(("stdin", "stdout", "stderr")):
        try:
            os.fstat(number)
        except OSError:
            # The lowest number that is free, which is this one.
            os.set_inheritable(os.open(os.devnull, os.O_RDONLY if name == "stdout" else os.O_RDWR), True)
        if getattr(sys, name) is None:
            setattr(sys, name, open(number, "r" if name == "stdin" else "w", encoding="utf-8", closefd=False))  # noqa: SIM115


def prepare_streams() -> None:
    """Make stdout and stderr escape characters that they cannot encode."""
    for stream in (sys.stdout, sys.stderr):
        reconfigure = getattr(stream, "reconfigure", None)
        if reconfigure is not None:
            reconfigure(errors="backslashreplace")


def to_stderr(message: str) -> None:
    """Write one line to stderr, if that is possible: the program's name and ``message``, escaped."""
    try:
        sys.stderr.write(f"{PROGRAM}: {printable(message)}\n")
        sys.stderr.flush()
    except OSError:
        discard(sys.stderr)


def discard(stream: TextIO) -> None:
    """Let ``stream`` lead nowhere; otherwise the interpreter's final flush would print an error and exit with 120."""
    try:
        descriptor = stream.fileno()
    except (OSError, ValueError):
        return
    nothing = os.open(os.devnull, os.O_WRONLY)
    os.dup2(nothing, descriptor)
    os.close(nothing)
