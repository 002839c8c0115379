"""Checkpoints of a build's stages, each stored under a hash of everything it depends on."""

import hashlib
import json
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import numpy as np

from codeorigin_training.files import written_whole


class Checkpoints:
    """Arrays saved in a folder; without a folder, nothing is saved or found."""

    def __init__(self, folder: Path | None, inputs: Mapping[str, Any]) -> None:
        """Store stages of a build with ``inputs``: all of its inputs, as plain JSON values."""
        text = json.dumps(inputs, sort_keys=True, default=str)
        self._key = hashlib.sha256(text.encode()).hexdigest()[:16]
        self._folder = folder
        if folder is not None:
            folder.mkdir(parents=True, exist_ok=True)

    def arrays(self, stage: str) -> dict[str, np.ndarray[Any, Any]] | None:
        """The arrays saved for ``stage`` by name, with their shapes, such as ``(n,)``; None if there are none."""
        path = self._path(stage)
        if path is None or not path.is_file():
            return None
        with np.load(path) as kept:
            return {name: kept[name] for name in kept.files}

    def keep_arrays(self, stage: str, **arrays: np.ndarray[Any, Any]) -> None:
        """Save ``arrays`` for ``stage``."""
        path = self._path(stage)
        if path is not None:
            with written_whole(path) as partial:
                np.savez(partial, **arrays)  # type: ignore[arg-type]

    def _path(self, stage: str) -> Path | None:
        return None if self._folder is None else self._folder / f"{stage}-{self._key}.npz"
