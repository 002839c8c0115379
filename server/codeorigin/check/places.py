"""Where the checked files are in their repositories, without asking git."""

import os
from collections import defaultdict
from collections.abc import Iterable
from pathlib import Path, PurePosixPath

from codeorigin.check.inputs import Source
from codeorigin.past.place import repository_folder


def places_in_repositories(sources: Iterable[Source]) -> dict[Path, dict[str, str]]:
    """The tops of the repositories of the files on disk, and for each file its path below the top, by displayed path."""
    folders: dict[Path, tuple[Path | None, str]] = {}
    found: dict[Path, dict[str, str]] = defaultdict(dict)
    for source in sources:
        if source.file is None:
            continue
        folder = source.file.parent
        if folder not in folders:
            top = repository_folder(folder)
            inside = "" if top is None else Path(os.path.realpath(folder)).relative_to(top).as_posix()
            folders[folder] = top, inside
        top, inside = folders[folder]
        if top is not None:
            found[top][source.path] = str(PurePosixPath(inside, source.file.name))
    return found
