"""Agents that commits name as author or in a trailer, shown next to the estimate as a fact.

Author names and addresses are read only for this, and only the agent's name is kept.
"""

import re
import tomllib
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from functools import cache
from importlib import resources

from codeorigin.git.objects import Objects
from codeorigin.git.process import Git

_MAX_COMMIT = 1_000_000
_LONGEST_LINE = 1_000
_NAME = re.compile(rb"(?:author|committer) (.*) -?\d+ [+-]\d+")
_TOOL = re.compile(
    r"\W*(?:(generated(?: with|-by:)|made[ -]with:?|ai-assisted-by:)|(?:assisted|co-authored|co-developed)-by:)"
    r"\s*[\[*_`]*(.*)",
    re.IGNORECASE,
)
_BEHIND_NAME = r"(?=$|[]:,.;)(/*_`]|\s+(?:[(\[/&+|]|via\b|with\b|using\b|and\b|v?\d))"


@dataclass(frozen=True, slots=True)
class Signature:
    """How one agent signs: patterns for a trailer and for the author's ``name <address>``.

    ``names`` and ``first_names`` match a name without an address; people can have the latter as first names.
    """

    name: str
    trailers: tuple[re.Pattern[str], ...]
    authors: tuple[re.Pattern[str], ...]
    names: tuple[re.Pattern[str], ...] = ()
    first_names: tuple[re.Pattern[str], ...] = ()

    def fits_author(self, author: str) -> bool:
        """Whether ``name <address>`` belongs to the agent."""
        return any(pattern.search(author) for pattern in self.authors)

    def fits_trailers(self, trailers: Iterable[str]) -> bool:
        """Whether one of the lines names the agent."""
        return any(pattern.search(line) for line in trailers for pattern in self.trailers)

    def fits_helper(self, helper: "Helper") -> bool:
        """Whether it is the agent's name. A first name that may be a person's needs a model (``Claude:opus-4``)."""
        if any(pattern.match(helper.name) for pattern in self.names):
            return True
        found = (pattern.match(helper.name) for pattern in self.first_names)
        return any(
            each is not None
            and (not helper.may_be_person or re.match(r":\S", helper.name[each.end() :]) is not None)
            for each in found
        )


@dataclass(frozen=True, slots=True)
class Helper:
    """A helper named in a line of a message, without an address.

    ``may_be_person`` is False if the wording of the line implies a program.
    """

    name: str
    may_be_person: bool


@dataclass(frozen=True, slots=True)
class Declared:
    """An agent named by a commit. ``how`` is ``author`` or ``trailer``."""

    commit: str
    agent: str
    how: str


@cache
def agent_signatures() -> tuple[Signature, ...]:
    """The known agents, from ``agent_signatures.toml`` next to this file."""
    text = resources.files("codeorigin.git").joinpath("agent_signatures.toml").read_text(encoding="utf-8")
    return tuple(
        Signature(
            entry["name"],
            _patterns(entry["trailers"]),
            _patterns(entry["authors"]),
            _patterns(f"(?:{name}){_BEHIND_NAME}" for name in entry.get("names", ())),
            _patterns(f"(?:{name}){_BEHIND_NAME}" for name in entry.get("first_names", ())),
        )
        for entry in tomllib.loads(text)["agent"]
    )


def signing_lines(message: str) -> list[str]:
    """The lines of a message that may name its author: ``...-by:`` and ``generated with`` lines."""
    lines = (line[:_LONGEST_LINE] for line in message.splitlines())
    return [line for line in lines if "-by:" in line.lower() or "generated with" in line.lower()]


def helpers(message: str) -> list[Helper]:
    """The helpers that ``Assisted-by:``, ``Generated with`` and similar lines of a message name without an address."""
    found = (_TOOL.match(line[:_LONGEST_LINE].strip()) for line in message.splitlines())
    return [
        Helper(match[2], match[1] is None)
        for match in found
        if match is not None and not (match[1] is None and re.search("[<@]", match[2]))
    ]


def declared_agents(git: Git, commits: Iterable[str]) -> Iterator[Declared]:
    """Yield the agents that ``commits`` (names) declare, in order; a commit that is not there declares none.

    Raises:
        RepositoryError: git fails.
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
    text = message.decode("utf-8", "replace")
    trailers, named = signing_lines(text), helpers(text)
    for signature in agent_signatures():
        if any(signature.fits_author(author) for author in authors):
            yield signature.name, "author"
        elif signature.fits_trailers(trailers) or any(map(signature.fits_helper, named)):
            yield signature.name, "trailer"


def _patterns(texts: Iterable[str]) -> tuple[re.Pattern[str], ...]:
    return tuple(re.compile(text, re.IGNORECASE) for text in texts)
