"""The notes of one reference: which blob is the note on which commit."""

import re

from codeorigin.errors import RepositoryError
from codeorigin.git.line_changes import records
from codeorigin.git.process import Git

MOST_NOTES = 500_000
_COMMIT = re.compile(rb"[0-9a-f]{40}|[0-9a-f]{64}")


def named(git: Git, name: str) -> str | None:
    """The object that ``name`` stands for, such as ``refs/notes/ai^{tree}``; None if there is none."""
    found = git.run("rev-parse", "--verify", "--quiet", name, answers=(0, 1, 128))
    return found.decode("ascii", "replace").strip() or None


def notes(git: Git, tree: str) -> dict[str, str]:
    """The blob of each commit's note in ``tree``. git spreads many notes over folders, by the digits of the commits.

    Raises:
        RepositoryError: there are too many entries, or git fails.
    """
    found: dict[str, str] = {}
    with git.stream("ls-tree", "-r", "-z", "--full-tree", tree, ponders=False) as output:
        for number, entry in enumerate(records(output)):
            if number == MOST_NOTES:
                raise RepositoryError(f"more than {MOST_NOTES:,} notes")
            head, _, path = entry.partition(b"\t")
            mode, kind, blob = head.split(b" ")
            commit = path.replace(b"/", b"")
            if kind == b"blob" and mode.startswith(b"100") and _COMMIT.fullmatch(commit):
                found[commit.decode("ascii")] = blob.decode("ascii")
    return found
