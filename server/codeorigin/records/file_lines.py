"""What is recorded about each line of files as they are in a commit, on disk or in an editor."""

import codecs
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from itertools import islice
from pathlib import Path

from codeorigin.core.errors import RepositoryError
from codeorigin.git.blame import origins_of_files
from codeorigin.git.repository import Repository
from codeorigin.git.scratch_objects import ScratchObjects
from codeorigin.records.reader import RecordReader, RecordsState
from codeorigin.records.record import Record, stronger

_AT_ONCE = 50
"""Files whose lines are followed ahead of what is done with them."""


@dataclass(frozen=True, slots=True)
class RecordedText:
    """The strongest record about each line of a text; None without any.

    Only ``\\n`` ends a line. ``problems`` has one line for each record that was skipped.
    """

    lines: tuple[Record | None, ...]
    problems: tuple[str, ...]


def text_records(
    path: Path, text: str, repository: Repository, state: RecordsState | None = None
) -> RecordedText:
    """The records about the lines of ``text``, which is the file at ``path``, saved or not.

    Lines are matched by their text in UTF-8, in which git keeps nearly all files. ``state`` is that of ``repository``,
    if it is known.

    Raises:
        Cancelled: the repository's token was cancelled, which kills git at once.
        RepositoryError: nothing is committed yet, the file is not in the working tree, or git fails.
    """
    state = state or RecordsState.of(repository)
    name = repository.inside(path)
    if state.head is None or name is None:
        raise RepositoryError("is not in a commit yet, so that no record is about it", path)
    with RecordReader(repository, state.head, state) as reader:
        (lines,) = file_records(repository, reader, [(name, text.encode("utf-8", "surrogatepass"))])
        if lines is None:
            raise RepositoryError("git cannot follow its lines through the history", path)
        return RecordedText(lines, tuple(reader.problems))


def file_records(
    repository: Repository, reader: RecordReader, files: Iterable[tuple[str, bytes]], jobs: int = 1
) -> Iterator[tuple[Record | None, ...] | None]:
    """Yield the strongest record about each line of ``files``, in order; None where git cannot follow the lines.

    Each is its path, relative to the top, and its content. About lines that the commit of ``reader`` does not have,
    only the file itself says anything. ``jobs`` git commands run side by side.

    Raises:
        Cancelled: the repository's token was cancelled.
        RepositoryError: git cannot be started, or no temporary file can be written.
    """
    left = iter(files)
    with ScratchObjects(repository) as scratch:
        while some := list(islice(left, _AT_ONCE)):
            blobs = repository.all_named(*(f"{reader.head}:{path}" for path, _ in some))
            changed = {}
            for (path, content), blob in zip(some, blobs, strict=True):
                if blob is not None and scratch.name(content) != blob:
                    written = _as_committed(content, reader.content(blob))
                    if scratch.name(written) != blob:
                        changed[path] = scratch.write(written)
            tree = [("100644", blob, path) for path, blob in changed.items()]
            top = scratch.commit(scratch.write_tree(tree), reader.head) if changed else reader.head
            followed = [path for (path, _), blob in zip(some, blobs, strict=True) if blob is not None]
            found = origins_of_files(
                scratch.git, ((top if path in changed else reader.head, path) for path in followed), jobs
            )
            for (_, content), blob in zip(some, blobs, strict=True):
                header = reader.header(content)
                if blob is None:
                    yield (header,) * (content.count(b"\n") + (content[-1:] not in {b"", b"\n"}))
                elif (origins := next(found)) is None:
                    yield None
                else:
                    yield tuple(stronger(reader.of_line(origin), header) for origin in origins)


def _as_committed(content: bytes, committed: bytes | None) -> bytes:
    """``content`` with the line ends and the byte order mark of ``committed``, of which editors keep their own."""
    if committed is None:
        return content
    if b"\r\n" not in committed:
        content = content.replace(b"\r\n", b"\n")
    return codecs.BOM_UTF8 + content if committed.startswith(codecs.BOM_UTF8) else content
