"""Work for the process that parses large texts: functions of a module that it can import."""

import os
import signal
import time


def process_of(_text: str, _language: str) -> int:
    """The id of the process."""
    return os.getpid()


def die(_text: str, _language: str) -> None:
    """End the process like a crash."""
    os.kill(os.getpid(), signal.SIGKILL)


def die_of_d(text: str, language: str) -> str:
    """The text in capitals, unless it is a d."""
    if text == "d":
        die(text, language)
    return text.upper()


def use_memory_of_d(text: str, language: str) -> str:
    """The text in capitals, unless it is a d."""
    if text == "d":
        use_memory("x" * 5_000, language)
    return text.upper()


def use_some_memory_and_tell(text: str, language: str) -> int:
    """The id of the process, which uses much memory and time if the text is large."""
    if len(text) > 1:
        use_some_memory(text, language)
    return process_of(text, language)


def use_memory(text: str, _language: str) -> int:
    """Take a million times the memory of the text."""
    return len(text * 1_000_000)


def use_some_memory(text: str, _language: str) -> int:
    """Take six hundred times the memory of the text, and a while."""
    taken = text * 600
    for _ in range(3):
        take_time("", "")
    return len(taken)


def take_time(_text: str, _language: str) -> None:
    """Take a twentieth of a second of processor time."""
    end = time.process_time() + 0.05
    while time.process_time() < end:
        pass


def never_end(text: str, language: str) -> None:
    """Take processor time without end, once there is a text."""
    while text:
        take_time(text, language)


def write(_text: str, _language: str) -> str:
    """Write to the standard output, as a parser might."""
    os.write(1, b"x" * 100)
    return "written"


def fail(_text: str, language: str) -> None:
    """Raise ValueError."""
    raise ValueError(f"no {language}")
