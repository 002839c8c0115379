"""Folders of models: where the shipped ones are, and whether a file is the one that its manifest lists."""

import hashlib
from io import BufferedReader
from pathlib import Path

from codeorigin.errors import ModelError

MANIFEST = "manifest.json"


def shipped_model_dir(name: str, kind: str, advice: str) -> Path:
    """Folder of a model that comes with CodeOrigin: the checkout's first, else the installed one.

    Args:
        name: of the folder.
        kind: what the error calls the model.
        advice: what the error says to do.

    Raises:
        ModelError: neither is there.
    """
    package = Path(__file__).resolve().parent
    candidates = (package.parents[1] / "models" / name, package / "models" / name)
    for candidate in candidates:
        if (candidate / MANIFEST).is_file():
            return candidate
    raise ModelError(f"no {kind} found at {candidates[1]}; {advice}")


def sha256_of(path: Path) -> str:
    """Hex SHA-256 of a file's bytes."""
    with path.open("rb") as file:
        return _sha256(file)


def check_sha256(file: BufferedReader, expected: str, path: Path, kind: str) -> None:
    """Refuse a file that is not the one its manifest was written for: its figures would not hold.

    Raises:
        ModelError: ``file``, which is open at its beginning, has another hash than ``expected``.
    """
    if _sha256(file) != expected:
        raise ModelError(f"{path}: SHA-256 differs from the manifest; reinstall the {kind}")


def _sha256(file: BufferedReader) -> str:
    return hashlib.file_digest(file, "sha256").hexdigest()
