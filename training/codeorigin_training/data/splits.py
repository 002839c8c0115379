"""Splits by project, because a model must never be measured on code of a project that it has seen."""

import hashlib
import re
from functools import lru_cache

TEST_SHARE = 0.15

_DISTRIBUTION = "debian/"
_PREFIX = re.compile(r"(?:librust|rust|python3?|node|ruby|php|golang-[^-]+)-|golang-|lib")


@lru_cache(maxsize=1 << 16)
def project_of(repo: str) -> str:
    """The project of a repository: the repository itself, or the project of a distribution's package.

    The project of ``debian/php-horde-date`` is ``debian/horde``: the first word of the name after the prefix for its
    language, or for Go packages the owner. Projects that share this word are merged, which is safe: no
    project counts twice. A hundred packages of one PHP framework, by the same authors and in the same style, must not
    outvote fifty others.
    """
    name = repo.lower()
    if not name.startswith(_DISTRIBUTION):
        return repo
    name = name.removeprefix(_DISTRIBUTION)
    words = _PREFIX.sub("", name, count=1) if _PREFIX.match(name) else name
    return _DISTRIBUTION + next((word for word in words.split("-") if word), name)


def unit_hash(repo: str, salt: str) -> float:
    """A number in [0, 1) that only depends on the repository's name, so that splits are stable when data is added."""
    digest = hashlib.sha256(f"{salt}\0{repo.lower()}".encode()).digest()
    return int.from_bytes(digest[:8], "big") / 2.0**64


def is_held_out(repo: str) -> bool:
    """Whether the repository's project belongs to the test split, which neither training nor calibration reads."""
    return unit_hash(project_of(repo), "test") < TEST_SHARE


def fold_of(repo: str, folds: int) -> int:
    """Cross-fitting fold of a repository's project, 0 to ``folds - 1``."""
    return int(unit_hash(project_of(repo), "fold") * folds)
