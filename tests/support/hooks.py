"""Programs that git and pre-commit run in a throwaway repository."""

import subprocess

from support.repositories import Repository


def command(
    repository: Repository, environment: dict[str, str], *words: str
) -> subprocess.CompletedProcess[str]:
    """Run a program in the working tree, and capture its output."""
    return subprocess.run(
        words, cwd=repository.folder, env=environment, capture_output=True, text=True, check=False
    )
