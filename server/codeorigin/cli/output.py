"""Write the result of a command to stdout, or atomically to a file."""

import sys
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, ExitStack, contextmanager
from pathlib import Path
from typing import TextIO, TypeVar

from codeorigin.errors import SourceError
from codeorigin.text.regular_files import is_device_name, open_for_append, replacing_file, trusted_root

_Result = TypeVar("_Result")


def write_output(
    path: Path | None, make: Callable[[], _Result], write: Callable[[_Result, TextIO], None]
) -> _Result:
    """Make the result, write it to ``path`` or, if that is None, to stdout, and return it.

    Raises:
        SourceError: ``path`` cannot be written; usually raised before the result is made.
    """
    if path is None:
        result = make()
        write(result, sys.stdout)
        return result
    with ExitStack() as stack:
        # Open it first: better to fail before a long check than after it.
        with _writing(path):
            stream = stack.enter_context(_open_output(path))
        result = make()
        with _writing(path):
            write(result, stream)
            stack.close()
    return result


def _open_output(path: Path) -> AbstractContextManager[TextIO]:
    """Open the stream for the report. A file is replaced only at the end, so that a failed check keeps the old one.

    In the current folder, which may be a cloned repository, links are not followed.
    """
    if is_device_name(path):
        return open_for_append(path)
    return replacing_file(Path.cwd() / path, root=trusted_root(path))


@contextmanager
def _writing(path: Path) -> Iterator[None]:
    try:
        yield
    except OSError as error:
        raise SourceError(f"{path}: cannot write the report here: {error.strerror}") from error
