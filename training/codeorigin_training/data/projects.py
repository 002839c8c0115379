"""Groups the packages of a distribution by project.

Shares are about a new project, and every project counts once. A distribution splits large ones: a hundred
packages of one PHP framework, by the same authors and in the same style, must not outvote fifty others.
"""

import re
from functools import lru_cache

_DISTRIBUTION = "debian/"
_PREFIX = re.compile(r"(?:librust|rust|python3?|node|ruby|php|golang-[^-]+)-|golang-|lib")


@lru_cache(maxsize=1 << 16)
def project_of(repo: str) -> str:
    """The project of a repository: the repository itself, or the project of a distribution's package.

    The project of ``debian/php-horde-date`` is ``debian/horde``: the first word of the name after the prefix for its
    language, or for Go packages the owner. Projects that share this word are merged, which is safe: no
    project counts twice.
    """
    name = repo.lower()
    if not name.startswith(_DISTRIBUTION):
        return repo
    name = name.removeprefix(_DISTRIBUTION)
    words = _PREFIX.sub("", name, count=1) if _PREFIX.match(name) else name
    return _DISTRIBUTION + next((word for word in words.split("-") if word), name)
