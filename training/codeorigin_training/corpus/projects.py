"""Which packages of a distribution are parts of one project.

Promises are about a new project, and every project counts once. A distribution splits large ones: a hundred packages of
one PHP framework, by the same hands and in the same style, must not outvote fifty others.
"""

import re
from functools import lru_cache

_DISTRIBUTION = "debian/"
_PREFIX = re.compile(r"(?:librust|rust|python3?|node|ruby|php|golang-[^-]+)-|golang-|lib")


@lru_cache(maxsize=1 << 16)
def project_of(repo: str) -> str:
    """The project of a repository: itself, or what a distribution's package is a part of.

    That of ``debian/php-horde-date`` is ``debian/horde``: the first word of the name behind what says its language, of
    Go packages their owner. Words that several projects share make one of them: fewer units than there are never
    promise too much.
    """
    name = repo.lower()
    if not name.startswith(_DISTRIBUTION):
        return repo
    name = name.removeprefix(_DISTRIBUTION)
    words = _PREFIX.sub("", name, count=1) if _PREFIX.match(name) else name
    return _DISTRIBUTION + next((word for word in words.split("-") if word), name)
