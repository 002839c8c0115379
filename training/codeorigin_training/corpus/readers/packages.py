"""Reads human functions from archives of released packages, with the era that the releases prove."""

import tarfile
import zipfile
from collections.abc import Iterable, Iterator, Sequence
from pathlib import Path

import numpy as np

from codeorigin.errors import SourceError
from codeorigin.languages import language_for_path
from codeorigin.text.sources import decode_source
from codeorigin_training.corpus.packages import ASSISTED_FROM, Package
from codeorigin_training.corpus.readers.own_code import is_own_code, is_wanted_path, sample, without_blanks
from codeorigin_training.corpus.readers.source_text import CutFunction, cut_functions
from codeorigin_training.corpus.rows import CorpusError, Row

SOURCE = "package"
"""``Row.source`` of these rows."""

_LARGEST_FILE = 1_000_000
_LARGEST_ARCHIVE = 600_000_000
_MOST_FILES = 60_000
_CANDIDATES = 4
"""Parsing stops at this multiple of the number of functions that a package may contribute."""

_LANGUAGES = {
    "pypi": frozenset({"python", "c", "cpp", "rust"}),
    "npm": frozenset({"javascript", "typescript", "c", "cpp", "java", "csharp", "rust", "go", "php", "ruby"}),
}


def read_package_archives(
    packages: Sequence[Package], folder: Path, *, limit: int = 150, seed: int = 0
) -> Iterator[Row]:
    """Human functions of every package whose archives are in ``folder``, at most ``limit`` of each.

    A function whose text, ignoring whitespace, is also in the earlier release dates from before
    :data:`~codeorigin_training.corpus.packages.ASSISTED_FROM`; any other function of a modern release counts as
    modern. If there are more than ``limit``, up to two thirds are modern ones, or more if too few old ones are left. A
    text found in several packages is counted for the first one.

    Raises:
        CorpusError: an archive is missing or damaged, or too large.
    """
    seen: set[str] = set()
    generator = np.random.default_rng(seed)
    for package in packages:
        old = "" if package.earlier is None else _packed(package.archive(folder, package.earlier))
        modern: list[Row] = []
        before: list[Row] = []
        for path, cut in _functions(package, package.archive(folder, package.version), generator):
            text = without_blanks(cut.code)
            if text in seen:
                continue
            seen.add(text)
            is_modern = package.modern and text not in old
            (modern if is_modern else before).append(_row(package, path, cut, is_modern))
            if len(modern) + len(before) >= _CANDIDATES * limit:
                break
        wanted = max(2 * limit // 3, limit - len(before))
        chosen = sample(modern, wanted, generator)
        yield from chosen
        yield from sample(before, limit - len(chosen), generator)


def read_archive(path: Path) -> Iterator[tuple[str, str]]:
    """The path inside the archive and the text of every source file of a wheel or an npm archive.

    Nothing is written to disk. Files that are not text, are larger than 1 MB, or whose path leads out of the
    archive are left out.

    Raises:
        CorpusError: the archive is missing or damaged, or holds more than 60,000 files or 600 MB.
    """
    try:
        members = _zip_members(path) if path.suffix == ".whl" else _tar_members(path)
        for name, data in members:
            try:
                yield name, decode_source(data, name, _LARGEST_FILE)
            except SourceError:
                continue
    except FileNotFoundError as error:
        raise CorpusError(f"{path}: not found; download the packages first") from error
    except (OSError, EOFError, zipfile.BadZipFile, tarfile.TarError) as error:
        raise CorpusError(f"{path}: damaged archive ({error}); delete it and download it again") from error


def _functions(
    package: Package, archive: Path, generator: np.random.Generator
) -> Iterator[tuple[str, CutFunction]]:
    """The functions of the package's own files, with files in random order so that a reader can stop early."""
    files = [(path, text) for path, text in read_archive(archive) if _is_written(package, path, text)]
    for index in generator.permutation(len(files)):
        path, text = files[index]
        for cut in cut_functions(text, path):
            yield path, cut


def _is_written(package: Package, path: str, text: str) -> bool:
    language = language_for_path(path)
    if language is None or language.model_language not in _LANGUAGES[package.registry]:
        return False
    return is_own_code(path, text, language.model_language)


def _packed(archive: Path) -> str:
    """The text of the whole release without whitespace; searching it is far faster than parsing it."""
    return "\0".join(without_blanks(text) for _, text in read_archive(archive))


def _row(package: Package, path: str, cut: CutFunction, modern: bool) -> Row:
    date = package.date.isoformat() if modern or not package.modern else f"<{ASSISTED_FROM.isoformat()}"
    return Row(
        code=cut.code,
        language=cut.language,
        label=0,
        repo=package.repo,
        agent="",
        modern=modern,
        is_test=cut.is_test,
        lines=cut.lines,
        path=path,
        commit=package.version,
        date=date,
        source=SOURCE,
    )


def _zip_members(path: Path) -> Iterator[tuple[str, bytes]]:
    with zipfile.ZipFile(path) as archive:
        infos = archive.infolist()
        _check_size(path, ((info.filename, info.file_size) for info in infos))
        for info in infos:
            if not info.is_dir() and _is_wanted(info.filename, info.file_size):
                yield info.filename, archive.read(info)


def _tar_members(path: Path) -> Iterator[tuple[str, bytes]]:
    with tarfile.open(path, "r:gz") as archive:
        infos = archive.getmembers()
        _check_size(path, ((info.name, info.size) for info in infos))
        for info in infos:
            if info.isfile() and _is_wanted(info.name, info.size):
                file = archive.extractfile(info)
                # npm puts everything into one folder, usually called "package".
                if file is not None:
                    yield info.name.partition("/")[2] or info.name, file.read()


def _check_size(path: Path, files: Iterable[tuple[str, int]]) -> None:
    sizes = [size for _, size in files]
    if len(sizes) > _MOST_FILES or sum(sizes) > _LARGEST_ARCHIVE:
        raise CorpusError(
            f"{path}: holds {len(sizes):,} files of {sum(sizes):,} bytes; leave this package out"
        )


def _is_wanted(name: str, size: int) -> bool:
    return size <= _LARGEST_FILE and is_wanted_path(name) and language_for_path(name) is not None
