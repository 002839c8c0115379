"""What many commits changed, each against its first parent, by one ``git diff-tree --stdin``."""

import secrets
from collections.abc import Callable, Iterator, Sequence

from codeorigin.errors import RepositoryError
from codeorigin.git.line_changes import DIFF_OPTIONS, ChangedFile, read_changes
from codeorigin.git.process import Git


def commit_changes(
    git: Git, commits: Sequence[str], wanted: Callable[[str], bool]
) -> Iterator[tuple[str, list[ChangedFile]]]:
    """Every commit with its changed files, as :func:`codeorigin.git.line_changes.changed_files` gives them.

    Args:
        git: the repository to read.
        commits: full names, none of them a merge. A commit without a parent is compared with nothing.
        wanted: whether to include a file, by its path in the repository.

    Yields:
        In the order of ``commits``; those that change nothing at all too.

    Raises:
        RepositoryError: git says no, or answers in another form.
    """
    # Paths and contents cannot be trusted, so commits are separated by a random mark that they cannot contain.
    mark = secrets.token_hex(16)
    start = mark.encode("ascii")
    names = "".join(f"{commit}\n" for commit in commits).encode("ascii")
    waiting = iter(commits)
    arguments = ("--stdin", "--root", "--encoding=UTF-8", f"--format=tformat:{mark}%H", *DIFF_OPTIONS)
    with git.stream("diff-tree", *arguments, stdin=names) as output:
        line = output.readline()
        while line:
            name = line.removeprefix(start).strip(b"\0\n").decode("ascii", "replace")
            files, line = read_changes(output, wanted, start)
            # Commits without a difference are missing from the output.
            for commit in waiting:
                if commit == name:
                    break
                yield commit, []
            else:
                raise RepositoryError(f"{git.folder}: git diff-tree answers in an unknown form")
            yield name, files
    yield from ((commit, []) for commit in waiting)
