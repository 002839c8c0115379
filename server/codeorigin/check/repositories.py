"""The past of the repository that holds all that is checked."""

import os
from collections.abc import Callable, Sequence
from pathlib import Path
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
