"""Where results that can be computed again are kept."""

import os
import sys
from pathlib import Path


def cache_folder() -> Path:
    """CodeOrigin's folder in the user's folder for caches; it may not exist yet."""
    if sys.platform == "win32":
        folder = _named("LOCALAPPDATA") or Path.home() / "AppData" / "Local"
    elif sys.platform == "darwin":
        folder = Path.home() / "Library" / "Caches"
    else:
        folder = _named("XDG_CACHE_HOME") or Path.home() / ".cache"
    return folder / "codeorigin"


def _named(variable: str) -> Path | None:
    """The folder in a variable, if it is absolute: a relative one is ignored, as the XDG specification says."""
    folder = Path(os.environ.get(variable, ""))
    return folder if folder.is_absolute() else None
