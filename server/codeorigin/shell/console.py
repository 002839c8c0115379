"""Consoles that print text literally, without markup, and leave a closed pipe to the caller."""

from typing import TextIO

from rich.cells import cell_len
from rich.console import Console
from rich.text import Text

# Wider than any terminal, so that output to a file or a pipe is neither wrapped nor truncated.
_UNLIMITED_WIDTH = 100_000


class _LiteralConsole(Console):
    def on_broken_pipe(self) -> None:
        """Reraise the error: rich itself would exit with 1, which here means findings."""
        raise  # noqa: PLE0704 - rich calls this while it handles the BrokenPipeError


def make_console(stream: TextIO) -> Console:
    """A console on ``stream`` that interprets no markup, emoji codes or highlights.

    Colors follow the terminal, ``NO_COLOR`` and ``FORCE_COLOR``.
    """
    width = None if stream.isatty() else _UNLIMITED_WIDTH
    return _LiteralConsole(
        file=stream, width=width, markup=False, emoji=False, highlight=False, soft_wrap=True
    )


def print_sentences(console: Console, text: Text) -> None:
    """Print ``text``, whose lines break between words where the terminal is too narrow for them."""
    console.print(text, soft_wrap=False)


def print_in_one_line(console: Console, text: Text) -> None:
    """Print ``text``, which ends in an ellipsis where the terminal is too narrow for it."""
    console.print(text, soft_wrap=False, no_wrap=True, overflow="ellipsis")


def padded(text: str, width: int) -> str:
    """``text`` with spaces up to ``width`` columns of a terminal, where some characters take two."""
    return text + " " * max(0, width - cell_len(text))
