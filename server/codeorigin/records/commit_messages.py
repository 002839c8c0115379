"""Agents that commits name as author, in a trailer or in a footer.

Author names and addresses are read only for this, and only the agent's name is kept.
"""

import re
import tomllib
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from functools import cache
from importlib import resources

from codeorigin.records.record import Record, RecordSource, Strength, WrittenBy

MAX_COMMIT = 1_000_000
_LONGEST_LINE = 1_000
_MOST_LINES = 100
"""Lines at each end of a message. Git writes no limit; ten thousand trailers would cost a second a commit."""
_NAME = re.compile(rb"(?:author|committer) (.*) -?\d+ [+-]\d+")
_TRAILER = re.compile(r"([A-Za-z0-9][A-Za-z0-9-]*)[ \t]*:(?!//)[ \t]*(.*)")
_BY_GIT = re.compile(r"signed-off-by:|\(cherry picked from commit ", re.IGNORECASE)
_FOOTER = re.compile(
    r"[^\w>\"'`#]*(generated|made|written|built|created) (?:with|by)\b:?[\s\[*_`]*(.*)", re.IGNORECASE
)
_SEPARATOR = re.compile(r"[-=_* ]{3,}")
_ASSISTED = frozenset({"assisted-by", "ai-assisted-by"})
_AUTHORED = frozenset({"co-authored-by", "co-developed-by", "authored-by"})
_BY_PROGRAM = frozenset(
    [
        "ai-agent",
        "ai-assisted-by",
        "ai-generated-by",
        "coding-agent",
        "generated-by",
        "generated-with",
        "made-with",
        "written-by-ai",
    ]
)
"""Keys whose value is a program, so that a first name in it is no person's."""
_MODEL = re.compile(
    r"\b(?:claude[ -](?:opus|sonnet|haiku|fable|\d)[\w .-]{0,40}\d"
    r"|(?:gpt|glm|kimi|deepseek|grok|gemini)[ -][a-z]?\d[\w.-]{0,40}|qwen-?\d[\w.-]{0,40})",
    re.IGNORECASE,
)
_BEHIND_NAME = r"(?=$|[]:,.;)(/*_`]|\s+(?:[(\[/&+|<]|via\b|with\b|using\b|and\b|v?\d))"


@dataclass(frozen=True, slots=True)
class Signature:
    """How one agent signs: patterns for a trailer's value and for the author's ``name <address>``.

    ``names`` and ``first_names`` match a name without an address; people can have the latter as first names.
    """

    name: str
    trailers: tuple[re.Pattern[str], ...]
    authors: tuple[re.Pattern[str], ...]
    names: tuple[re.Pattern[str], ...] = ()
    first_names: tuple[re.Pattern[str], ...] = ()


@dataclass(frozen=True, slots=True)
class Declaration:
    """A trailer of authorship or a footer. ``by_program`` says that the wording implies a program."""

    value: str
    by_program: bool
    wrote: bool
    """False if it tells only of help."""

    def fits(self, signature: Signature) -> bool:
        """Whether it names the agent. A first name that may be a person's needs a model (``Claude:opus-4``)."""
        if _fits(signature.trailers, self.value):
            return True
        if re.search("[<@]", self.value):
            return False
        if any(pattern.match(self.value) for pattern in signature.names):
            return True
        found = (pattern.match(self.value) for pattern in signature.first_names)
        return any(
            word is not None and (self.by_program or re.match(r":\S", self.value[word.end() :]) is not None)
            for word in found
        )


@cache
def agent_signatures() -> tuple[Signature, ...]:
    """The known agents, from ``agent_signatures.toml`` next to this file."""
    text = resources.files("codeorigin.records").joinpath("agent_signatures.toml").read_text(encoding="utf-8")
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


def declarations(message: str) -> list[Declaration]:
    """What the end of a message declares: its trailers of authorship, and footers such as ``Generated with``.

    Trailers are what ``git interpret-trailers`` takes for them: the last paragraph, if it has nothing else, or if git
    wrote one of its lines and a quarter are trailers. Paragraphs above it that have nothing but trailers and footers
    count as well, since agents put an empty line between the two. Subjects, quotations and prose declare nothing.
    """
    found: list[Declaration] = []
    for number, paragraph in enumerate(reversed(_paragraphs(message)[1:])):
        lines = [_declaration(line) for line in paragraph]
        is_signed = all(line is not None for line in lines)
        share = sum(_TRAILER.fullmatch(line) is not None for line in paragraph) / len(paragraph)
        if not is_signed and not (number == 0 and share >= 0.25 and any(map(_BY_GIT.match, paragraph))):
            break
        found += [line for line in lines if isinstance(line, Declaration)]
    return found


def _paragraphs(message: str) -> list[list[str]]:
    """The paragraphs of both ends of a message, in order, with folded lines in one."""
    lines = [line[:_LONGEST_LINE] for line in message.splitlines()]
    if len(lines) > 2 * _MOST_LINES:
        lines = [*lines[:_MOST_LINES], *lines[-_MOST_LINES:]]
    found: list[list[str]] = [[]]
    for line in lines:
        if not line.strip():
            found.append([])
        elif line[0] in " \t" and found[-1]:
            found[-1][-1] = f"{found[-1][-1]} {line.strip()}"[:_LONGEST_LINE]
        else:
            found[-1].append(line.rstrip())
    return [paragraph for paragraph in found if paragraph]


def _declaration(line: str) -> Declaration | bool | None:
    """What a line declares; True for another trailer or a separator, and None for prose."""
    footer = _FOOTER.match(line)
    if footer is not None:
        return Declaration(footer[2], by_program=True, wrote=True)
    trailer = _TRAILER.fullmatch(line)
    if trailer is None:
        return True if _SEPARATOR.fullmatch(line) or _BY_GIT.match(line) else None
    key, value = trailer[1].lower(), re.sub(r"^[\[*_`]+", "", trailer[2])
    if key in _ASSISTED or key in _AUTHORED or key in _BY_PROGRAM:
        return Declaration(value, key in _BY_PROGRAM, key not in _ASSISTED)
    return True


def message_records(content: bytes) -> tuple[Record, ...]:
    """The agents that a commit (the content of its object) names as author, or in a trailer or footer."""
    head, _, message = content.partition(b"\n\n")
    authors = [
        found[1].decode("utf-8", "replace")[:_LONGEST_LINE]
        for line in head.split(b"\n")[: 2 * _MOST_LINES]
        if (found := _NAME.fullmatch(line))
    ]
    declared = declarations(message.decode("utf-8", "replace"))
    return tuple(_records(authors, declared))


def _records(authors: Iterable[str], declared: Iterable[Declaration]) -> Iterator[Record]:
    for signature in agent_signatures():
        if any(_fits(signature.authors, author) for author in authors):
            yield Record(RecordSource.AUTHOR, WrittenBy.AGENT, Strength.COMMIT, signature.name)
            continue
        fitting = sorted((line for line in declared if line.fits(signature)), key=lambda line: not line.wrote)
        if fitting:
            strength = Strength.COMMIT if fitting[0].wrote else Strength.MENTION
            model = next(filter(None, (model_name(line.value) for line in fitting)), None)
            yield Record(RecordSource.TRAILER, WrittenBy.AGENT, strength, signature.name, model)


def model_name(text: str) -> str | None:
    """The model that a trailer's value tells, as vendors write it: ``claude-opus-4-6``, ``gpt-5.5``."""
    found = _MODEL.search(text)
    if found is None:
        return None
    name = re.sub(r"[\s_]+", "-", found[0].strip().lower())
    return name.replace(".", "-") if name.startswith("claude") else name


def _fits(patterns: Iterable[re.Pattern[str]], text: str) -> bool:
    return any(pattern.search(text) for pattern in patterns)


def _patterns(texts: Iterable[str]) -> tuple[re.Pattern[str], ...]:
    return tuple(re.compile(text, re.IGNORECASE) for text in texts)
