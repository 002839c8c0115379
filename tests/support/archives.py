"""Tiny package archives for the tests."""

import datetime
import io
import tarfile
from collections.abc import Mapping
from pathlib import Path

from codeorigin.model.folder import sha256_of
from codeorigin_training.data.debian.packages import SourcePackage


def write_source(
    path: Path, files: Mapping[str, str | bytes], prefix: str = "upstream-1.0/", modified: float = 1.5e9
) -> Path:
    """The archive of a source package at ``path``, packed as its suffix says; its files were ``modified`` then."""
    path.parent.mkdir(parents=True, exist_ok=True)
    with tarfile.open(path, "w:" + path.suffix[1:]) as archive:  # type: ignore[call-overload]
        for name, content in files.items():
            data = content.encode() if isinstance(content, str) else content
            info = tarfile.TarInfo(prefix + name)
            info.size, info.mtime = len(data), modified
            archive.addfile(info, io.BytesIO(data))
    return path


def pinned_source(written: Path, **fields: object) -> SourcePackage:
    """The package ``tally`` whose archive is ``written``; ``fields`` replace the usual ones."""
    usual = {"suite": "bookworm", "name": "tally", "version": "2.0-1", "date": datetime.date(2022, 5, 1)}
    found = {"archive": written.name, "size": written.stat().st_size, "sha256": sha256_of(written)}
    return SourcePackage(**usual | found | fields)  # type: ignore[arg-type]
