"""Temporary folders for data taken from repositories."""

import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from codeorigin.termination import undone_at_termination


@contextmanager
def temporary_folder() -> Iterator[Path]:
    """An empty folder that is deleted after the block, or when a signal ends the process."""
    folder = tempfile.TemporaryDirectory(prefix="codeorigin-", ignore_cleanup_errors=True)
    with folder as path, undone_at_termination(folder.cleanup):
        yield Path(path)
