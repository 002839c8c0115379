"""The settings of a project, from ``codeorigin.toml``, else ``[tool.codeorigin]`` in pyproject.toml, of a folder."""

import errno
import json
import os
import tomllib
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import TYPE_CHECKING, Any, Self

from codeorigin.core.errors import CodeOriginError, NoRepositoryError, RepositoryError
from codeorigin.past.place import repository_folder
from codeorigin.settings.schema import ACCEPTED_FILES, Settings, merge
from codeorigin.shell.terminal import to_stderr
from codeorigin.text.exclusions import Exclusions, exclusions
from codeorigin.text.regular_files import read_regular_file

if TYPE_CHECKING:
    from codeorigin.analysis.analyzer import Analyzer
    from codeorigin.model.bundle import Bundle
    from codeorigin.model.past import Past
    from codeorigin.shell.options import ProjectOptions

SHALLOW = (
    "this clone is shallow, so nothing is compared with the project's own functions from before December 2022; "
    "git fetch --unshallow gets them (in GitHub Actions, fetch-depth: 0), and --no-past does without"
)
SETTINGS_FILE = "codeorigin.toml"
PYPROJECT_FILE = "pyproject.toml"
WATCHED_FILES = (SETTINGS_FILE, PYPROJECT_FILE, ACCEPTED_FILES)
"""Patterns of the names of the files that matter to a folder."""
MAX_BYTES = 1_000_000

Signature = tuple[tuple[int, int] | None, ...]


@dataclass(frozen=True, slots=True)
class ProjectSettings:
    """The settings in a folder's files: raw values, the name of the file, and what is wrong with it."""

    values: Mapping[str, Any]
    source: str
    problem: str | None = None


def signature(folder: Path) -> Signature:
    """A value that differs whenever one of the folder's files may have changed; takes a few stat calls."""
    return tuple(_stamp(folder / name) for name in (SETTINGS_FILE, PYPROJECT_FILE))


def read_project_settings(folder: Path) -> ProjectSettings:
    """Read the settings of ``folder``. Never raises: a broken file gives a problem and no values."""
    settings_file = folder / SETTINGS_FILE
    if settings_file.is_file():
        values, problem = _read_toml(settings_file)
        return ProjectSettings(values, SETTINGS_FILE, problem)
    values, problem = _read_toml(folder / PYPROJECT_FILE)
    tool = values.get("tool")
    table = tool.get("codeorigin") if isinstance(tool, Mapping) else None
    if table is None:
        # A broken pyproject.toml is not reported, because it may not contain any settings for CodeOrigin.
        return ProjectSettings({}, PYPROJECT_FILE)
    if not isinstance(table, Mapping):
        return ProjectSettings({}, PYPROJECT_FILE, f"{PYPROJECT_FILE}: tool.codeorigin must be a table")
    return ProjectSettings(table, PYPROJECT_FILE, problem)


def _read_toml(path: Path) -> tuple[Mapping[str, Any], str | None]:
    try:
        if path.is_symlink() and not path.resolve().is_relative_to(path.parent.resolve()):
            # What is wrong in it would be quoted, and it may be any file of the user's.
            raise OSError(errno.ELOOP, "a link that leads out of its folder")
        content = read_regular_file(path, MAX_BYTES)
        if len(content) > MAX_BYTES:
            return {}, f"{path.name}: larger than {MAX_BYTES} bytes; ignored"
        return tomllib.loads(content.decode("utf-8-sig")), None
    except FileNotFoundError:
        return {}, None
    except OSError as error:
        return {}, f"{path.name}: cannot be read ({error.strerror}); ignored"
    except UnicodeDecodeError:
        return {}, f"{path.name}: not UTF-8; ignored"
    except (ValueError, RecursionError) as error:  # also for an integer of thousands of digits
        reason = str(error).splitlines()[0][:200]
        return {}, f"{path.name}: not valid TOML ({reason}); ignored"


def _stamp(path: Path) -> tuple[int, int] | None:
    try:
        found = path.stat()
    except OSError:
        return None
    return found.st_mtime_ns, found.st_size


@dataclass(frozen=True, slots=True)
class Project:
    """Settings, the folder that ``exclude`` is relative to (None: there is none), and one line per problem.

    ``file`` is the file that they come from; None if there is none. ``start`` is the folder that contains all that the
    project was looked up for; None if there is none, as on several drives.
    """

    settings: Settings = field(default_factory=Settings)
    folder: Path | None = None
    problems: tuple[str, ...] = ()
    file: Path | None = None
    start: Path | None = None

    @classmethod
    def open(
        cls,
        paths: Sequence[str | Path],
        options: "ProjectOptions",
        editor: Mapping[str, Any] | None = None,
        *,
        files: bool = True,
    ) -> Self:
        """The project of ``paths`` for a command, with what its ``options`` say in place of the settings.

        Problems with the settings are written to stderr. ``editor`` and ``files`` are those of :func:`project_of`.
        """
        found = project_of([Path(path) for path in paths], editor, files=files and options.config)
        for problem in found.problems:
            to_stderr(problem)
        settings = replace(found.settings, **options.chosen())
        return cls(settings, found.folder, found.problems, found.file, found.start)

    def past(
        self, files: Iterable[Path | None], bundle: "Bundle", load: "Callable[[], Analyzer]"
    ) -> "Past | None":
        """The past of the repository that holds all ``files``; None stands for a text in the current folder.

        None if the settings want none, if there is no such repository, and as for
        :func:`~codeorigin.past.old_functions.repository_past`. If git fails, or the clone is shallow, stderr says so.
        """
        places = {os.path.realpath("." if file is None else file.parent) for file in files}
        if not self.settings.past or bundle.calibration.past is None or not places:
            return None
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
        except NoRepositoryError:  # an empty .git
            return None
        except RepositoryError as error:
            to_stderr(f"nothing is compared with the project's own older code: {error}")
            return None

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
            return Project(settings, excluding, (*told, *broken, *problems), folder / found.source, start)
        if (folder / ".git").exists():
            break
    return Project(base, None if editor is None else start, told, start=start)
