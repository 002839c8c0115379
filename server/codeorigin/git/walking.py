"""The source files in a folder, without what git ignores there."""

import os
from collections.abc import Callable, Iterator
from pathlib import Path

from codeorigin.core.errors import RepositoryError
from codeorigin.text.exclusions import Exclusions

_SKIPPED_FOLDERS = frozenset(
    {".git", ".hg", ".svn", ".jj", "node_modules", "__pycache__", ".tox", ".nox", ".eggs", ".venv", ".direnv"}
)
_OTHER_PLACES = dict.fromkeys(("GIT_DIR", "GIT_WORK_TREE", "GIT_INDEX_FILE", "GIT_COMMON_DIR"))
"""What git sets for its hooks, so that it looks for the repository of the folder itself."""


def source_files(folder: Path, wanted: Callable[[str], bool], excluded: Exclusions) -> Iterator[Path]:
    """Yield the files in ``folder`` whose name is ``wanted``, in sorted order, without following links to folders.

    A link to a file counts if it leads to a place in ``folder``: what a repository links to elsewhere is not its own.

    Left out are what git ignores in the repository that each file is in, what is ``excluded``, and the folders of
    version control systems, ``node_modules`` and virtual environments. Without git, outside of a repository, and in a
    ``folder`` that is ignored itself, nothing is ignored.
    """
    root = os.path.abspath(folder)  # noqa: PTH100 - resolve() would merge links with their targets
    real = os.path.join(os.path.realpath(folder), "")  # noqa: PTH118 - ends in a separator
    ignored_below = _Ignored()
    pending = [(root, ignored_below(root))]
    while pending:
        current, ignored = pending.pop()
        try:
            with os.scandir(current) as entries:
                listed = sorted(entries, key=lambda entry: entry.name)
        except OSError:
            continue
        if current != root and any(entry.name == ".git" for entry in listed):
            ignored = ignored_below(current)
        folders: list[tuple[str, frozenset[str]]] = []
        for entry in listed:
            if entry.path in ignored:
                continue
            path = folder / entry.path[len(root) :].lstrip(os.sep)
            if entry.is_dir(follow_symlinks=False):
                is_environment = os.path.lexists(Path(entry.path) / "pyvenv.cfg")
                if entry.name not in _SKIPPED_FOLDERS and not is_environment and not excluded.folder(path):
                    folders.append((entry.path, ignored))
            elif wanted(entry.name) and _is_file(entry, real) and not excluded.file(path):
                yield path
        pending.extend(reversed(folders))


class _Ignored:
    """What git ignores below a folder, without what is in ignored folders; empty if git does not say.

    It is not asked again once it has stalled: that takes seconds, and a folder may hold thousands of repositories.
    """

    def __init__(self) -> None:
        self._has_stalled = False

    def __call__(self, folder: str) -> frozenset[str]:
        above = (Path(folder), *Path(folder).parents)
        if self._has_stalled or not any(os.path.lexists(path / ".git") for path in above):
            return frozenset()
        # Without a repository, a check and a server start without it.
        from codeorigin.git.process import Git, StalledError  # noqa: PLC0415

        options = ("--others", "--ignored", "--exclude-standard", "--directory", "-z")
        try:
            answer = Git(Path(folder), _OTHER_PLACES).run("ls-files", *options)
        except RepositoryError as error:
            self._has_stalled = isinstance(error, StalledError)
            return frozenset()
        names = (os.fsdecode(name).rstrip("/").replace("/", os.sep) for name in answer.split(b"\0") if name)
        return frozenset(os.path.join(folder, name) for name in names)  # noqa: PTH118 - compared with those of scandir


def _is_file(entry: "os.DirEntry[str]", folder: str) -> bool:
    """Whether it is a file, or a link to one below ``folder``; a circular link does not count."""
    try:
        if entry.is_symlink() and not os.path.realpath(entry.path).startswith(folder):
            return False
        return entry.is_file()
    except OSError:
        return False
