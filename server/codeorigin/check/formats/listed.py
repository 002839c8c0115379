"""Findings as CI systems list them, by their paths in the repository."""

import os
from collections import Counter
from collections.abc import Iterator
from functools import cache
from pathlib import Path, PurePosixPath
from typing import NamedTuple

from codeorigin.analysis.judged import JudgedFile, JudgedFunction
from codeorigin.check.inputs import STDIN_NAME
from codeorigin.check.result import CheckResult
from codeorigin.past.place import repository_folder
from codeorigin.report.verdicts import finding_sentence


class Listed(NamedTuple):
    """A finding: its ``path`` in the repository and its lines there.

    ``number`` tells it from the functions before it in the file that have the same text, from 1.
    """

    file: JudgedFile
    function: JudgedFunction
    path: str
    first: int
    last: int
    message: str
    number: int


def listed_findings(result: CheckResult) -> Iterator[Listed]:
    """Yield the findings, ordered by file and line."""
    met: Counter[tuple[str, str]] = Counter()
    for file, function in result.findings():
        key = file.path, function.function_id
        met[key] += 1
        message = finding_sentence(function, file.cell_number)
        yield Listed(file, function, path_in_repository(file.path), *file.place(function), message, met[key])


def path_in_repository(path: str) -> str:
    """``path``, as a report shows it, relative to the top of its repository, with ``/``; as it is outside of any.

    CI systems expect such paths, whatever folder a check was started in.
    """
    if path == STDIN_NAME:
        return path
    try:
        inside = _inside(os.path.realpath(os.path.dirname(path) or "."))  # noqa: PTH120 - a name may end in a dot
    except ValueError:  # no path of this system: a name with a NUL, or one that it cannot encode
        return path
    return path if inside is None else str(PurePosixPath(inside, os.path.basename(path)))  # noqa: PTH119


@cache
def _inside(folder: str) -> str | None:
    top = repository_folder(Path(folder))
    return None if top is None else Path(folder).relative_to(top).as_posix()
