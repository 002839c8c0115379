"""What is recorded about each line of a file as it is on disk or in an editor, committed or not."""

from dataclasses import dataclass
from pathlib import Path

from codeorigin.cancellation import NEVER, CancelToken
from codeorigin.declared.reader import RecordReader
from codeorigin.declared.records import Record
from codeorigin.errors import RepositoryError
from codeorigin.git.blame import line_origins
from codeorigin.git.repository import Repository
from codeorigin.git.scratch_objects import ScratchObjects

_NOBODY = "- <-> 0 +0000"


@dataclass(frozen=True, slots=True)
class RecordedText:
    """The strongest record about each line of a file; None without any, and for lines that are not committed.

    Only ``\\n`` ends a line. ``problems`` has one line for each record that was skipped.
    """

    lines: tuple[Record | None, ...]
    problems: tuple[str, ...]


def file_records(path: Path, content: bytes, cancel: CancelToken = NEVER) -> RecordedText:
    """The records about the lines of ``content``, which is the file at ``path``, saved or not.

    Raises:
        Cancelled: ``cancel`` was cancelled, which kills git at once.
        RepositoryError: the file is not in a repository, or git fails.
    """
    repository = Repository.of(path.parent, cancel)
    head = repository.head()
    name = repository.inside(path)
    if head is None or name is None:
        raise RepositoryError("is not in a commit yet, so that no record is about it", path)
    with ScratchObjects(repository) as scratch:
        # On top of HEAD, git tells by itself which lines have changed since.
        tree = scratch.write_tree([("100644", scratch.write(content), name)])
        commit = f"tree {tree}\nparent {head}\nauthor {_NOBODY}\ncommitter {_NOBODY}\n\n-\n"
        top = scratch.write(commit.encode("ascii"), "commit")
        origins = line_origins(scratch.git, top, name)
    with RecordReader(repository, head) as records:
        found = tuple(records.of_line(each) for each in origins)
        return RecordedText(found, tuple(records.problems))
