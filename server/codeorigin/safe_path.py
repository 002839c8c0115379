"""What this process and those that it starts may import.

This module imports only what Python has already loaded: it runs while the current folder may still be searched.
"""

import os
import sys


def trust_no_folder() -> None:
    """Import nothing from the current folder, neither in this process nor in any that it starts.

    A new Python process looks for modules in the current folder first, that of ``multiprocessing`` included, and this
    program runs in the folders of other people's repositories.
    """
    # Read by every Python process that this one starts, the resource tracker and the processes of Ray included.
    os.environ["PYTHONSAFEPATH"] = "1"
    if not sys.flags.safe_path:
        # ``python -m`` has put the current folder there. A worker gets a copy of this list.
        here = {"", ".", os.curdir, _current_folder()}
        sys.path[:] = [folder for folder in sys.path if folder not in here]


def _current_folder() -> str:
    try:
        return str(os.getcwd())  # noqa: PTH109 - as it stands in `sys.path`
    except OSError:
        return ""
