"""Agents that commits name as author, in a trailer or footer, or by a link to a task.

Author names and addresses are read only for this, and only the agent's name is kept.
"""

import re
import tomllib
from collections.abc import Iterable
from dataclasses import dataclass
from functools import cache
from importlib import resources

from codeorigin.declared.records import Record, RecordSource, Strength, WrittenBy
from codeorigin.git.objects import Objects

MAX_COMMIT = 1_000_000
_LONGEST_LINE = 1_000
_MOST_LINES = 10_000
_NAME = re.compile(rb"(?:author|committer) (.*) -?\d+ [+-]\d+")
_TOOL = re.compile(
    r"\W*(?:(generated(?: with|-by:)|made[ -]with:?|ai-assisted-by:)|(?:assisted|co-authored|co-developed)-by:)"
    r"\s*[\[*_`]*(.*)",
    re.IGNORECASE,
)
_HELP = re.compile(r"\W*(?:ai-)?assisted-by:", re.IGNORECASE)
_MODEL = re.compile(
    r"\b(?:claude[ -](?:opus|sonnet|haiku|fable|\d)[\w .-]*\d|(?:gpt|glm)-\d[\w.-]*|gemini[ -]\d[\w.-]*)",
    re.IGNORECASE,
)
_BEHIND_NAME = r"(?=$|[]:,.;)(/*_`]|\s+(?:[(\[/&+|]|via\b|with\b|using\b|and\b|v?\d))"


@dataclass(frozen=True, slots=True)
class Signature:
    """How one agent signs: patterns for a trailer and for the author's ``name <address>``.

    ``names`` and ``first_names`` match a name without an address; people can have the latter as first names. ``links``
    match a line that leads to a task or session of the agent; ``branches`` are how names of its branches begin.
    """

    name: str
    trailers: tuple[re.Pattern[str], ...]
    authors: tuple[re.Pattern[str], ...]
    names: tuple[re.Pattern[str], ...] = ()
    first_names: tuple[re.Pattern[str], ...] = ()
    links: tuple[re.Pattern[str], ...] = ()
    branches: tuple[str, ...] = ()

    def fits_helper(self, helper: "Helper") -> bool:
        """Whether it is the agent's name. A first name that may be a person's needs a model (``Claude:opus-4``)."""
        if any(pattern.match(helper.name) for pattern in self.names):
            return True
        found = (pattern.match(helper.name) for pattern in self.first_names)
        return any(
            found_word is not None
            and (not helper.may_be_person or re.match(r":\S", helper.name[found_word.end() :]) is not None)
            for found_word in found
        )


@dataclass(frozen=True, slots=True)
class Helper:
    """A helper named in a line of a message, without an address.

    ``may_be_person`` is False if the wording of the line implies a program, ``wrote`` if it tells only of help.
    """

    name: str
    may_be_person: bool
    wrote: bool


@cache
def agent_signatures() -> tuple[Signature, ...]:
    """The known agents, from ``agent_signatures.toml`` next to this file."""
    text = (
        resources.files("codeorigin.declared").joinpath("agent_signatures.toml").read_text(encoding="utf-8")
    )
    return tuple(
        Signature(
            entry["name"],
            _patterns(entry["trailers"]),
            _patterns(entry["authors"]),
            _patterns(f"(?:{name}){_BEHIND_NAME}" for name in entry.get("names", ())),
            _patterns(f"(?:{name}){_BEHIND_NAME}" for name in entry.get("first_names", ())),
            _patterns(entry.get("links", ())),
            tuple(entry.get("branches", ())),
        )
        for entry in tomllib.loads(text)["agent"]
    )


def helpers(lines: Iterable[str]) -> list[Helper]:
    """The helpers that ``Assisted-by:``, ``Generated with`` and similar lines name without an address."""
    found = (_TOOL.match(line.strip()) for line in lines)
    return [
        Helper(match[2], match[1] is None, _HELP.match(match[0]) is None)
        for match in found
        if match is not None and not (match[1] is None and re.search("[<@]", match[2]))
    ]


def names_agent(objects: Objects, commit: str) -> bool:
    """Whether a commit names an agent; one that is not there names none.

    Raises:
        RepositoryError: the commit cannot be read.
    """
    content = objects.read(commit, MAX_COMMIT)
    return content is not None and bool(message_records(content))


def message_records(content: bytes) -> tuple[Record, ...]:
    """The agents that a commit (the content of its object) names as author, in a line of its message or by a link."""
    head, _, message = content.partition(b"\n\n")
    authors = [
        found[1].decode("utf-8", "replace")[:_LONGEST_LINE]
        for line in head.split(b"\n")
        if (found := _NAME.fullmatch(line))
    ]
    lines = [line[:_LONGEST_LINE] for line in message.decode("utf-8", "replace").splitlines()[:_MOST_LINES]]
    trailers = [line for line in lines if "-by:" in line.lower() or "generated with" in line.lower()]
    named = helpers(lines)
    found_records = (_record(signature, authors, trailers, named, lines) for signature in agent_signatures())
    return tuple(record for record in found_records if record is not None)


def _record(
    signature: Signature,
    authors: Iterable[str],
    trailers: Iterable[str],
    named: Iterable[Helper],
    lines: Iterable[str],
) -> Record | None:
    if any(_fits(signature.authors, author) for author in authors):
        return Record(RecordSource.AUTHOR, WrittenBy.AGENT, Strength.COMMIT, signature.name)
    fitting = [line for line in trailers if _fits(signature.trailers, line)]
    wrote = [line for line in fitting if not _HELP.match(line)]
    helped = [helper for helper in named if signature.fits_helper(helper)]
    if fitting or helped:
        models = map(model_name, [*wrote, *fitting, *(helper.name for helper in helped)])
        strength = Strength.COMMIT if wrote or any(helper.wrote for helper in helped) else Strength.MENTION
        model = next(filter(None, models), None)
        return Record(RecordSource.TRAILER, WrittenBy.AGENT, strength, signature.name, model)
    if any(_fits(signature.links, line) for line in lines):
        return Record(RecordSource.LINK, WrittenBy.AGENT, Strength.MENTION, signature.name)
    return None


def model_name(line: str) -> str | None:
    """The model that a trailer or a helper's name tells, as vendors write it: ``claude-opus-4-6``, ``gpt-5.5``."""
    found = _MODEL.search(line)
    if found is None:
        return None
    name = re.sub(r"[\s_]+", "-", found[0].strip().lower())
    return name.replace(".", "-") if name.startswith("claude") else name


def _fits(patterns: Iterable[re.Pattern[str]], text: str) -> bool:
    return any(pattern.search(text) for pattern in patterns)


def _patterns(texts: Iterable[str]) -> tuple[re.Pattern[str], ...]:
    return tuple(re.compile(text, re.IGNORECASE) for text in texts)
