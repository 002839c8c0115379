"""Keeps the parts of a report or study that were measured, so that an interruption or a small change costs little."""

import json
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any

from joblib import Memory

from codeorigin_training.report.section import Section
from codeorigin_training.run import Log

VERSION = 6
"""Increased when a part is measured differently, so that kept ones are not used."""


class MeasuredParts:
    """Sections in ``folder``, each kept with everything that it depends on."""

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
