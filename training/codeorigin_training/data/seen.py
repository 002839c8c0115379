"""Which projects a model has seen, as its manifest lists them: none of their code may measure it."""

import hashlib
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any

from codeorigin_training.data.splits import project_of

_DIGITS = 8
"""Digits of a digest. With 3,000 projects, one in a million others is refused by chance, which is harmless."""


def _digest(repo: str) -> str:
    return hashlib.sha256(project_of(repo).lower().encode()).hexdigest()[:_DIGITS]


@dataclass(frozen=True, slots=True)
class SeenProjects:
    """The projects whose code a model was fitted or calibrated on, as digests of their names.

    Names are not kept, because a bundle should not list the repositories of others.
    """

    digests: frozenset[str]

    @classmethod
    def of(cls, repos: Iterable[str]) -> "SeenProjects":
        """The projects of ``repos``."""
        return cls(frozenset(_digest(repo) for repo in set(repos)))

    @classmethod
    def from_manifest(cls, manifest: Mapping[str, Any]) -> "SeenProjects":
        """What the manifest lists."""
        text = manifest["data"].get("seen", "")
        return cls(frozenset(text[at : at + _DIGITS] for at in range(0, len(text), _DIGITS)))

    def to_manifest(self) -> str:
        """The digests in one string, in order."""
        return "".join(sorted(self.digests))

    def __contains__(self, repo: str) -> bool:
        return _digest(repo) in self.digests
