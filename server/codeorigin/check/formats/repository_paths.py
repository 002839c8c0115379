"""Paths as CI systems expect them: relative to the top of the repository, whatever folder a check was started in."""

import os
from functools import cache
from pathlib import Path, PurePosixPath

from codeorigin.check.inputs import STDIN_NAME
from codeorigin.past.place import repository_folder


def path_in_repository(path: str) -> str:
    """``path``, as a report shows it, relative to the top of its repository, with ``/``; as it is outside of any."""
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
