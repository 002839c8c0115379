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
    from codeorigin.languages.kinds import Kind
    from codeorigin.settings.project import Project

STDIN = "-"
STDIN_NAME = "<stdin>"
MAX_BYTES = 2_000_000


@dataclass(frozen=True, slots=True)
class Source:
    """Something to check. ``path`` is the path to display; ``read`` raises :class:`~codeorigin.errors.SourceError`.

    ``named`` is True if the user named it, and False if it was found in a folder. ``changed`` holds the lines to check
    (1-based; only ``\\n`` ends a line), or None for all. ``file`` is None if it is not read from a file on disk. Of a
    notebook, only cells in one of the languages ``cells`` are checked (None: all).
    """

    path: str
    kind: "Kind"
    read: Callable[[], str]
    named: bool = True
    changed: tuple[tuple[int, int], ...] | None = None
    file: Path | None = None
    cells: frozenset[str] | None = None


def read_stdin(language: str) -> str:
    """All of stdin as source text in ``language``, with the same rules as for a file."""
    from codeorigin.text.sources import decode_source  # noqa: PLC0415

    return decode_source(stdin_bytes(), STDIN_NAME, MAX_BYTES, language)


def stdin_bytes() -> bytes:
    """The content of stdin, up to one byte more than the size limit of files; empty if stdin is closed."""
    return b"" if sys.stdin is None else sys.stdin.buffer.read(MAX_BYTES + 1)


def source_of_file(
    path: Path, shown: str, kind: "Kind", *, named: bool, cells: frozenset[str] | None = None
) -> Source:
    """The source for an existing file, displayed as ``shown``."""
    from codeorigin.text.sources import read_source  # noqa: PLC0415

    return Source(shown, kind, lambda: read_source(path, MAX_BYTES, kind.id), named, file=path, cells=cells)


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
    from codeorigin.languages.kinds import NOTEBOOK, get_kind, kind_for_path  # noqa: PLC0415

    named = None if filename is None else kind_for_path(filename)
    if filename is not None and named is NOTEBOOK:
        return Source(filename, NOTEBOOK, lambda: read_stdin(""), cells=_only(language))
    if language is not None:
        found = get_kind(language)
    else:
        if named is None:
            text = read_stdin("")
            guessed = _guessed(text, filename or STDIN_NAME)
            if guessed is None:
                raise LanguageError(
                    "unknown language; set it with --language or --stdin-filename", filename or STDIN_NAME
                )
            return Source(filename or STDIN_NAME, guessed, lambda: text)
        found = named
    return Source(filename or STDIN_NAME, found, lambda: read_stdin(found.id))


def file_source(path: Path, language: str | None) -> Source:
    """The source for a named file, in ``language``, or the language of its name, or one guessed from its text.

    Raises:
        LanguageError: the language is unknown.
        SourceError: the language had to be guessed, and the text cannot be read.
    """
    from codeorigin.languages.kinds import NOTEBOOK, get_kind, kind_for_path  # noqa: PLC0415
    from codeorigin.text.sources import read_source  # noqa: PLC0415

    found = kind_for_path(path)
    if found is NOTEBOOK:
        return source_of_file(path, display_path(path), NOTEBOOK, named=True, cells=_only(language))
    if language is not None:
        found = get_kind(language)
    if found is None:
        found = _guessed(read_source(path, MAX_BYTES, ""), display_path(path))
    if found is None:
        raise LanguageError("unknown language; set it with --language", display_path(path))
    return source_of_file(path, display_path(path), found, named=True)


def chosen_cells(language: str | None, project: "Project | None") -> frozenset[str] | None:
    """The languages of the cells to check in a notebook that the user did not name; None for all.

    Raises:
        LanguageError: ``language`` is not supported.
    """
    from codeorigin.languages.kinds import get_kind  # noqa: PLC0415

    if language is not None:
        return frozenset({get_kind(language).id})
    return None if project is None else frozenset(project.settings.languages)


def kind_chooser(
    language: str | None, project: "Project | None", *, documents: bool
) -> "Callable[[Kind | None], bool]":
    """Which kinds of files to check where the user did not name a file.

    Those in ``language``, or else in the languages of the ``project``; notebooks always; and with ``documents``, or if
    ``language`` is such a kind, documents with code blocks.

    Raises:
        LanguageError: ``language`` is not supported.
    """
    from codeorigin.languages.kinds import DOCUMENT_KINDS, NOTEBOOK, get_kind  # noqa: PLC0415

    wanted = None if language is None else get_kind(language).id

    def is_chosen(kind: "Kind | None") -> bool:
        if kind is None or kind is NOTEBOOK:
            return kind is not None
        if wanted is not None:
            return kind.id == wanted
        if kind.id in DOCUMENT_KINDS:
            return documents
        return project is None or kind.id in project.settings.languages

    return is_chosen


def _folder_sources(
    folder: Path, language: str | None, exclude: Sequence[str], project: "Project | None", *, documents: bool
) -> list[Source]:
    from codeorigin.languages.kinds import NOTEBOOK, kind_for_path  # noqa: PLC0415
    from codeorigin.text.walking import walk_sources  # noqa: PLC0415

    is_chosen = kind_chooser(language, project, documents=documents)
    cells = chosen_cells(language, project)
    # Patterns given as options override those of the project.
    excluding = None if exclude else project

    def leave_out(path: Path) -> bool:
        return excluding is not None and excluding.excludes_folder(path)

    sources = []
    for path in walk_sources(
        [folder], lambda name: is_chosen(kind_for_path(name)), exclude=exclude, leave_out=leave_out
    ):
        kind = kind_for_path(path)
        if kind is not None and (excluding is None or not excluding.excludes(path)):
            only = cells if kind is NOTEBOOK else None
            sources.append(source_of_file(path, display_path(path), kind, named=False, cells=only))
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
        from codeorigin.languages.kinds import get_kind  # noqa: PLC0415

        get_kind(language)
    sources: dict[str, Source] = {}
    errors: list[FileError] = []
    for name in names:
        shown = (stdin_filename or STDIN_NAME) if name == STDIN else display_path(name)
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
            errors.append(FileError(shown, display_path(error.reason)))
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
