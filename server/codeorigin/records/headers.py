"""Comments ``SPDX-AI-Disclosure`` at the top of files, which say how a file was made."""

import os
import re

from codeorigin.git.repository import Repository
from codeorigin.records.record import Record, RecordSource, Strength, WrittenBy

_MARK = "SPDX-AI-Disclosure:"
_MOST_LINES = 20
_LONGEST = 1_000
_DISCLOSED = {
    b"none": WrittenBy.PERSON,
    b"ai-assisted": WrittenBy.MIXED,
    b"ai-generated": WrittenBy.AGENT,
    b"autonomous": WrittenBy.AGENT,
}
# Before it stand only the marks of a comment, whatever the language's are; after it, the end of one.
_HEADER = re.compile(rb"[^\w\"'`]{0,40}(?:rem |dnl )?spdx-ai-disclosure:[ \t]*([\w-]+)\W*", re.IGNORECASE)
_SEARCH_SECONDS = 30.0
_MOST_FOUND = 4 * 2**20
_SEARCH = ("--no-textconv", "--no-color", "--no-column", "--no-recurse-submodules", "--full-name")
"""Options that a repository's configuration could set otherwise."""


def header_record(content: bytes) -> Record | None:
    """What a comment ``SPDX-AI-Disclosure`` at the top of a file says; None without one that is known."""
    for line in content[: _MOST_LINES * _LONGEST].split(b"\n", _MOST_LINES)[:_MOST_LINES]:
        if (record := _of_line(line)) is not None:
            return record
    return None


def headers_of(repository: Repository, commit: str) -> dict[str, Record]:
    """What the headers of a commit's files say, by path.

    Raises:
        RepositoryError: git fails, or it takes too long to search all files.
    """
    arguments = ("-z", "-n", "-I", "-i", "-F", "-e", _MARK, commit, "--")
    answer = repository.git.run(
        "grep",
        *_SEARCH,
        *arguments,
        answers=(0, 1),
        max_output=_MOST_FOUND,
        seconds=_SEARCH_SECONDS,
    )
    # "COMMIT:PATH", the line's number and the line, NUL between them. The header of a path with a line end is not read.
    found: dict[str, Record] = {}
    start = os.fsencode(f"{commit}:")
    for row in answer.split(b"\n"):
        path, _, rest = row.partition(b"\0")
        number, _, line = rest.partition(b"\0")
        if path.startswith(start) and number.isdigit() and len(number) < 3 and int(number) <= _MOST_LINES:
            record = _of_line(line)
            if record is not None:
                found.setdefault(os.fsdecode(path[len(start) :]), record)
    return found


def _of_line(line: bytes) -> Record | None:
    found = _HEADER.fullmatch(line[:_LONGEST])
    by = None if found is None else _DISCLOSED.get(found[1].lower())
    return None if by is None else Record(RecordSource.HEADER, by, Strength.FILE)
