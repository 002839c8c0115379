"""Projects reserved for checking the shipped model: their code must never be used for training.

The list holds the first 20 hex digits of the SHA-256 of lower-case project names, so that it discloses no names.
"""

import hashlib
import re
from collections.abc import Iterator, Sequence
from pathlib import Path

from codeorigin_training.data.rows import CorpusError, Row

RESERVED = "reserved.txt"
LOCKBOX = Path(__file__).with_name("lockbox.txt")
"""People's projects with agents, drawn before the choices of 0.8: its model is measured on them, and never saw them."""

_DIGITS = 20
_DIGEST = re.compile(rf"[0-9a-f]{{{_DIGITS}}}")
_PREFIX = re.compile(r"(librust|rust|python3?|node|ruby|php|golang)-|lib")
_SUFFIX = re.compile(r"-(dev|java|perl|ruby|php|js)$|-?v?\d+(\.\d+)*$")
_OWNED = re.compile(r"golang-[^-]+-[^-]+-(.+)")


def read_reserved(path: Path) -> frozenset[str]:
    """The digests in ``path``, one per line.

    Raises:
        CorpusError: the file cannot be read, or contains a line that is not such a digest.
    """
    try:
        lines = path.read_text(encoding="ascii").split()
    except (OSError, UnicodeDecodeError) as error:
        raise CorpusError(f"{path}: cannot be read ({error}); it must hold a digest a line") from error
    for line in lines:
        if not _DIGEST.fullmatch(line):
            raise CorpusError(f"{path}: {line!r} is not {_DIGITS} lower-case hex digits")
    return frozenset(lines)


def digest(project: str) -> str:
    """The entry in the list for a project's name."""
    return hashlib.sha256(project.lower().encode()).hexdigest()[:_DIGITS]


def is_reserved(repo: str, reserved: frozenset[str]) -> bool:
    """Whether ``repo`` (``owner/name``, ``debian/librust-name-dev``, ``pypi:name``) is a project in the list.

    Prefixes and suffixes of distributions are removed one at a time, and every form is looked up, since excluding one
    project too many does no harm.
    """
    return any(digest(name) in reserved for name in _names(repo))


def without_reserved(rows: Sequence[Row], reserved: frozenset[str]) -> list[Row]:
    """``rows`` without those of reserved projects."""
    found = (
        {repo for repo in {row.repo for row in rows} if is_reserved(repo, reserved)} if reserved else set()
    )
    return [row for row in rows if row.repo not in found]


def _names(repo: str) -> Iterator[str]:
    whole = re.split(r"[/:]", repo.lower().removesuffix(".git"))[-1]
    waiting, seen = [whole], set[str]()
    while waiting:
        name = waiting.pop()
        if not name or name in seen:
            continue
        seen.add(name)
        yield name
        waiting += [_PREFIX.sub("", name, count=1) if _PREFIX.match(name) else name, _SUFFIX.sub("", name)]
        if owned := _OWNED.fullmatch(name):
            waiting.append(owned.group(1))
