"""Tiny git repositories for the tests."""

import os
import subprocess
from pathlib import Path


class Repository:
    """A git repository at ``folder`` whose commits have the given author, date and message."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        folder.mkdir(parents=True)
        self._git("init", "--quiet", "--initial-branch", "main")

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
            path = self.folder / name
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_text(content, encoding="utf-8", newline="")
            self._git("add", "--", name)
        self._git("commit", "--quiet", "--no-gpg-sign", f"--author={author}", "-m", message, date=date)

    def _git(self, *arguments: str, date: str = "2020-01-01") -> None:
        environment = os.environ | {
            "GIT_CONFIG_GLOBAL": os.devnull,
            "GIT_CONFIG_NOSYSTEM": "1",
            "GIT_AUTHOR_DATE": f"{date}T12:00:00Z",
            "GIT_COMMITTER_DATE": f"{date}T12:00:00Z",
            "GIT_COMMITTER_NAME": "Ann",
            "GIT_COMMITTER_EMAIL": "ann@example.org",
        }
        subprocess.run(["git", "-C", str(self.folder), *arguments], check=True, env=environment)
