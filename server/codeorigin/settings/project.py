"""The settings of the project that contains the given paths, for commands without a workspace folder."""

import json
import os
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from functools import lru_cache
from pathlib import Path
from typing import Any

from codeorigin.errors import CodeOriginError
from codeorigin.settings.project_files import read_project_settings
from codeorigin.settings.schema import Settings, merge
from codeorigin.text.ignore_files import IgnorePatterns


@dataclass(frozen=True, slots=True)
class Project:
    """Settings, the folder that ``exclude`` is relative to (None: there is none), and one line per problem.

    ``file`` is the file that they come from; None if there is none.
    """

    settings: Settings = field(default_factory=Settings)
    folder: Path | None = None
    problems: tuple[str, ...] = ()
    file: Path | None = None

    def excludes(self, path: Path) -> bool:
        """Whether the project's ``exclude``, relative to its folder, matches the file at ``path``."""
        if self.folder is None or not self.settings.exclude:
            return False
        return _patterns(self.settings.exclude).ignores_file(self._relative(path, self.folder))

    def excludes_entry(self, path: Path, *, is_folder: bool) -> bool:
        """Whether ``exclude`` matches the file or folder at ``path`` itself; ignores the folders above it."""
        if self.folder is None or not self.settings.exclude:
            return False
        relative = self._relative(path, self.folder)
        return _patterns(self.settings.exclude).verdict(relative, is_folder=is_folder) is True

    @staticmethod
    def _relative(path: Path, folder: Path) -> str:
        return os.path.relpath(path, folder).replace(os.sep, "/")


@lru_cache(maxsize=16)
def _patterns(lines: tuple[str, ...]) -> IgnorePatterns:
    return IgnorePatterns(lines)


def read_settings(text: str) -> dict[str, Any]:
    """Parse the settings in ``text``, a JSON object. Raises CodeOriginError."""
    try:
        values = json.loads(text)
    except ValueError as error:
        raise CodeOriginError(f"--settings: is not valid JSON: {error}") from error
    if not isinstance(values, dict):
        raise CodeOriginError('--settings: write a table, for example {"threshold": 0.9}')
    return values


def project_of(
    paths: Sequence[Path], editor: Mapping[str, Any] | None = None, *, files: bool = True
) -> Project:
    """The project of ``paths``: the folder that contains them all, or the nearest parent with settings.

    Looks no higher than the repository's root (the folder with ``.git``). A broken file is reported in ``problems``,
    and defaults are used instead. ``editor`` are settings by the editor's names. As in the editor, they apply where
    the files set nothing. The ``exclude`` of a file is relative to its folder, that of the editor to the folder that
    contains all ``paths``. Without ``files``, only the editor's settings apply.
    """
    base, told = merge(Settings(), editor, "--settings")
    absolute = [os.path.abspath(path) for path in paths] or [os.getcwd()]  # noqa: PTH100, PTH109
    try:
        common = Path(os.path.commonpath(absolute))
    except ValueError:  # on different drives
        return Project(base, problems=told)
    start = common if common.is_dir() else common.parent
    for folder in (start, *start.parents) if files else ():
        found = read_project_settings(folder)
        if found.values or found.problem:
            settings, problems = merge(base, found.values, found.source, project=True)
            broken = (found.problem,) if found.problem else ()
            # The editor's patterns are relative to its workspace folder, which may be below the file's folder.
            excluding = start if settings.exclude is base.exclude else folder
            return Project(settings, excluding, (*told, *broken, *problems), folder / found.source)
        if (folder / ".git").exists():
            break
    return Project(base, None if editor is None else start, told)
