"""Stages of a build that survive an interruption: each is kept under a hash of all that it depends on."""

import hashlib
import json
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import numpy as np
import torch

from codeorigin_training.encoder.compact import CompactEncoder
from codeorigin_training.encoder.config import EncoderConfig


class Checkpoints:
    """Arrays and encoders in a folder; without a folder nothing is kept and nothing is found."""

    def __init__(self, folder: Path | None, inputs: Mapping[str, Any]) -> None:
        """Keep stages of a build whose every input is in ``inputs``, which must be plain JSON values."""
        text = json.dumps(inputs, sort_keys=True, default=str)
        self._key = hashlib.sha256(text.encode()).hexdigest()[:16]
        self._folder = folder
        if folder is not None:
            folder.mkdir(parents=True, exist_ok=True)

    def arrays(self, stage: str) -> dict[str, np.ndarray[Any, Any]] | None:
        """The arrays kept for ``stage``, or None."""
        path = self._path(stage, "npz")
        if path is None or not path.is_file():
            return None
        with np.load(path) as kept:
            return {name: kept[name] for name in kept.files}

    def keep_arrays(self, stage: str, **arrays: np.ndarray[Any, Any]) -> None:
        """Keep ``arrays`` for ``stage``."""
        path = self._path(stage, "npz")
        if path is not None:
            # Written beside and renamed: an interruption leaves no half a file under the name.
            partial = path.with_name(f"partial-{path.name}")
            np.savez(partial, **arrays)  # type: ignore[arg-type]
            partial.replace(path)

    def encoder(self, stage: str, shape: EncoderConfig) -> CompactEncoder | None:
        """The encoder kept for ``stage``, in evaluation mode, or None."""
        path = self._path(stage, "pt")
        if path is None or not path.is_file():
            return None
        model = CompactEncoder(shape)
        model.load_state_dict(torch.load(path, weights_only=True))
        return model.eval()

    def keep_encoder(self, stage: str, model: CompactEncoder) -> None:
        """Keep ``model`` for ``stage``."""
        path = self._path(stage, "pt")
        if path is not None:
            partial = path.with_name(f"partial-{path.name}")
            torch.save(model.state_dict(), partial)
            partial.replace(path)

    def _path(self, stage: str, suffix: str) -> Path | None:
        return None if self._folder is None else self._folder / f"{stage}-{self._key}.{suffix}"
