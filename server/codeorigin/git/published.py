"""Where a repository is published, as far as the address that it was cloned from tells."""

import os
import re
from collections.abc import Mapping
from dataclasses import dataclass
from types import MappingProxyType
from urllib.parse import quote

_HOSTS = MappingProxyType({"github.com": "github", "gitlab.com": "gitlab", "codeberg.org": "gitea"})
# Any other host is known by the first part of its name, as gitlab.gnome.org is.
_KINDS: Mapping[str, tuple[str, str]] = MappingProxyType(
    {
        "github": ("/commit/{commit}", "/blob/{commit}/{path}#L{first}-L{last}"),
        "gitlab": ("/-/commit/{commit}", "/-/blob/{commit}/{path}#L{first}-{last}"),
        "gitea": ("/commit/{commit}", "/src/commit/{commit}/{path}#L{first}-L{last}"),
        "forgejo": ("/commit/{commit}", "/src/commit/{commit}/{path}#L{first}-L{last}"),
    }
)
# What stands before an @ may be a password, and is never shown.
_ADDRESS = re.compile(
    r"(?:https?://(?:[^@/\s]*@)?(?P<web>[a-z0-9.-]+(?::[0-9]+)?)/"
    r"|ssh://(?:[\w.-]+@)?(?P<ssh>[a-z0-9.-]+)(?::[0-9]+)?/"
    r"|(?:[\w.-]+@)?(?P<scp>[a-z0-9.-]+):)"
    r"/?(?P<name>[\w.~-]+(?:/[\w.~-]+)+)/?",
    re.ASCII,
)
_LONGEST = 500


@dataclass(frozen=True, slots=True)
class Published:
    """A repository on a host whose pages are known. ``name`` is that of the repository there: ``owner/project``."""

    name: str
    _address: str
    _kind: str

    @classmethod
    def at(cls, remote: str) -> "Published | None":
        """The repository behind the address of a remote, in any form that git reads.

        None unless it is certain where a link would lead, always over https: a repository may come with an address
        that somebody made up.
        """
        found = _ADDRESS.fullmatch(remote) if len(remote) <= _LONGEST else None
        if found is None:
            return None
        host = found["web"] or found["ssh"] or found["scp"]
        kind = _HOSTS.get(host) or (host.partition(".")[0] if "." in host else "")
        if host.startswith(tuple(f"{known}." for known in _HOSTS)):
            return None
        name = found["name"].removesuffix(".git")
        if kind not in _KINDS or {".", ".."} & set(name.split("/")):
            return None
        return cls(name, f"https://{host}/{name}", kind)

    def commit(self, commit: str) -> str:
        """The address of a commit's page."""
        return self._address + _KINDS[self._kind][0].format(commit=commit)

    def lines(self, commit: str, path: str, first: int, last: int) -> str:
        """The address of the lines from ``first`` to ``last`` of a file at ``commit``; ``path`` is as git writes it."""
        shown = quote(os.fsencode(path))
        return self._address + _KINDS[self._kind][1].format(commit=commit, path=shown, first=first, last=last)
