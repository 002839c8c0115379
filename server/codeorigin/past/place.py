"""Where the repository of a file is, without asking git."""

import os
from pathlib import Path


def repository_folder(folder: Path) -> Path | None:
    """The innermost folder at or above ``folder``, its links resolved, that holds a ``.git``; None if there is none."""
    resolved = Path(os.path.realpath(folder))
    return next((path for path in (resolved, *resolved.parents) if os.path.lexists(path / ".git")), None)
