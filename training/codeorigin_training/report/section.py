"""One question and its answer, for the evaluation report and the studies: kept on disk, and written as JSON."""

from dataclasses import dataclass
from pathlib import Path
from typing import TypeVar

from pydantic import TypeAdapter

from codeorigin_training.metrics.table import Figure
from codeorigin_training.report.cells import TitledTable
from codeorigin_training.report.plots import Picture
from codeorigin_training.run import RunError, write_atomically

Value = TypeVar("Value")


@dataclass(frozen=True, slots=True)
class Section:
    """A question, and its answer: findings in sentences, tables, pictures, and the figures behind these.

    ``problems`` are what a reader of the page must know before any figure.
    """

    title: str
    note: str
    findings: tuple[str, ...] = ()
    tables: tuple[TitledTable, ...] = ()
    pictures: tuple[Picture, ...] = ()
    figures: tuple[Figure, ...] = ()
    problems: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Study:
    """The sections of one study, in order."""

    sections: tuple[Section, ...]


def write_json(path: Path, value: object) -> None:
    """Write a dataclass as JSON; a number that is not finite is null."""
    path.parent.mkdir(parents=True, exist_ok=True)
    write_atomically(path, TypeAdapter(type(value)).dump_json(value, indent=1).decode() + "\n")


def read_json(kind: type[Value], path: Path, advice: str) -> Value:
    """The dataclass ``kind`` that :func:`write_json` wrote.

    Raises:
        RunError: the file is missing or of another structure; the message ends with ``advice``.
    """
    try:
        return TypeAdapter(kind).validate_json(path.read_bytes())
    except (OSError, ValueError) as error:
        raise RunError(f"{path}: {advice} ({str(error).splitlines()[0]})") from error
