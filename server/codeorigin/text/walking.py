"""Walking folders for source files."""

import os
from collections.abc import Callable, Iterable, Iterator, Sequence
from pathlib import Path

from codeorigin.text.ignore_files import IgnorePatterns, IgnoreRules

_SKIPPED_FOLDERS = frozenset(
    {".git", ".hg", ".svn", ".jj", "node_modules", "__pycache__", ".tox", ".nox", ".eggs", ".venv", ".direnv"}
)


def walk_sources(
    paths: Iterable[Path],
    wanted: Callable[[str], bool],
    *,
    exclude: Sequence[str] = (),
    leave_out: Callable[[Path], bool] = lambda _: False,
) -> Iterator[Path]:
    """Yield every file in ``paths``, and in every folder in ``paths`` the files whose name is ``wanted``.

    A folder is walked in sorted order, without following links to folders. Left out are what git ignores (nested
    ``.gitignore`` files, those above up to the repository's root, ``.git/info/exclude``), what ``exclude`` matches
    (patterns as in ``.gitignore``, relative to the folder), subfolders for which ``leave_out`` is true, and the
    folders of version control systems, ``node_modules`` and virtual environments.

    A file given in ``paths`` is always yielded, even if it does not exist. Nothing is yielded twice.
    """
    seen: set[Path] = set()
    excluded = IgnorePatterns(exclude)
    for path in paths:
        listed = _walk_folder(path, wanted, excluded, leave_out) if path.is_dir() else (path,)
        for file in listed:
            key = Path(os.path.abspath(file))  # noqa: PTH100 - resolve() would merge links with their targets
            if key not in seen:
                seen.add(key)
                yield file


def _walk_folder(
    folder: Path,
    wanted: Callable[[str], bool],
    excluded: IgnorePatterns,
    leave_out: Callable[[Path], bool],
) -> Iterator[Path]:
    root = os.path.abspath(folder)  # noqa: PTH100
    pending = [(root, IgnoreRules.above(root))]
    while pending:
        current, above = pending.pop()
        ignored = above.with_folder(current)
        try:
            with os.scandir(current) as entries:
                listed = sorted(entries, key=lambda entry: entry.name)
        except OSError:
            continue
        folders: list[tuple[str, IgnoreRules]] = []
        for entry in listed:
            relative = entry.path[len(root) :].lstrip(os.sep)
            is_folder = entry.is_dir(follow_symlinks=False)
            if excluded.verdict(relative.replace(os.sep, "/"), is_folder=is_folder):
                continue
            if ignored.ignores(entry.path, is_folder=is_folder):
                continue
            if is_folder:
                if leave_out(folder / relative):
                    continue
                if entry.name not in _SKIPPED_FOLDERS and not os.path.lexists(
                    Path(entry.path) / "pyvenv.cfg"
                ):
                    folders.append((entry.path, ignored))
            elif wanted(entry.name) and _is_file(entry):
                yield folder / relative
        pending.extend(reversed(folders))


def _is_file(entry: "os.DirEntry[str]") -> bool:
    """Whether it is a file or a link to one; a circular link or one to an inaccessible place does not count."""
    try:
        return entry.is_file()
    except OSError:
        return False
