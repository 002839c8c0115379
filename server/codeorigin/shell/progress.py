"""How far a long command is: one line on a terminal that is written again, or else a line per minute."""

import sys
import time
from collections.abc import Callable

from codeorigin.shell.terminal import to_stderr

_SECONDS_ON_A_TERMINAL, _SECONDS_ELSEWHERE = 0.5, 60.0


class ProgressLine:
    """Shows how many of ``total`` things are done, and at what rate.

    With ``quiet``, it shows nothing unless stderr is a terminal. ``clock`` returns seconds.
    """

    def __init__(
        self,
        things: str,
        total: int,
        *,
        quiet: bool = False,
        clock: Callable[[], float] = time.monotonic,
    ) -> None:
        self._things, self._total, self._clock = things, total, clock
        self._started = self._shown = clock()
        self._terminal = sys.stderr.isatty()
        self._quiet = quiet and not self._terminal

    def show(self, done: int, known: int = 0) -> None:
        """Show that ``done`` things are done, of which ``known`` were done by an earlier run."""
        now = self._clock()
        if self._quiet or now - self._shown < (
            _SECONDS_ON_A_TERMINAL if self._terminal else _SECONDS_ELSEWHERE
        ):
            return
        self._shown = now
        text = f"{done:,} of {self._total:,} {self._things}"
        if known < done < self._total:
            rate = (done - known) / (now - self._started)
            text += f", {60 * rate:,.0f} a minute, about {_duration((self._total - done) / rate)} left"
        if self._terminal:
            sys.stderr.write(f"\r\x1b[K{text}")
            sys.stderr.flush()
        else:
            to_stderr(text)

    def clear(self) -> None:
        """Erase the line, before another one is written or at the end."""
        if self._terminal:
            sys.stderr.write("\r\x1b[K")
            sys.stderr.flush()


def _duration(seconds: float) -> str:
    minutes = round(seconds / 60)
    if minutes < 1:
        return "a minute"
    return f"{minutes} min" if minutes < 90 else f"{minutes / 60:.1f} h"
