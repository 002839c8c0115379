"""A cache for parts of a report, each with a hash of everything that it depends on, to survive an interruption."""

import hashlib
import json
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any, TypeVar

from codeorigin_training.files import write_whole
from codeorigin_training.report.json_values import from_json_value, to_json_value
from codeorigin_training.run import Log

Value = TypeVar("Value")

VERSION = 3
"""Increased when a section's figures are computed differently, so that cached ones are not reused."""


class Sections:
    """Cached sections in a folder, one JSON file each."""

    def __init__(self, folder: Path, inputs: Mapping[str, Any], log: Log) -> None:
        """Cache sections that all depend on ``inputs``, plain JSON values."""
        self._folder = folder
        self._inputs = dict(inputs)
        self._log = log

    def get(
        self, name: str, kind: type[Value], inputs: Mapping[str, Any], make: Callable[[], Value]
    ) -> Value:
        """The cached section if it was made from the same inputs, else a new one, which is cached.

        Args:
            name: name of the section's file.
            kind: the dataclass that ``make`` returns.
            inputs: what the section depends on besides the common inputs.
            make: measures the section.
        """
        path = self._folder / f"{name}.json"
        key = self._key(inputs)
        try:
            kept = json.loads(path.read_text(encoding="utf-8"))
            if kept["inputs"] == key:
                value = from_json_value(kind, kept["section"])
                self._log(f"{name}: taken from {path}")
                return value
        except (OSError, ValueError, KeyError, TypeError):
            # Missing, or not a section of the current structure: measure it again.
            pass
        self._log(f"{name}: measuring")
        plain = to_json_value(make())
        self._folder.mkdir(parents=True, exist_ok=True)
        text = json.dumps({"inputs": key, "section": plain}, indent=1, allow_nan=False)
        write_whole(path, text + "\n")
        # The same value that a second run reads, so that both write the same report.
        return from_json_value(kind, plain)

    def _key(self, inputs: Mapping[str, Any]) -> str:
        text = json.dumps([VERSION, self._inputs, dict(inputs)], sort_keys=True, default=str)
        return hashlib.sha256(text.encode()).hexdigest()
