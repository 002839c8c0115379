"""Model folders: where the shipped ones are, and whether a file matches the manifest."""

import hashlib
from io import BufferedReader
from pathlib import Path

from codeorigin.errors import ModelError

MANIFEST = "manifest.json"


def shipped_model_dir(name: str, kind: str, advice: str) -> Path:
    """Folder of a model that ships with CodeOrigin: the one in the checkout if there is one, else the installed one.

    Args:
        name: name of the folder.
        kind: what the error message calls the model.
        advice: what the error message says to do.

    Raises:
        ModelError: neither exists.
    """
    package = Path(__file__).resolve().parents[1]
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
    """Reject a file that does not match its manifest, whose figures would not be valid for it.

    Raises:
        ModelError: the hash of ``file``, which is read from its current position, is not ``expected``.
    """
    if _sha256(file) != expected:
        raise ModelError(f"{path}: SHA-256 differs from the manifest; reinstall the {kind}")


def _sha256(file: BufferedReader) -> str:
    return hashlib.file_digest(file, "sha256").hexdigest()
