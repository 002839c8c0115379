"""The settings of the project that contains the given paths, for commands without a workspace folder."""

import json
import os
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from codeorigin.errors import CodeOriginError
from codeorigin.settings.project_files import read_project_settings
from codeorigin.settings.schema import Settings, merge
from codeorigin.text.exclusions import Exclusions, exclusions


@dataclass(frozen=True, slots=True)
class Project:
    """Settings, the folder that ``exclude`` is relative to (None: there is none), and one line per problem.

    ``file`` is the file that they come from; None if there is none.
    """

    settings: Settings = field(default_factory=Settings)
    folder: Path | None = None
    problems: tuple[str, ...] = ()
    file: Path | None = None

    @property
    def exclusions(self) -> Exclusions:
        """What the project's ``exclude`` matches."""
        lines = () if self.folder is None else self.settings.exclude
        return exclusions(lines, self.folder or Path())


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
