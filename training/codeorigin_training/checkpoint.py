"""Stages of a build that survive an interruption: each is kept under a hash of all that it depends on."""

import hashlib
import json
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import numpy as np

from codeorigin_training.files import written_whole


class Checkpoints:
    """Arrays in a folder; without a folder nothing is kept and nothing is found."""

    def __init__(self, folder: Path | None, inputs: Mapping[str, Any]) -> None:
        """Keep stages of a build whose every input is in ``inputs``, which must be plain JSON values."""
        text = json.dumps(inputs, sort_keys=True, default=str)
        self._key = hashlib.sha256(text.encode()).hexdigest()[:16]
        self._folder = folder
        if folder is not None:
            folder.mkdir(parents=True, exist_ok=True)

    def arrays(self, stage: str) -> dict[str, np.ndarray[Any, Any]] | None:
        """The arrays kept for ``stage`` by name, ``(n,)`` or whatever they were, or None."""
        path = self._path(stage)
        if path is None or not path.is_file():
            return None
        with np.load(path) as kept:
            return {name: kept[name] for name in kept.files}

    def keep_arrays(self, stage: str, **arrays: np.ndarray[Any, Any]) -> None:
        """Keep ``arrays`` for ``stage``."""
        path = self._path(stage)
        if path is not None:
            with written_whole(path) as partial:
                np.savez(partial, **arrays)  # type: ignore[arg-type]

    def _path(self, stage: str) -> Path | None:
        return None if self._folder is None else self._folder / f"{stage}-{self._key}.npz"
