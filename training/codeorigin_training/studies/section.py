"""What a study finds, in plain values: its part of the studies' page."""

import json
from dataclasses import dataclass
from pathlib import Path

from codeorigin_training.evaluate.json_values import from_json_value
from codeorigin_training.measure.figures import Estimate
from codeorigin_training.run import RunError

STUDY = "study.json"


@dataclass(frozen=True, slots=True)
class Table:
    """A table; every cell is text for people."""

    title: str
    note: str
    header: tuple[str, ...]
    rows: tuple[tuple[str, ...], ...]


@dataclass(frozen=True, slots=True)
class Series:
    """Points ``(x, y)`` of one name; ``low`` and ``high`` bound each ``y`` or are empty."""

    name: str
    x: tuple[float, ...]
    y: tuple[float, ...]
    low: tuple[float, ...] = ()
    high: tuple[float, ...] = ()


@dataclass(frozen=True, slots=True)
class Chart:
    """A chart of one ``kind``: ``line``, ``scatter``, ``bars`` or ``heat``.

    ``ticks`` name the whole numbers of the horizontal axis; a ``heat`` has a series for each row from the top.
    """

    title: str
    kind: str
    x_label: str
    y_label: str
    series: tuple[Series, ...]
    ticks: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Figure:
    """One figure by name with its interval if it has one, for those who read figures by program."""

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
    """One question: what was found, in sentences, tables, charts and figures."""

    title: str
    question: str
    findings: tuple[str, ...]
    tables: tuple[Table, ...]
    charts: tuple[Chart, ...] = ()
    figures: tuple[Figure, ...] = ()


@dataclass(frozen=True, slots=True)
class Study:
    """The sections of one study, in their order."""

    sections: tuple[Section, ...]


def read_study(path: Path) -> Study:
    """The study at ``path``.

    Raises:
        RunError: the file is no study.
    """
    try:
        return from_json_value(Study, json.loads(path.read_text(encoding="utf-8")))
    except (OSError, ValueError) as error:
        raise RunError(f"{path}: is no study ({error}); delete it and carry the study out again") from error
