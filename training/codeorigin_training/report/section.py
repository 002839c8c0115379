"""One question and its answer as plain values, for the evaluation report and the studies, and their JSON."""

from dataclasses import dataclass
from pathlib import Path
from typing import TypeVar

from pydantic import TypeAdapter

from codeorigin_training.files import write_atomically
from codeorigin_training.metrics.figures import Estimate
from codeorigin_training.report.charts import Chart
from codeorigin_training.run import RunError

Value = TypeVar("Value")


@dataclass(frozen=True, slots=True)
class TitledTable:
    """A table of formatted text; a ``folded`` one opens on a click."""

    title: str
    note: str
    header: tuple[str, ...]
    rows: tuple[tuple[str, ...], ...]
    folded: bool = False


@dataclass(frozen=True, slots=True)
class Figure:
    """A named figure, with its interval if it has one, for programs that read results."""

    name: str
    value: float | None
    low: float | None = None
    high: float | None = None

    @classmethod
    def of(cls, name: str, found: Estimate) -> "Figure":
        """The figure ``found`` with its interval."""
        return cls(name, found.value, found.low, found.high)


@dataclass(frozen=True, slots=True)
class Section:
    """A question, and its answer: findings in sentences, tables, charts and figures.

    ``problems`` are what a reader of the page must know before any figure.
    """

    title: str
    note: str
    findings: tuple[str, ...] = ()
    tables: tuple[TitledTable, ...] = ()
    charts: tuple[Chart, ...] = ()
    figures: tuple[Figure, ...] = ()
    problems: tuple[str, ...] = ()


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
