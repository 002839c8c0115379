"""Work for the process that parses large texts: functions of a module that it can import."""

import os
import signal


def process_of(_text: str, _language: str) -> int:
    """The id of the process."""
    return os.getpid()


def die(_text: str, _language: str) -> None:
    """End the process like a crash."""
    os.kill(os.getpid(), signal.SIGKILL)


def use_memory(text: str, _language: str) -> int:
    """Take a million times the memory of the text."""
    return len(text * 1_000_000)


def fail(_text: str, language: str) -> None:
    """Raise ValueError."""
    raise ValueError(f"no {language}")
