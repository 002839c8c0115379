"""Temporary folders for data taken from repositories."""

import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from codeorigin.errors import RepositoryError
from codeorigin.termination import undone_at_termination


@contextmanager
def temporary_folder() -> Iterator[Path]:
    """An empty folder that is deleted after the block, or when a signal ends the process."""
    folder = tempfile.TemporaryDirectory(prefix="codeorigin-", ignore_cleanup_errors=True)
    with folder as path, undone_at_termination(folder.cleanup):
        yield Path(path)


@contextmanager
def temporary_errors() -> Iterator[None]:
    """Turn errors in writing temporary files into a RepositoryError that says what to do."""
    try:
        yield
    except OSError as error:
        raise RepositoryError(
            f"no temporary file can be written: {error.strerror or error}; TMPDIR names another folder"
        ) from error
