"""Turn command-line paths (files, folders, ``-``) into sources of a kind."""

import os
import sys
from collections.abc import Sequence
from functools import cache, partial
from pathlib import Path

from codeorigin.analysis.judged import Source
from codeorigin.check.result import FileError
from codeorigin.check.selection import Selection
from codeorigin.core.errors import LanguageError, SourceError
from codeorigin.languages.kinds import NOTEBOOK, get_kind, kind_for_path
from codeorigin.shell.terminal import display_path, to_stderr
from codeorigin.text.sources import decode_source, read_source

STDIN = "-"
STDIN_NAME = "<stdin>"


def read_stdin(language: str, max_bytes: int) -> str:
    """All of stdin as source text in ``language``, with the same rules as for a file; empty if it is closed."""
    data = b"" if sys.stdin is None else sys.stdin.buffer.read(max_bytes + 1)
    return decode_source(data, STDIN_NAME, max_bytes, language)


def _source_of_file(path: Path, language: str, max_bytes: int, *, named: bool) -> Source:
    """The source for an existing file, which can be sent to another process."""
    read = partial(read_source, path, max_bytes, language)
    return Source(display_path(path), language, read, named, file=path)


def file_source(path: Path, language: str | None, max_bytes: int) -> Source:
    """The source for a named file, in ``language``, or the language of its name; raises LanguageError without any."""
    found = _named_kind(path, language)
    if found is None:
        raise LanguageError("unknown language; set it with --language", display_path(path))
    return _source_of_file(path, found, max_bytes, named=True)


def _stdin_source(language: str | None, filename: str | None, max_bytes: int) -> Source:
    """The source for stdin, in ``language``, or the language of ``filename``, or one guessed from its text.

    A guess is also reported on stderr.

    Raises:
        LanguageError: the language is unknown.
        SourceError: the language had to be guessed, and the text cannot be read.
    """
    shown = filename or STDIN_NAME
    found = _named_kind(filename or "", language)
    if found is not None:
        # It can be read only once.
        return Source(shown, found, cache(partial(read_stdin, found, max_bytes)))
    from codeorigin.language_id import guess_language  # noqa: PLC0415 - loads NumPy and a model

    text = read_stdin("", max_bytes)
    guess = guess_language(text)
    if guess.language is None:
        raise LanguageError("unknown language; set it with --language or --stdin-filename", shown)
    to_stderr(
        f"{shown}: taken for {guess.language} by its text ({guess.confidence:.2f}); --language names another"
    )
    return Source(shown, guess.language, lambda: text)


def _named_kind(path: Path | str, language: str | None) -> str | None:
    """What a file is that the user named: a notebook by its name, or else in ``language``, or by its name."""
    kind = kind_for_path(path)
    if kind is not NOTEBOOK and language is not None:
        kind = get_kind(language)
    return None if kind is None else kind.id


def collect(
    names: Sequence[str], selection: Selection, *, stdin_filename: str | None = None
) -> tuple[list[Source], list[FileError]]:
    """The sources for ``names``, in order and without duplicates, and the errors for names without sources.

    The language of the ``selection`` is also that of stdin and of the files in ``names``, which are always included.
    """
    sources: dict[str, Source] = {}
    errors: list[FileError] = []
    for name in dict.fromkeys(names):  # stdin can be read only once
        try:
            found = _named_sources(name, selection, stdin_filename)
        except (LanguageError, SourceError, OSError) as error:
            shown = (stdin_filename or STDIN_NAME) if name == STDIN else display_path(name)
            reason = (
                error.strerror or str(error) if isinstance(error, OSError) else display_path(error.reason)
            )
            errors.append(FileError(shown, reason))
            continue
        for source in found:
            key = os.path.realpath(source.file or source.path)
            met = sources.get(key)
            # A named file counts as named, even if a folder that contains it comes first in the list.
            if met is None or (source.named and not met.named):
                sources[key] = source
    return list(sources.values()), errors


def _named_sources(name: str, selection: Selection, stdin_filename: str | None) -> list[Source]:
    if name == STDIN:
        return [_stdin_source(selection.language, stdin_filename, selection.max_bytes)]
    path = Path(name)
    if not path.exists():
        raise SourceError("no such file or folder")
    if not path.is_dir():
        return [file_source(path, selection.language, selection.max_bytes)]
    found = [
        _source_of_file(file, kind.id, selection.max_bytes, named=False)
        for file, kind in selection.in_folder(path)
    ]
    if not found:
        language = selection.language
        what = "source files of a supported language" if language is None else f"{language} files"
        raise SourceError(f"no {what} here (ignored and excluded files do not count)")
    return found
