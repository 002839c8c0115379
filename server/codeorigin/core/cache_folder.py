"""Where results that can be computed again are kept."""

import os
import sys
from pathlib import Path


def cache_folder() -> Path:
    """CodeOrigin's folder in the user's folder for caches; it may not exist yet."""
    if sys.platform == "win32":
        folder = Path(os.environ.get("LOCALAPPDATA") or Path.home() / "AppData" / "Local")
    elif sys.platform == "darwin":
        folder = Path.home() / "Library" / "Caches"
    else:
        folder = Path(os.environ.get("XDG_CACHE_HOME") or Path.home() / ".cache")
    return folder / "codeorigin"
