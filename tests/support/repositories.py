"""Tiny git repositories for the tests."""

import os
import subprocess
from collections.abc import Mapping
from pathlib import Path

DECLARED = "Add\n\nCo-authored-by: Claude <noreply@anthropic.com>"
"""The message of a commit that names the agent that wrote it."""

_FUNCTION = """\
def {name}(values, limit):
    kept = []
    for value in values:
        if value < limit + {number}:
            kept.append(value)
    return kept
"""


def plain_functions(*names: str, number: int = 1) -> str:
    """Python functions of six lines each, which differ by name and ``number``."""
    return "\n\n".join(_FUNCTION.format(name=name, number=number) for name in names)


class Repository:
    """A git repository at ``folder`` whose commits have the given author, date and message."""

    def __init__(self, folder: Path, *options: str) -> None:
        self.folder = folder
        folder.mkdir(parents=True)
        self.git("init", "--quiet", "--initial-branch", "main", *options)

    @classmethod
    def at(cls, folder: Path) -> "Repository":
        """A repository, clone or folder of a repository that already exists."""
        made = cls.__new__(cls)
        made.folder = folder
        return made

    def commit(
        self,
        files: dict[str, str],
        *,
        date: str,
        message: str = "Work",
        author: str = "Ann <ann@example.org>",
    ) -> None:
        """Write ``files`` and commit them as of ``date`` (``YYYY-MM-DD``)."""
        for name, content in files.items():
            self.write(name, content)
        if files:
            self.git("--literal-pathspecs", "add", "--", *files)
        self.git("commit", "--quiet", "--no-gpg-sign", f"--author={author}", "-m", message, date=date)

    def configure(self, settings: Mapping[str, str]) -> None:
        """Write ``settings``, as ``section.key`` or ``section.part.key``, behind the repository's own."""
        with (self.folder / ".git" / "config").open("a") as stream:
            for name, value in settings.items():
                section, _, rest = name.partition(".")
                part, _, key = rest.rpartition(".")
                head = f'{section} "{part}"' if part else section
                stream.write(f'[{head}]\n\t{key} = "{value}"\n')

    def write(self, name: str, content: str | bytes) -> Path:
        """Write a file of the working tree."""
        path = self.folder / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(content.encode() if isinstance(content, str) else content)
        return path

    def git(self, *arguments: str, date: str = "2020-01-01", stdin: bytes | None = None) -> str:
        """Run git here as Ann, with no configuration but the repository's, and return its output."""
        environment = {name: value for name, value in os.environ.items() if not name.startswith("GIT_")} | {
            "GIT_CONFIG_GLOBAL": os.devnull,
            "GIT_CONFIG_NOSYSTEM": "1",
            "GIT_AUTHOR_DATE": f"{date}T12:00:00Z",
            "GIT_AUTHOR_NAME": "Ann",
            "GIT_AUTHOR_EMAIL": "ann@example.org",
            "GIT_COMMITTER_DATE": f"{date}T12:00:00Z",
            "GIT_COMMITTER_NAME": "Ann",
            "GIT_COMMITTER_EMAIL": "ann@example.org",
        }
        done = subprocess.run(
            ["git", "-C", str(self.folder), *arguments],
            check=True,
            env=environment,
            input=stdin,
            stdout=subprocess.PIPE,
        )
        return done.stdout.decode("utf-8", "surrogateescape").strip()


def checked_out(origin: Repository, folder: Path, *, depth: int = 0) -> Repository:
    """What GitHub's checkout leaves of a pull request from ``work`` to ``main``: its merge commit, and no branch.

    ``depth`` 0 fetches all branches and their history; 1, the checkout's default, only the merge commit.
    """
    origin.git("checkout", "--quiet", "--detach", "main")
    origin.git("merge", "--quiet", "--no-ff", "--no-gpg-sign", "-m", "Merge work into main", "work")
    origin.git("update-ref", "refs/pull/1/merge", "HEAD")
    made = Repository(folder)
    wanted = ["+refs/pull/1/merge:refs/remotes/pull/1/merge"]
    limits = [f"--depth={depth}"] if depth else []
    if not depth:
        wanted.append("+refs/heads/*:refs/remotes/origin/*")
    made.git("fetch", "--quiet", "--no-tags", *limits, origin.folder.as_uri(), *wanted)
    made.git("checkout", "--quiet", "--detach", "refs/remotes/pull/1/merge")
    return made
