"""The arrays of a model folder, and the weights of its n-grams: one byte each, an index into 256 levels."""

import zipfile
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt

from codeorigin.core.errors import ModelError
from codeorigin.model.folder import BROKEN

Ids = npt.NDArray[np.int64]
Floats = npt.NDArray[np.float32]

LEVELS = 256
UNREADABLE = (OSError, ValueError, EOFError, MemoryError, zipfile.BadZipFile)
"""What NumPy raises for a file that holds no arrays, or larger ones than there is memory."""


def read_arrays(path: Path, kind: str) -> dict[str, npt.NDArray[Any]]:
    """The arrays of an npz file by name; raises ModelError if it cannot be read or would not fit into memory."""
    try:
        with np.load(path, allow_pickle=False) as arrays:
            return dict(arrays)
    except UNREADABLE as error:
        raise ModelError(f"{path}: holds no weights; reinstall the {kind}") from error


@dataclass(frozen=True, slots=True)
class NgramWeights:
    """``codes``, uint8 ``(rows,)``, are the indices of the weights in ``levels``, float32 ``(256,)``, all finite."""

    codes: npt.NDArray[np.uint8]
    levels: Floats

    def __post_init__(self) -> None:
        if self.codes.dtype != np.uint8 or self.codes.ndim != 1:
            raise ValueError(f"codes are {self.codes.dtype} {self.codes.shape}, not a row of bytes")
        if self.levels.dtype != np.float32 or self.levels.shape != (LEVELS,):
            raise ValueError(f"levels are {self.levels.dtype} {self.levels.shape}, not {LEVELS} of float32")
        if not np.isfinite(self.levels).all():
            raise ValueError("a level is not finite")

    @classmethod
    def load(cls, path: Path) -> "NgramWeights":
        """The weights in an npz file; raises ModelError if it cannot be read, or holds something else."""
        arrays = read_arrays(path, "model")
        try:
            return cls(arrays["codes"], arrays["levels"])
        except BROKEN as error:
            raise ModelError(f"{path}: broken weights ({error}); reinstall the model") from error

    def save(self, path: Path) -> None:
        """Write what :meth:`load` reads; the same weights give the same bytes."""
        with path.open("wb") as file:
            np.savez(file, codes=self.codes, levels=self.levels)

    @property
    def weights(self) -> Floats:
        """The weights ``(rows,)``."""
        return self.levels[self.codes]

    def of(self, ids: Ids) -> Floats:
        """The weights ``(N,)`` of n-grams ``ids`` ``(N,)``: each is the logit of a function with just that n-gram."""
        return self.levels[self.codes[ids]]

    def logits(self, ids: Ids, values: Floats, function: Ids, count: int) -> npt.NDArray[np.float64]:
        """The sums ``(count,)`` of the weights of n-grams ``ids`` times ``values``, by ``function``, ``(N,)`` each."""
        return np.asarray(np.bincount(function, self.of(ids) * values, count), dtype=np.float64)
