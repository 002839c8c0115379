"""Turn command-line paths (files, folders, ``-``) into sources with a language."""

import os
import sys
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

from codeorigin.check.result import FileError
from codeorigin.cli.terminal import complain, display_path
from codeorigin.errors import LanguageError, SourceError

if TYPE_CHECKING:
    from codeorigin.languages import Language
    from codeorigin.languages.hosts import Host
    from codeorigin.settings.project import Project

STDIN = "-"
STDIN_NAME = "<stdin>"
MAX_BYTES = 2_000_000


@dataclass(frozen=True, slots=True)
class Source:
    """Something to check. ``path`` is the path to display; ``read`` raises :class:`~codeorigin.errors.SourceError`.

    ``named`` is True if the user named it, and False if it was found in a folder. ``changed`` holds the lines to check
    (1-based; only ``\\n`` ends a line), or None for all. ``file`` is None if it is not read from a file on disk. In a
    ``notebook``, only cells in one of the languages ``cells`` are checked (None: all), and ``language`` is meaningless.
    """

    path: str
    language: "Language | Host"
    read: Callable[[], str]
    named: bool = True
    changed: tuple[tuple[int, int], ...] | None = None
    file: Path | None = None
    notebook: bool = False
    cells: frozenset[str] | None = None


def read_stdin(language: str) -> str:
    """All of stdin as source text in ``language``, with the same rules as for a file."""
    from codeorigin.text.sources import decode_source  # noqa: PLC0415

    return decode_source(stdin_bytes(), STDIN_NAME, MAX_BYTES, language)


def stdin_bytes() -> bytes:
    """The content of stdin, up to one byte more than the size limit of files; empty if stdin is closed."""
    return b"" if sys.stdin is None else sys.stdin.buffer.read(MAX_BYTES + 1)


def source_kind(name: str) -> "Language | Host":
    """The language, or the kind of document with code blocks, called ``name``.

    Raises:
        LanguageError: there is neither.
    """
    from codeorigin.languages import get_language  # noqa: PLC0415
    from codeorigin.languages.hosts import find_host  # noqa: PLC0415

    return find_host(name) or get_language(name)


def source_of_file(path: Path, shown: str, language: "Language | Host", *, named: bool) -> Source:
    """The source for an existing file, displayed as ``shown``."""
    from codeorigin.text.sources import read_source  # noqa: PLC0415

    return Source(shown, language, lambda: read_source(path, MAX_BYTES, language.id), named, file=path)


def notebook_source(
    read: Callable[[], str],
    shown: str,
    cells: frozenset[str] | None,
    *,
    named: bool,
    file: Path | None = None,
    changed: tuple[tuple[int, int], ...] | None = None,
) -> Source:
    """The source for the cells of a notebook in the languages ``cells``, displayed as ``shown``."""
    from codeorigin.languages import get_language  # noqa: PLC0415

    return Source(shown, get_language("python"), read, named, changed, file, notebook=True, cells=cells)


def notebook_of_file(path: Path, shown: str, cells: frozenset[str] | None, *, named: bool) -> Source:
    """The source for an existing notebook."""
    from codeorigin.text.sources import read_source  # noqa: PLC0415

    return notebook_source(lambda: read_source(path, MAX_BYTES, ""), shown, cells, named=named, file=path)


def _only(language: str | None) -> frozenset[str] | None:
    """The language of the cells to check if ``--language`` names one, or None for all."""
    from codeorigin.languages import get_language  # noqa: PLC0415

    return None if language is None else frozenset({get_language(language).id})


def _guessed(text: str, shown: str) -> "Language | None":
    """The language guessed from ``text``, which is also reported on stderr; None if the guess is uncertain."""
    from codeorigin.language_id import guess_language  # noqa: PLC0415
    from codeorigin.languages import get_language  # noqa: PLC0415

    guess = guess_language(text)
    if guess.language is None:
        return None
    complain(
        f"{shown}: taken for {guess.language} by its text ({guess.confidence:.2f}); --language names another"
    )
    return get_language(guess.language)


def stdin_source(language: str | None, filename: str | None) -> Source:
    """The source for stdin, in ``language``, or the language of ``filename``, or one guessed from its text.

    Raises:
        LanguageError: the language is unknown.
        SourceError: the language had to be guessed, and the text cannot be read.
    """
    from codeorigin.functions.notebooks import is_notebook  # noqa: PLC0415

    if filename is not None and is_notebook(filename):
        return notebook_source(lambda: read_stdin(""), filename, _only(language), named=True)
    if language is not None:
        found = source_kind(language)
    else:
        named = None if filename is None else kind_for_path(Path(filename))
        if named is None:
            text = read_stdin("")
            guessed = _guessed(text, filename or STDIN_NAME)
            if guessed is None:
                raise LanguageError("stdin: unknown language; set it with --language or --stdin-filename")
            return Source(filename or STDIN_NAME, guessed, lambda: text)
        found = named
    return Source(filename or STDIN_NAME, found, lambda: read_stdin(found.id))


def file_source(path: Path, language: str | None) -> Source:
    """The source for a named file, in ``language``, or the language of its name, or one guessed from its text.

    Raises:
        LanguageError: the language is unknown.
        SourceError: the language had to be guessed, and the text cannot be read.
    """
    from codeorigin.functions.notebooks import is_notebook  # noqa: PLC0415
    from codeorigin.text.sources import read_source  # noqa: PLC0415

    if is_notebook(path):
        return notebook_of_file(path, display_path(path), _only(language), named=True)
    found = source_kind(language) if language is not None else kind_for_path(path)
    if found is None:
        found = _guessed(read_source(path, MAX_BYTES, ""), display_path(path))
    if found is None:
        raise LanguageError(f"{display_path(path)}: unknown language; set it with --language")
    return source_of_file(path, display_path(path), found, named=True)


def kind_for_path(path: Path) -> "Language | Host | None":
    """The language, or the kind of document with code blocks, for the name of ``path``; None if there is none."""
    from codeorigin.languages import language_for_path  # noqa: PLC0415
    from codeorigin.languages.hosts import host_for_path  # noqa: PLC0415

    return language_for_path(path) or host_for_path(path)


def chosen_cells(wanted: "Language | Host | None", project: "Project | None") -> frozenset[str] | None:
    """The languages of the cells to check in a notebook that the user did not name; None for all."""
    if wanted is not None:
        return frozenset({wanted.id})
    return None if project is None else frozenset(project.settings.languages)


def _folder_sources(
    folder: Path, language: str | None, exclude: Sequence[str], project: "Project | None", *, documents: bool
) -> list[Source]:
    from codeorigin.functions.notebooks import is_notebook  # noqa: PLC0415
    from codeorigin.languages.hosts import HOSTS  # noqa: PLC0415
    from codeorigin.text.walking import walk_sources  # noqa: PLC0415

    wanted = None if language is None else source_kind(language)
    documents = documents or (wanted is not None and wanted.id in HOSTS)
    sources = []

    def leave_out(path: Path) -> bool:
        return not exclude and project is not None and project.excludes_folder(path)

    def has_code(name: str) -> bool:
        found = kind_for_path(Path(name))
        return is_notebook(name) if found is None else documents or found.id not in HOSTS

    for path in walk_sources([folder], has_code, exclude=exclude, leave_out=leave_out):
        if is_notebook(path):
            if exclude or project is None or not project.excludes(path):
                cells = chosen_cells(wanted, project)
                sources.append(notebook_of_file(path, display_path(path), cells, named=False))
            continue
        found = kind_for_path(path)
        if found is None or (wanted is not None and found.id != wanted.id):
            continue
        chosen = (
            wanted is not None
            or project is None
            or found.id in HOSTS
            or found.id in project.settings.languages
        )
        # Patterns given as options override those of the project.
        if chosen and (exclude or project is None or not project.excludes(path)):
            sources.append(source_of_file(path, display_path(path), found, named=False))
    return sources


def find_project(
    names: Sequence[str],
    stdin_filename: str | None = None,
    editor: Mapping[str, Any] | None = None,
    *,
    files: bool = True,
) -> "Project":
    """The project that ``names`` belong to; problems with its settings are written to stderr.

    ``editor`` and ``files`` are passed to :func:`~codeorigin.settings.project.project_of`.
    """
    from codeorigin.settings.project import project_of  # noqa: PLC0415

    paths = [Path(stdin_filename or ".") if name == STDIN else Path(name) for name in names]
    project = project_of(paths, editor, files=files)
    for problem in project.problems:
        complain(problem)
    return project


def collect(
    names: Sequence[str],
    *,
    language: str | None,
    stdin_filename: str | None,
    exclude: Sequence[str],
    project: "Project | None" = None,
    documents: bool = False,
) -> tuple[list[Source], list[FileError]]:
    """The sources for ``names``, in order and without duplicates, and the errors for names without sources.

    ``language`` is that of stdin and of the files in ``names``. In folders, it selects the files to check, as do
    ``languages`` and ``exclude`` of the ``project``. ``documents`` includes documents with code blocks in folders;
    documents in ``names`` are always included.

    Raises :class:`~codeorigin.errors.LanguageError` if ``language`` is not supported.
    """
    if language is not None:
        source_kind(language)
    sources: dict[str, Source] = {}
    errors: list[FileError] = []
    for name in names:
        shown = display_path(name)
        try:
            if name == STDIN:
                # Stdin can be read only once, and guessing the language reads all of it.
                if STDIN not in sources:
                    sources[STDIN] = stdin_source(language, stdin_filename)
                continue
            path = Path(name)
            if not path.exists():
                errors.append(FileError(shown, "no such file or folder"))
                continue
            found = (
                _folder_sources(path, language, exclude, project, documents=documents)
                if path.is_dir()
                else [file_source(path, language)]
            )
        except (LanguageError, SourceError) as error:
            message = display_path(str(error)).removeprefix(f"{STDIN_NAME}: ").removeprefix(f"{shown}: ")
            errors.append(FileError(shown, message))
            continue
        except OSError as error:
            errors.append(FileError(shown, error.strerror or str(error)))
            continue
        if not found:
            what = "source files of a supported language" if language is None else f"{language} files"
            errors.append(FileError(shown, f"no {what} here (ignored and excluded files do not count)"))
        for source in found:
            key = os.path.realpath(source.path)
            met = sources.get(key)
            # A named file counts as named, even if a folder that contains it comes first in the list.
            if met is None or (source.named and not met.named):
                sources[key] = source
    return list(sources.values()), errors
