"""Results of a study as plain values: its part of the studies page."""

import json
from dataclasses import dataclass
from pathlib import Path

from codeorigin_training.metrics.figures import Estimate
from codeorigin_training.report.json_values import from_json_value
from codeorigin_training.run import RunError

STUDY = "study.json"


@dataclass(frozen=True, slots=True)
class TitledTable:
    """A table; every cell is formatted text."""

    title: str
    note: str
    header: tuple[str, ...]
    rows: tuple[tuple[str, ...], ...]


@dataclass(frozen=True, slots=True)
class Series:
    """A named series of points ``(x, y)``; ``low`` and ``high`` bound each ``y`` or are empty."""

    name: str
    x: tuple[float, ...]
    y: tuple[float, ...]
    low: tuple[float, ...] = ()
    high: tuple[float, ...] = ()


@dataclass(frozen=True, slots=True)
class Chart:
    """A chart; ``kind`` is ``line``, ``scatter``, ``bars`` or ``heat``.

    ``ticks`` label the whole numbers of the horizontal axis; a ``heat`` chart has a series for each row from the top.
    """

    title: str
    kind: str
    x_label: str
    y_label: str
    series: tuple[Series, ...]
    ticks: tuple[str, ...] = ()


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
    """One question and its answer: findings in sentences, tables, charts and figures."""

    title: str
    question: str
    findings: tuple[str, ...]
    tables: tuple[TitledTable, ...]
    charts: tuple[Chart, ...] = ()
    figures: tuple[Figure, ...] = ()


@dataclass(frozen=True, slots=True)
class Study:
    """The sections of one study, in order."""

    sections: tuple[Section, ...]


def read_study(path: Path) -> Study:
    """The study at ``path``.

    Raises:
        RunError: the file is not a study.
    """
    try:
        return from_json_value(Study, json.loads(path.read_text(encoding="utf-8")))
    except (OSError, ValueError) as error:
        raise RunError(f"{path}: is no study ({error}); delete it and carry the study out again") from error
