"""``codeorigin help``: topics, in lines of at most 79 columns, or the help of a command."""

import difflib
import sys
import textwrap
from collections.abc import Callable, Sequence

from codeorigin.core.errors import CodeOriginError
from codeorigin.shell.exit_codes import ExitCode

_VERDICTS = """\
Each function gets one of three bands.

  llm      at most 1 in 100 human-written functions of its language score as
           high; --threshold or the setting falsePositiveRate moves this line
  human    at most 5 in 100 LLM-written functions score as low
  unsure   neither: an answer, not a failure

A finding is a function in the band llm that was not accepted. A function that
is too short, too long, nested, generated, minified or ignored is not judged.

The probability is calibrated, for the function in its file. It is an estimate
from style, never proof of who wrote the code: use it to decide where to look
twice, never to judge anybody.

'codeorigin explain FILE:LINE' shows which lines made the model think so.
"""

_FORMATS = """\
--format NAME writes to stdout or to --output, --format NAME=FILE to a file; it
may be repeated, so that one run writes several reports.

  text      for a terminal: findings, the likeliest first, then two lines of
            totals; --show all, --sort path, --statistics, --verbose
  json      everything, for programs
  sarif     for code scanning services
  html      one page with the code of the findings, to share
  github    workflow commands: a notice for every finding
  gitlab    a code quality report
  markdown  for job summaries and comments
"""

_EXIT_CODES = """\
  0    success; for check: no findings
  1    check: findings; --exit-zero turns it into 0
  2    an error: wrong usage, a file that cannot be checked, a broken model;
       for check it takes precedence over findings
  130  interrupted with Ctrl-C
  141  the reader of the output closed it, as in 'codeorigin check | head'
"""

_IGNORING = """\
Comments, in the comment syntax of the language:

  codeorigin: ignore        above or in the header of a function: skip it
  codeorigin: ignore-file   within the first ten lines: skip the file

Files: patterns in 'exclude' of codeorigin.toml, or --exclude PATTERN.

Findings, until their functions change:

  codeorigin check --baseline .codeorigin-baseline.json --update-baseline

and later 'codeorigin check --baseline .codeorigin-baseline.json'. Editors keep
the same file.
"""

_SETTINGS = """\
Read from codeorigin.toml, or from [tool.codeorigin] in pyproject.toml, in the
folder that contains all paths or the nearest one above it in the repository.
Names may also be written as in false-positive-rate or false_positive_rate.
"""

TOPICS = ("verdicts", "formats", "exit-codes", "ignoring", "settings")
"""The names of the topics."""


def show_help(topic: str, commands: Sequence[str], run: Callable[[list[str]], int]) -> int:
    """Print a topic; ``run`` the command line for its help for one of ``commands``, or that of all without a topic.

    Raises:
        CodeOriginError: there is no such topic.
    """
    if topic in TOPICS:
        sys.stdout.write(_topic_text(topic))
        return ExitCode.OK
    if topic and topic not in commands:
        known = [*TOPICS, *commands]
        close = difflib.get_close_matches(topic, known, n=1)
        hint = f"did you mean {close[0]}?" if close else f"there are {', '.join(known)}"
        raise CodeOriginError(f"help {topic[:60]}: no such topic; {hint}")
    return run([topic, "--help"] if topic else ["--help"])


def _topic_text(topic: str) -> str:
    if topic == "settings":
        return _settings()
    return {
        "verdicts": _VERDICTS,
        "formats": _FORMATS,
        "exit-codes": _EXIT_CODES,
        "ignoring": _IGNORING,
    }[topic]


def _settings() -> str:
    from codeorigin.settings.generated import toml_schema  # noqa: PLC0415 - only this topic needs it

    parts = [_SETTINGS]
    for name, schema in toml_schema()["properties"].items():
        about = textwrap.fill(
            schema["description"], 79, initial_indent="    ", subsequent_indent="    ", break_on_hyphens=False
        )
        parts.append(f"  {name}\n{about}\n")
    return "\n".join(parts)
