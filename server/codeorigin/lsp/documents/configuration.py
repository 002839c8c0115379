"""The settings that apply to a document: defaults, then the editor's, then those in the folder's own files."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from codeorigin.lsp.documents.snapshot import path_of_uri
from codeorigin.settings.project import Signature, read_project_settings, signature
from codeorigin.settings.schema import Settings, merge

SECTION = "codeorigin"


@dataclass(slots=True)
class _Folder:
    settings: Settings
    signature: Signature | None = None
    source_of_exclude: str | None = None


@dataclass(slots=True)
class Configuration:
    """The layers of settings and the merged settings of each workspace folder.

    Later layers win: defaults, ``initializationOptions``, the editor's settings for all folders, its settings for
    one folder, the folder's ``codeorigin.toml`` or ``pyproject.toml``. The project's files come last because editors
    send every setting with its default value, so a value that the user set cannot be told from an unset one.
    """

    everywhere: Settings = field(default_factory=Settings)
    problems: tuple[str, ...] = ()
    _initial: Any = None
    _editor: Any = None
    _editor_by_folder: dict[str, Any] = field(default_factory=dict)
    _folders: dict[str, _Folder] = field(default_factory=dict)

    def set_initial(self, options: object) -> None:
        """Set ``initializationOptions``: the settings, or a table that has them under ``codeorigin``."""
        self._initial = _section(options)

    def set_editor(self, values: object, by_folder: Mapping[str, Any] | None = None) -> None:
        self._editor = _section(values)
        self._editor_by_folder = dict(by_folder or {})

    def rebuild(self, folders: list[str]) -> None:
        """Recompute the settings of all ``folders`` (URIs), reading their files."""
        base, problems = merge(Settings(), self._initial, "initializationOptions")
        base, more = merge(base, self._editor, "editor settings")
        found = [*problems, *more]
        self.everywhere = base
        self._folders = {}
        for uri in folders:
            settings, more = merge(base, self._editor_by_folder.get(uri), "editor settings")
            found += more
            path = path_of_uri(uri)
            stamp = source = None
            if path is not None:
                stamp = signature(Path(path))
                project = read_project_settings(Path(path))
                settings, more = merge(settings, project.values, project.source, project=True)
                source = project.source if "exclude" in project.values else None
                found += [project.problem] if project.problem else []
                found += more
            self._folders[uri] = _Folder(settings, stamp, source)
        self.problems = tuple(dict.fromkeys(found))

    def of(self, folder: str | None) -> Settings:
        """The settings for a workspace folder's URI; None stands for documents outside all folders."""
        found = self._folders.get(folder or "")
        return self.everywhere if found is None else found.settings

    def source_of_exclude(self, folder: str | None) -> str:
        """Where the folder's ``exclude`` is set: the name of a file, or the editor's settings."""
        found = self._folders.get(folder or "")
        return (found and found.source_of_exclude) or "the settings"

    def is_stale(self, folder: str | None) -> bool:
        """Whether a file of the folder has changed since it was read."""
        found = self._folders.get(folder or "")
        path = path_of_uri(folder or "")
        return found is not None and path is not None and signature(Path(path)) != found.signature


def _section(values: object) -> object:
    """Return the section itself; editors send either that or a table that contains it."""
    if isinstance(values, Mapping) and isinstance(values.get(SECTION), Mapping):
        return values[SECTION]
    return values
