"""What this process and those that it starts may import.

This module imports only what Python has already loaded, not even ``pathlib``: it runs while the current folder may still
be searched.
"""

import os
import sys

PYTHONPATH_ADVICE = (
    "PYTHONPATH names the current folder, so Python may have run a sitecustomize.py of it: "
    "remove the empty or relative entry, or start `python -I -m codeorigin`"
)
_dropped: list[str] = []


def untrusted_entries() -> list[str]:
    """The entries of ``PYTHONPATH`` that are, or depend on, the current folder; empty if there are none.

    Python has searched them for a ``sitecustomize`` before the first line of ours: only ``python -I`` prevents that.
    """
    return list(_dropped)


def trust_no_folder() -> None:
    """Import nothing from the current folder, neither in this process nor in any that it starts.

    A new Python process looks for modules in the current folder first, that of ``multiprocessing`` included, and this
    program runs in the folders of other people's repositories. ``PYTHONPATH`` may lead there too: an empty entry, as in
    ``:/tools``, is the current folder.
    """
    # Read by every Python process that this one starts, the resource tracker and the processes of Ray included.
    os.environ["PYTHONSAFEPATH"] = "1"
    # A repository is no place for temporary files, caches or the user's configuration, which git reads too.
    for name in ("TMPDIR", "TEMP", "TMP", "HOME", "XDG_CACHE_HOME", "XDG_CONFIG_HOME"):
        if name in os.environ and not os.path.isabs(os.environ[name]):  # noqa: PTH117
            del os.environ[name]
    given = os.environ.pop("PYTHONPATH", None)
    entries = [] if given is None else given.split(os.pathsep)
    here = _current_folder()
    if not sys.flags.ignore_environment:
        _dropped.extend(entry for entry in entries if not os.path.isabs(entry) or entry == here)  # noqa: PTH117
    safe = [folder for folder in entries if os.path.isabs(folder) and folder != here]  # noqa: PTH117
    if safe:
        os.environ["PYTHONPATH"] = os.pathsep.join(safe)
    # ``python -m`` has put the current folder first, and ``PYTHONPATH`` follows. What comes later is Python's own, also
    # if this is its folder. A worker gets a copy of this list.
    first = len(entries) + (not sys.flags.safe_path)
    dropped = {"", here, *(os.path.abspath(entry) for entry in entries if entry not in safe)}  # noqa: PTH100
    sys.path[:] = [folder for place, folder in enumerate(sys.path) if place >= first or folder not in dropped]


def _current_folder() -> str:
    try:
        return str(os.getcwd())  # noqa: PTH109 - as it stands in `sys.path`
    except OSError:
        return ""
