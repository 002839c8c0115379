"""Reads archives of source packages as streams: nothing is written to disk, and links are not followed."""

import bz2
import gzip
import lzma
import tarfile
import zlib
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path, PurePosixPath
from typing import IO

from codeorigin.core.errors import SourceError
from codeorigin.languages import Language, language_for_path
from codeorigin.text.sources import decode_source
from codeorigin_training.data.rows import CorpusError

LARGEST_FILE = 1_000_000
"""The maximum size in bytes of a source file that is read."""

_LARGEST_ARCHIVE = 400_000_000
_LARGEST_RATIO = 100
_ALWAYS_ALLOWED = 20_000_000
_MOST_MEMBERS = 40_000


@dataclass(frozen=True, slots=True)
class SourceFile:
    """A source file of an archive: its path below the archive's single top folder, if any, and its time in seconds."""

    path: str
    text: str
    language: Language
    modified: float


def read_source_archive(path: Path) -> Iterator[SourceFile]:
    """The source files of a tar archive compressed with gzip, bzip2 or xz, except those below ``debian/``.

    Links, devices, files that are not text or larger than 1 MB, and paths that lead out of the archive are left out.

    Raises:
        CorpusError: the archive is missing or damaged, holds more than 40,000 members, or unpacks to more than 400 MB
            or, above 20 MB, a hundred times its size.
    """
    try:
        limit = min(_LARGEST_ARCHIVE, max(_ALWAYS_ALLOWED, _LARGEST_RATIO * path.stat().st_size))
        with _opened(path) as unpacked:
            names: set[str] = set()
            files = list(_files(path, _Bounded(unpacked, path, limit), names))
    except FileNotFoundError as error:
        raise CorpusError(f"{path}: not found; download the packages first") from error
    except (OSError, EOFError, tarfile.TarError, lzma.LZMAError, zlib.error) as error:
        raise CorpusError(f"{path}: damaged archive ({error}); delete it and download it again") from error
    tops = {name.partition("/")[0] if "/" in name else "" for name in names}
    prefix = f"{tops.pop()}/" if len(tops) == 1 and "" not in tops else ""
    for file in files:
        inside = file.path.removeprefix(prefix)
        if not inside.startswith("debian/"):
            yield SourceFile(inside, file.text, file.language, file.modified)


class _Bounded:
    """A file that limits how much is unpacked, so that a small archive cannot exhaust memory or time."""

    def __init__(self, file: IO[bytes], path: Path, limit: int) -> None:
        self._file, self._path, self._left = file, path, limit

    def read(self, size: int) -> bytes:
        data = self._file.read(size)
        self._left -= len(data)
        if self._left < 0:
            raise CorpusError(f"{self._path}: unpacks to far more than its size; leave this package out")
        return data


def _opened(path: Path) -> IO[bytes]:
    openers = {".gz": gzip.open, ".bz2": bz2.open, ".xz": lzma.open}
    if path.suffix not in openers:
        raise CorpusError(f"{path}: no archive that is read; there are .tar.gz, .tar.bz2 and .tar.xz")
    opened: IO[bytes] = openers[path.suffix](path, "rb")  # type: ignore[operator]
    return opened


def _files(path: Path, unpacked: _Bounded, names: set[str]) -> Iterator[SourceFile]:
    """The source files with their full paths; the paths of all files are added to ``names``."""
    count = 0
    with tarfile.open(fileobj=unpacked, mode="r|") as archive:  # type: ignore[call-overload]
        for member in archive:
            if (count := count + 1) > _MOST_MEMBERS:
                raise CorpusError(f"{path}: holds more than {_MOST_MEMBERS:,} files; leave this package out")
            name = member.name.removeprefix("./")
            if not member.isreg() or not _stays_inside(name):
                continue
            names.add(name)
            language = language_for_path(name)
            if member.size > LARGEST_FILE or language is None:
                continue
            file = archive.extractfile(member)
            data = b"" if file is None else file.read()
            try:
                text = decode_source(data, name, LARGEST_FILE, language.id)
            except SourceError:
                continue
            yield SourceFile(name, text, language, float(member.mtime))
    # The checksum of the compressed data comes after the end of the tar archive.
    while unpacked.read(1 << 16):
        pass


def _stays_inside(name: str) -> bool:
    path = PurePosixPath(name)
    return not path.is_absolute() and ".." not in path.parts and "\\" not in name
