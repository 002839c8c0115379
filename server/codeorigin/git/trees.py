"""The files of a commit."""

import os
from collections.abc import Iterator

from codeorigin.errors import RepositoryError
from codeorigin.git.line_changes import MAX_CHANGES, records
from codeorigin.git.repository import Repository

_FILES = frozenset({b"100644", b"100755"})


def tree_files(repository: Repository, commit: str) -> Iterator[tuple[str, str]]:
    """Yield path and blob of every regular file of ``commit``, in git's order.

    Raises:
        RepositoryError: git fails, or there are too many files.
    """
    with repository.git.stream("ls-tree", "-r", "-z", "--full-tree", commit, ponders=False) as output:
        for number, entry in enumerate(records(output)):
            if number == MAX_CHANGES:
                raise RepositoryError(
                    f"{commit[:10]}: has more than {MAX_CHANGES:,} files, which are not read"
                )
            head, _, path = entry.partition(b"\t")
            mode, _, rest = head.partition(b" ")
            if mode in _FILES:
                yield os.fsdecode(path), rest.rpartition(b" ")[2].decode("ascii")
