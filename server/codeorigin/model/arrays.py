"""The arrays of a model folder."""

import zipfile
from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt

from codeorigin.core.errors import ModelError

UNREADABLE = (OSError, ValueError, EOFError, MemoryError, zipfile.BadZipFile)
"""What NumPy raises for a file that holds no arrays, or larger ones than there is memory."""


def read_arrays(path: Path, kind: str) -> dict[str, npt.NDArray[Any]]:
    """The arrays of an npz file by name; raises ModelError if it cannot be read or would not fit into memory."""
    try:
        with np.load(path, allow_pickle=False) as arrays:
            return dict(arrays)
    except UNREADABLE as error:
        raise ModelError(f"{path}: holds no weights; reinstall the {kind}") from error
