"""Reads a git repository's history: its commits and their signatures, and the commit of every line of a file."""

import subprocess
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from codeorigin.git.declared import signing_lines
from codeorigin_training.corpus.rows import CorpusError

_FORMAT = "%H%x1f%cs%x1f%as%x1f%an <%ae>%x1f%B%x1e"


@dataclass(frozen=True, slots=True)
class SignedCommit:
    """One commit. ``date`` is the later of the author's and the committer's, ``YYYY-MM-DD``."""

    id: str
    date: str
    author: str
    message: str

    @property
    def trailers(self) -> list[str]:
        """The lines of the message that may be signatures: ``Key: value`` lines, and lines about what generated it."""
        return signing_lines(self.message)


def git(repository: Path, *arguments: str) -> bytes:
    """The output of a read-only git command.

    Raises:
        CorpusError: git is not installed, or fails; the message contains the last line of its errors.
    """
    # A repository's configuration could name programs for git to start (file monitors, pagers, text converters).
    safe = ["-c", "core.fsmonitor=false", "-c", "core.hooksPath=", "--no-pager"]
    try:
        done = subprocess.run(
            ["git", "-C", str(repository), *safe, *arguments], capture_output=True, check=False
        )
    except OSError as error:
        raise CorpusError(
            f"git cannot be started ({error.strerror}); install it to read repositories"
        ) from error
    if done.returncode:
        reason = done.stderr.decode("utf-8", "replace").strip().splitlines() or ["no reason given"]
        raise CorpusError(f"{repository}: git {arguments[0]} failed: {reason[-1]}")
    return done.stdout


def commits(repository: Path) -> dict[str, SignedCommit]:
    """Every commit reachable from HEAD, by id.

    Raises:
        CorpusError: this is not a repository with a commit, or git is not installed.
    """
    text = git(repository, "log", "--no-show-signature", f"--format={_FORMAT}", "HEAD").decode(
        "utf-8", "replace"
    )
    found: dict[str, SignedCommit] = {}
    for record in text.split("\x1e"):
        parts = record.strip("\n").split("\x1f")
        if len(parts) == 5:
            found[parts[0]] = SignedCommit(parts[0], max(parts[1], parts[2]), parts[3], parts[4])
    return found


def files(repository: Path) -> Iterator[str]:
    """Paths of the files in HEAD."""
    for name in git(repository, "ls-tree", "-r", "-z", "--name-only", "--full-tree", "HEAD").split(b"\0"):
        if name:
            yield name.decode("utf-8", "surrogateescape")


def content(repository: Path, path: str) -> bytes:
    """The bytes of a file in HEAD."""
    return git(repository, "show", "--no-textconv", f"HEAD:{path}")


def line_commits(repository: Path, path: str) -> list[str]:
    """The id of the commit that last changed each line of a file in HEAD, ignoring whitespace changes."""
    output = git(repository, "blame", "--porcelain", "--no-textconv", "-w", "HEAD", "--", path)
    ids: list[str] = []
    current = ""
    for line in output.split(b"\n"):
        if line.startswith(b"\t"):
            ids.append(current)
        else:
            head = line.split(b" ", 1)[0]
            if len(head) in {40, 64} and line.count(b" ") >= 2:
                current = head.decode("ascii", "replace")
    return ids
