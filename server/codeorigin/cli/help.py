"""``codeorigin help``: a topic, or the help of a command."""

import difflib
import sys
from collections.abc import Callable, Sequence

from codeorigin.cli.exit_codes import ExitCode
from codeorigin.cli.topics import TOPICS, topic_text
from codeorigin.errors import CodeOriginError


def show_help(topic: str, commands: Sequence[str], run: Callable[[list[str]], int]) -> int:
    """Print a topic; ``run`` the command line for its help for one of ``commands``, or that of all without a topic.

    Raises:
        CodeOriginError: there is no such topic.
    """
    if topic in TOPICS:
        sys.stdout.write(topic_text(topic))
        return ExitCode.OK
    if topic and topic not in commands:
        known = [*TOPICS, *commands]
        close = difflib.get_close_matches(topic, known, n=1)
        hint = f"did you mean {close[0]}?" if close else f"there are {', '.join(known)}"
        raise CodeOriginError(f"help {topic[:60]}: no such topic; {hint}")
    return run([topic, "--help"] if topic else ["--help"])
