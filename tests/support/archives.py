"""Tiny package archives for the tests."""

import io
import tarfile
import zipfile
from collections.abc import Mapping
from pathlib import Path


def write_wheel(path: Path, files: Mapping[str, str | bytes]) -> Path:
    """A wheel at ``path`` with ``files``: path inside -> content."""
    path.parent.mkdir(parents=True, exist_ok=True)
    with zipfile.ZipFile(path, "w") as archive:
        for name, content in files.items():
            archive.writestr(name, content)
    return path


def write_npm(path: Path, files: Mapping[str, str | bytes], prefix: str = "package/") -> Path:
    """An npm archive at ``path`` with ``files`` in its one folder."""
    path.parent.mkdir(parents=True, exist_ok=True)
    with tarfile.open(path, "w:gz") as archive:
        for name, content in files.items():
            data = content.encode() if isinstance(content, str) else content
            info = tarfile.TarInfo(prefix + name)
            info.size = len(data)
            archive.addfile(info, io.BytesIO(data))
    return path
