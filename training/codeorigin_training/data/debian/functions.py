"""Reads human functions from archives of source packages."""

import datetime
from collections.abc import Iterator, Sequence
from pathlib import Path

import numpy as np

from codeorigin_training.data.debian.archives import SourceFile, read_source_archive
from codeorigin_training.data.debian.own_code import is_own_code, sample, without_blanks
from codeorigin_training.data.debian.packages import SourcePackage
from codeorigin_training.data.debian.source_text import CutFunction, cut_functions
from codeorigin_training.data.rows import DISTRIBUTION_SOURCE, CorpusError, Row
from codeorigin_training.run import Log

MOST_ROWS = 60
"""The maximum number of functions of a package, as in ``human.parquet``."""

_CANDIDATES = 4
"""Parsing stops at this multiple of the number of rows that a package may contribute."""

_OLDEST = datetime.date(1990, 1, 1)


def read_source_functions(
    packages: Sequence[SourcePackage], folder: Path, log: Log, *, limit: int = MOST_ROWS, seed: int = 0
) -> Iterator[Row]:
    """Human functions of the packages whose archives are in ``folder``, at most ``limit`` of each.

    A text found in several packages is counted for the first one. A package is left out, with a line in ``log``, if
    its archive is not the pinned one, is damaged, or unpacks to too much data.
    """
    seen: set[str] = set()
    generator = np.random.default_rng(seed)
    for package in packages:
        if fault := package.fault(folder):
            log(f"{package.repo}: left out, {fault}")
            continue
        try:
            files = [each for each in read_source_archive(folder / package.archive) if _is_own(each)]
        except CorpusError as error:
            log(f"{package.repo}: left out, {error}")
            continue
        found: list[Row] = []
        # In random order, so that parsing can stop early.
        for index in generator.permutation(len(files)):
            file = files[index]
            for each in cut_functions(file.text, file.path):
                text = without_blanks(each.code)
                if text not in seen:
                    seen.add(text)
                    found.append(_row(package, file, each))
            if len(found) >= _CANDIDATES * limit:
                break
        yield from sample(found, limit, generator)


def _is_own(file: SourceFile) -> bool:
    return is_own_code(file.path, file.text, file.language.model_language)


def _row(package: SourcePackage, file: SourceFile, cut: CutFunction) -> Row:
    return Row(
        code=cut.code,
        language=cut.language,
        label=0,
        repo=package.repo,
        agent="",
        modern=package.modern,
        is_test=cut.is_test,
        lines=cut.lines,
        path=file.path,
        commit=package.version,
        date=_date(file, package).isoformat(),
        source=DISTRIBUTION_SOURCE,
    )


def _date(file: SourceFile, package: SourcePackage) -> datetime.date:
    """The file's own date if it is plausible, else the package's."""
    try:
        own = datetime.datetime.fromtimestamp(file.modified, datetime.UTC).date()
    except (OverflowError, OSError, ValueError):
        return package.date
    return own if _OLDEST <= own <= package.date else package.date
