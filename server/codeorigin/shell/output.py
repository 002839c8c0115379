"""Where the reports of a command go: each in its format to a file, written completely or not at all, one to stdout."""

import sys
from collections.abc import Callable, Iterator, Sequence
from contextlib import AbstractContextManager, ExitStack, contextmanager, nullcontext
from dataclasses import dataclass
from enum import StrEnum
from pathlib import Path
from typing import Generic, TextIO, TypeVar

from codeorigin.core.errors import CodeOriginError, SourceError
from codeorigin.text.regular_files import is_device_name, open_for_append, replacing_file, trusted_root

_Format = TypeVar("_Format", bound=StrEnum)


@dataclass(frozen=True, slots=True)
class ReportTarget(Generic[_Format]):
    """A format to write, and the file to write it to; None means stdout."""

    format: _Format
    path: Path | None = None


def parse_targets(
    given: Sequence[str], formats: type[_Format], default: _Format
) -> list[ReportTarget[_Format]]:
    """The targets in values of ``--format``, each ``NAME`` or ``NAME=FILE``; without any, ``default``.

    The one format without a file is written to stdout. Raises CodeOriginError if there is no such format, or it is not
    clear which report a file or stdout gets.
    """
    targets = []
    for value in given or [default.value]:
        name, has_path, path = value.partition("=")
        if name not in list(formats):
            raise CodeOriginError(
                f"--format {value}: unknown; it is NAME or NAME=FILE, with {', '.join(formats)}"
            )
        if has_path and not path:
            raise CodeOriginError(f"--format {value}: write the file after the =")
        targets.append(ReportTarget(formats(name), Path(path) if path else None))
    unplaced = [target.format.value for target in targets if target.path is None]
    if len(unplaced) > 1:
        raise CodeOriginError(
            f"--format {unplaced[0]} --format {unplaced[1]}: only one report can go without a file of its own; "
            f"write --format {unplaced[1]}=FILE"
        )
    files = [
        Path.cwd() / target.path for target in targets if target.path and not is_device_name(target.path)
    ]
    for file in files:
        if files.count(file) > 1:
            raise CodeOriginError(f"{file}: cannot hold two reports; name another file for one of them")
    return targets


class OpenReport(Generic[_Format]):
    """A report to write to ``stream``. Its file is replaced by :meth:`finish`, and stays as it was without that."""

    def __init__(self, target: ReportTarget[_Format], stack: ExitStack) -> None:
        self.format = target.format
        self._path = target.path
        self._file = stack.enter_context(ExitStack())
        with self.writing():
            self.stream = self._file.enter_context(_open(target.path))

    @contextmanager
    def writing(self) -> Iterator[None]:
        """Name the file in the error if what the block writes cannot be written; raises SourceError."""
        try:
            yield
        except OSError as error:
            if self._path is None:
                raise
            raise SourceError(
                f"cannot write the report here: {error.strerror or error}", self._path
            ) from error

    def finish(self, write: Callable[[], None]) -> None:
        """Write the rest of the report, and complete its file; raises SourceError."""
        with self.writing():
            write()
            self._file.close()


@contextmanager
def open_reports(targets: Sequence[ReportTarget[_Format]]) -> Iterator[list[OpenReport[_Format]]]:
    """Open all targets, stdout as the last: better to fail before a long check than after it. Raises SourceError."""
    with ExitStack() as stack:
        yield [
            OpenReport(target, stack) for target in sorted(targets, key=lambda target: target.path is None)
        ]


def _open(path: Path | None) -> AbstractContextManager[TextIO]:
    """The stream for a report. In the current folder, which may be a cloned repository, links are not followed."""
    if path is None:
        return nullcontext(sys.stdout)
    if is_device_name(path):
        return open_for_append(path)
    return replacing_file(Path.cwd() / path, root=trusted_root(path))
