"""One question and its answer, for the evaluation report and the studies: kept on disk, and written as JSON."""

import json
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any, TypeVar

from joblib import Memory
from pydantic import TypeAdapter

from codeorigin_training.files import write_atomically
from codeorigin_training.metrics.table import Figure
from codeorigin_training.report.cells import TitledTable
from codeorigin_training.report.plots import Picture
from codeorigin_training.run import Log, RunError

Value = TypeVar("Value")

STUDY = "study.json"

VERSION = 7
"""Increased when a section is measured differently, so that kept ones are not used."""


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


class KeptSections:
    """Sections in ``folder``, each kept with everything that it depends on, so that an interruption costs little."""

    def __init__(self, folder: Path, inputs: Mapping[str, Any], log: Log) -> None:
        """Keep sections that all depend on ``inputs``."""
        self._folder, self._inputs, self._log = folder, dict(inputs), log
        self._measured = Memory(folder, verbose=0).cache(_measured, ignore=["measure"])

    def get(self, name: str, inputs: Mapping[str, Any], measure: Callable[[], Section]) -> Section:
        """The section called ``name``, measured only if none from the same ``inputs`` is kept."""
        key = json.dumps([VERSION, self._inputs, dict(inputs)], sort_keys=True, default=str)
        is_measured = self._measured.check_call_in_cache(name, key, measure)
        self._log(f"{name}: taken from {self._folder}" if is_measured else f"{name}: measuring")
        found: Section = self._measured(name, key, measure)
        return found


def _measured(name: str, key: str, measure: Callable[[], Section]) -> Section:
    return measure()


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


def read_study(path: Path) -> Study:
    """The study at ``path``.

    Raises:
        RunError: the file is not a study.
    """
    return read_json(Study, path, "is no study; delete it and carry the study out again")
