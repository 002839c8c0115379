"""The repositories that hold what is checked: found without asking git, and the past of the one that holds it all."""

import os
from collections import defaultdict
from collections.abc import Callable, Iterable, Sequence
from pathlib import Path, PurePosixPath
from typing import TYPE_CHECKING

from codeorigin.analysis.judged import Source
from codeorigin.core.errors import RepositoryError
from codeorigin.model.bundle import Bundle
from codeorigin.model.past import Past
from codeorigin.past.place import repository_folder
from codeorigin.report.past import SHALLOW
from codeorigin.shell.terminal import to_stderr

if TYPE_CHECKING:
    from codeorigin.analysis.analyzer import Analyzer


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


def past_of_sources(sources: Sequence[Source], bundle: Bundle, load: "Callable[[], Analyzer]") -> Past | None:
    """The past of the repository that holds all ``sources``; a source that is no file belongs to the current folder.

    None if there is no such repository, and as for :func:`~codeorigin.past.old_functions.repository_past`. If git
    fails, or the clone is shallow, stderr says so.
    """
    if bundle.calibration.past is None or not sources:
        return None
    places = {os.path.realpath("." if source.file is None else source.file.parent) for source in sources}
    folder = Path(min(places, key=len))
    if repository_folder(folder) is None:
        return None
    # Imported late, because most of git's modules are of no use outside of a repository.
    from codeorigin.git.repository import Repository  # noqa: PLC0415
    from codeorigin.past.old_functions import repository_past  # noqa: PLC0415

    try:
        repository = Repository.of(folder)
        root = None if repository.root is None else os.path.realpath(repository.root)
        if root is None or any(os.path.commonpath((root, place)) != root for place in places):
            return None
        if repository.is_shallow:
            to_stderr(SHALLOW)
        return repository_past(repository, bundle, load)
    except RepositoryError as error:
        to_stderr(f"nothing is compared with the project's own past: {error}")
        return None
