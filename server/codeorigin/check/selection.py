"""Which files are checked where the user named none: in folders, changes and histories."""

import os
from collections.abc import Callable, Collection, Iterator, Sequence
from dataclasses import dataclass
from os import PathLike
from pathlib import Path
from typing import TYPE_CHECKING

from codeorigin.core.errors import CodeOriginError, RepositoryError
from codeorigin.git.walking import source_files
from codeorigin.languages.kinds import Kind, get_kind, is_in, kind_for_path
from codeorigin.settings.project import Project
from codeorigin.shell.terminal import display_path
from codeorigin.text.exclusions import Exclusions, exclusions

if TYPE_CHECKING:
    from codeorigin.git.repository import Repository


@dataclass(frozen=True, slots=True)
class Selection:
    """Selects files by their names.

    They are those in ``language`` or, without one, in the languages of the ``project``.
    ``exclude`` has patterns as in ``.gitignore``, which override the project's.

    Raises:
        LanguageError: ``language`` is not supported.
        CodeOriginError: a pattern is not valid.
    """

    project: Project
    language: str | None = None
    exclude: Sequence[str] = ()

    def __post_init__(self) -> None:
        if self.language is not None:
            get_kind(self.language)
        try:
            self._excluded(Path())
        except ValueError as error:
            raise CodeOriginError(
                f"--exclude {' '.join(self.exclude)}: no pattern as in .gitignore: {error}"
            ) from error

    def _excluded(self, folder: Path) -> Exclusions:
        """What the user excludes below ``folder``."""
        return exclusions(tuple(self.exclude), folder)

    @property
    def max_bytes(self) -> int:
        """The size of the largest files that are read."""
        return self.project.settings.max_file_size

    def kind(self, path: str | PathLike[str]) -> Kind | None:
        """What the file at ``path`` is, if it is selected by its name."""
        kind = kind_for_path(path)
        if self.language is None:
            wanted: Collection[str] = self.project.settings.languages
        else:
            wanted = (get_kind(self.language).id,)
        return kind if kind is not None and is_in(kind, wanted) else None

    def in_folder(self, folder: Path) -> Iterator[tuple[Path, Kind]]:
        """Yield the selected files in ``folder`` and what they are.

        The user named the folder, so it is searched even if the project's ``exclude`` matches it or one above it.
        """

        excluded = self._excluded(folder) if self.exclude else self.project.exclusions.inside(folder)
        for path in source_files(folder, lambda name: self.kind(name) is not None, excluded):
            kind = self.kind(path)
            if kind is not None:
                yield path, kind

    def in_repository(
        self, repository: "Repository", names: Sequence[str]
    ) -> tuple[Callable[[str], bool], list[str]]:
        """A predicate that selects files below ``names`` by their path in ``repository``, and ``names`` as such paths.

        Without ``names``, it selects files anywhere.

        Raises:
            RepositoryError: a name is outside the repository.
        """
        below = [_path_in_repository(repository, name) for name in names]
        top = repository.root or Path()
        excluded = self._excluded(top) if self.exclude else self.project.exclusions

        def is_selected(path: str) -> bool:
            if self.kind(path) is None:
                return False
            if below and not any(folder in {"", path} or path.startswith(f"{folder}/") for folder in below):
                return False
            return not excluded.file(top / path)

        return is_selected, below


def _path_in_repository(repository: "Repository", name: str) -> str:
    """A file or folder named by the user, as a path in the repository; empty for the whole repository."""
    if repository.root is None:
        inside = Path(name).as_posix()
        return "" if inside == "." else inside
    # First resolve only the folder: a link that the user names is a link in git too.
    full = Path(os.path.abspath(name))  # noqa: PTH100
    real = Path(os.path.realpath(full.parent)) / full.name if full.name else full
    root = Path(os.path.realpath(repository.root))
    for path in (real, Path(os.path.realpath(full))):
        if path.is_relative_to(root):
            relative = path.relative_to(root).as_posix()
            return "" if relative == "." else relative
    raise RepositoryError(f"is outside this repository ({root})", display_path(name))
