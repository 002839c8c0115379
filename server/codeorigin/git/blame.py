"""Which commit last changed each line of a file, by ``git blame --incremental``."""

import os
import re
from collections.abc import Iterable, Iterator
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass

from codeorigin.core.errors import RepositoryError
from codeorigin.git.process import Git

_HEADER = re.compile(rb"([0-9a-f]{40}|[0-9a-f]{64}) (\d+) (\d+) (\d+)")
_PATH = b"filename "


@dataclass(frozen=True, slots=True)
class LineOrigin:
    """The commit that last changed a line, and the path and the number (1-based) that the line has there."""

    commit: str
    path: str
    line: int


def line_origins(git: Git, commit: str, path: str) -> list[LineOrigin]:
    """The origin of each line of ``path`` (relative to the top), as of ``commit``.

    Lines that were moved within the file have the commit that wrote them. Only ``\\n`` ends a line. A commit at the
    boundary of a shallow history is named like any other.

    Raises:
        RepositoryError: there is no such file, or git fails.
    """
    # Never use a list of commits to skip: the repository must not choose them, and git fails if its configuration names
    # a file that does not exist. Only the option turns this off; an empty configuration value does not.
    # Lines moved from other files (-C) take two to three times as long, those of the file itself (-M) a quarter more.
    options = ("-M", "--incremental", "--no-ignore-revs-file", "--no-textconv", "--no-progress")
    answer = git.run("blame", *options, commit, "--", path)
    origins: dict[int, LineOrigin] = {}
    name, there, first, count = "", 0, 0, 0
    for line in answer.split(b"\n"):
        # A header begins an entry and the path ends it; all lines between them begin with another word.
        if (header := _HEADER.fullmatch(line)) is not None:
            name, there, first, count = (
                header[1].decode("ascii"),
                int(header[2]),
                int(header[3]),
                int(header[4]),
            )
        elif line.startswith(_PATH):
            original = _unquoted(line.removeprefix(_PATH))
            for number in range(count):
                origins[first + number] = LineOrigin(name, original, there + number)
    return [origins[number] for number in sorted(origins)]


def origins_of_files(
    git: Git, files: Iterable[tuple[str, str]], jobs: int
) -> Iterator[list[LineOrigin] | None]:
    """Yield the origins of the lines of each of ``files`` (commit and path), in order; None where git fails.

    ``jobs`` blames run side by side, while the caller works on earlier ones.

    Raises:
        Cancelled: git was cancelled.
    """

    def origins(file: tuple[str, str]) -> list[LineOrigin] | None:
        try:
            return line_origins(git, *file)
        except RepositoryError:
            return None

    with ThreadPoolExecutor(jobs) as pool:
        yield from pool.map(origins, files)


def _unquoted(path: bytes) -> str:
    if path[:1] == b'"':
        # Bytes above 127 stand as they are, so that Latin-1 keeps them.
        path = path[1:-1].decode("unicode_escape").encode("latin-1")
    return os.fsdecode(path)
