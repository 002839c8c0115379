"""What is recorded about each line of files as they are on disk or in an editor, committed or not."""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

from codeorigin.core.cancellation import CancelToken
from codeorigin.core.errors import RepositoryError
from codeorigin.git.blame import LineOrigin, line_origins, origins_of_files
from codeorigin.git.objects import LARGEST, Objects
from codeorigin.git.repository import Repository
from codeorigin.git.scratch_objects import ScratchObjects
from codeorigin.records.reader import RecordReader, RecordsState
from codeorigin.records.record import Record

_NOBODY = "- <-> 0 +0000"


@dataclass(frozen=True, slots=True)
class RecordedText:
    """The strongest record about each line of a file; None without any, and for lines that are not committed.

    Only ``\\n`` ends a line. ``problems`` has one line for each record that was skipped.
    """

    lines: tuple[Record | None, ...]
    problems: tuple[str, ...]


def file_records(
    path: Path, content: bytes, repository: Repository, state: RecordsState | None = None
) -> RecordedText:
    """The records about the lines of ``content``, which is the file at ``path``, saved or not.

    ``state`` is that of ``repository``, if it is known.

    Raises:
        Cancelled: the repository's token was cancelled, which kills git at once.
        RepositoryError: nothing is committed yet, the file is not in the working tree, or git fails.
    """
    state = state or RecordsState.of(repository)
    head, name = state.head, repository.inside(path)
    if head is None or name is None:
        raise RepositoryError("is not in a commit yet, so that no record is about it", path)
    (blob,) = repository.all_named(f"{head}:{name}")
    with ScratchObjects(repository) as scratch:
        top = head
        if blob is None or not _is_blob(scratch, content, blob):
            top = _commit_on(scratch, head, [(name, _as_committed(scratch, blob, content))])
        origins = line_origins(scratch.git, top, name)
    with RecordReader(repository, head, state) as records:
        found = tuple(_each(origins, records, repository.git.cancel))
        return RecordedText(found, tuple(records.problems))


def records_of_files(
    repository: Repository,
    head: str,
    files: Iterable[tuple[str, bytes | None]],
    records: RecordReader,
    jobs: int,
) -> Iterator[tuple[Record | None, ...] | None]:
    """Yield the strongest record about each line of ``files``, in order; None for a file that cannot be read.

    Each is its path, relative to the top, and its content, or None for that of ``head``. Nothing is recorded about a
    file that is not in ``head``. ``jobs`` git commands run side by side.

    Raises:
        Cancelled: the repository's token was cancelled.
        RepositoryError: the files of ``head`` cannot be listed.
    """
    with ScratchObjects(repository) as scratch:
        plan: list[
            tuple[str, bool | None]
        ] = []  # path, and whether it has changed; None if it is not in head
        changed: list[tuple[str, bytes]] = []
        tracked: dict[str, str] | None = None
        for path, content in files:
            is_changed: bool | None = False
            if content is not None:
                tracked = dict(repository.files(head)) if tracked is None else tracked
                is_changed = not _is_blob(scratch, content, tracked[path]) if path in tracked else None
                if is_changed:
                    changed.append((path, _as_committed(scratch, tracked[path], content)))
            plan.append((path, is_changed))
        top = _commit_on(scratch, head, changed) if changed else head
        wanted = [(top if is_changed else head, path) for path, is_changed in plan if is_changed is not None]
        found = origins_of_files(scratch.git, wanted, jobs)
        for _, is_changed in plan:
            origins = [] if is_changed is None else next(found)
            yield None if origins is None else tuple(_each(origins, records, repository.git.cancel))


def _each(
    origins: Iterable[LineOrigin], records: RecordReader, cancel: CancelToken
) -> Iterator[Record | None]:
    for origin in origins:
        # Reading the records of one commit may take a second.
        cancel.raise_if_cancelled()
        yield records.of_line(origin)


def _is_blob(scratch: ScratchObjects, content: bytes, blob: str) -> bool:
    """Whether ``content`` is that of ``blob``, or would be with the line ends that git keeps."""
    return scratch.name(content) == blob or (
        b"\r\n" in content and scratch.name(content.replace(b"\r\n", b"\n")) == blob
    )


def _as_committed(scratch: ScratchObjects, blob: str | None, content: bytes) -> bytes:
    """``content`` with the line ends of ``blob``: to git, a checkout with others has changed in every line."""
    if blob is None or b"\r\n" not in content:
        return content
    with Objects(scratch.git) as objects:
        committed = objects.read(blob, LARGEST)
    return content.replace(b"\r\n", b"\n") if committed is not None and b"\r\n" not in committed else content


def _commit_on(scratch: ScratchObjects, head: str, files: Sequence[tuple[str, bytes]]) -> str:
    """Write a commit on top of ``head`` with ``files`` alone: git then tells which of their lines changed since."""
    tree = scratch.write_tree([("100644", scratch.write(content), path) for path, content in files])
    commit = f"tree {tree}\nparent {head}\nauthor {_NOBODY}\ncommitter {_NOBODY}\n\n-\n"
    return scratch.write(commit.encode("ascii"), "commit")
