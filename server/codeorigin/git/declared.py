"""Agents that commits name as author or in a trailer: a fact, shown beside the estimate.

Names and addresses of authors are read for this only, and only the agent's name is kept.
"""

import re
import tomllib
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from functools import cache
from importlib import resources

from codeorigin.git.objects import Objects
from codeorigin.git.process import Git

_MAX_COMMIT = 1_000_000
_LONGEST_LINE = 1_000
_NAME = re.compile(rb"(?:author|committer) (.*) -?\d+ [+-]\d+")


@dataclass(frozen=True, slots=True)
class Signature:
    """How one agent signs: patterns of a trailer, and of the author's ``name <address>``."""

    name: str
    trailers: tuple[re.Pattern[str], ...]
    authors: tuple[re.Pattern[str], ...]

    def fits_author(self, author: str) -> bool:
        """Whether ``name <address>`` is the agent's."""
        return any(pattern.search(author) for pattern in self.authors)

    def fits_trailers(self, trailers: Iterable[str]) -> bool:
        """Whether one of the lines names the agent."""
        return any(pattern.search(line) for line in trailers for pattern in self.trailers)


@dataclass(frozen=True, slots=True)
class Declared:
    """An agent that a commit names. ``how`` is ``author`` or ``trailer``."""

    commit: str
    agent: str
    how: str


@cache
def agent_signatures() -> tuple[Signature, ...]:
    """The known agents, from ``agent_signatures.toml`` beside this file."""
    text = resources.files("codeorigin.git").joinpath("agent_signatures.toml").read_text(encoding="utf-8")
    return tuple(
        Signature(entry["name"], _patterns(entry["trailers"]), _patterns(entry["authors"]))
        for entry in tomllib.loads(text)["agent"]
    )


def signing_lines(message: str) -> list[str]:
    """The lines of a message that may sign it: ``...-by:`` lines, and lines about what generated it."""
    lines = (line[:_LONGEST_LINE] for line in message.splitlines())
    return [line for line in lines if "-by:" in line.lower() or "generated with" in line.lower()]


def declared_agents(git: Git, commits: Iterable[str]) -> Iterator[Declared]:
    """The agents that ``commits`` (names) declare, in their order; a commit that is not there declares nothing.

    Raises:
        RepositoryError: git says no.
    """
    with Objects(git) as objects:
        for commit in commits:
            content = objects.read(commit, _MAX_COMMIT)
            if content is not None:
                yield from (Declared(commit, agent, how) for agent, how in _agents(content))


def _agents(content: bytes) -> Iterator[tuple[str, str]]:
    head, _, message = content.partition(b"\n\n")
    authors = [
        found[1].decode("utf-8", "replace")[:_LONGEST_LINE]
        for line in head.split(b"\n")
        if (found := _NAME.fullmatch(line))
    ]
    trailers = signing_lines(message.decode("utf-8", "replace"))
    for signature in agent_signatures():
        if any(signature.fits_author(author) for author in authors):
            yield signature.name, "author"
        elif signature.fits_trailers(trailers):
            yield signature.name, "trailer"


def _patterns(texts: Sequence[str]) -> tuple[re.Pattern[str], ...]:
    return tuple(re.compile(text, re.IGNORECASE) for text in texts)
