"""Texts of the kinds that users have: parts of functions, heads of files, and generated ones in no language."""

import difflib
import json
import random
import re
import tomllib
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from enum import StrEnum
from pathlib import Path

from codeorigin.model.folder import sha256_of


class TextPart(StrEnum):
    """The part of a function or file that a text shows."""

    FIRST_TWO = "first 2 lines"
    MIDDLE_TWO = "2 lines, anywhere"
    FIVE = "5 lines"
    TEN = "10 lines"
    LONG = "functions, 10 lines or more"
    WHOLE = "whole functions"


@dataclass(frozen=True, slots=True)
class Example:
    """One text and its label; ``unit`` is the repository or package that it comes from."""

    text: str
    label: str
    unit: str
    view: TextPart


def part(text: str, view: TextPart, random_: random.Random) -> str | None:
    """The part of ``text`` named by ``view``, at a random position if it can vary; None if there is too little text."""
    lines = text.split("\n")
    wanted = {TextPart.FIRST_TWO: 2, TextPart.MIDDLE_TWO: 2, TextPart.FIVE: 5, TextPart.TEN: 10}.get(view)
    if wanted is None:
        return text if view is TextPart.WHOLE or len(lines) >= 10 else None
    if len(lines) < wanted:
        return None
    spare = len(lines) - wanted
    first = 0 if view is TextPart.FIRST_TWO else random_.randint(0, spare)
    chosen = "\n".join(lines[first : first + wanted])
    return chosen if sum(not character.isspace() for character in chosen) >= 12 else None


def templates(name: str) -> dict[str, list[str]]:
    """The templates in the file ``name`` next to this one."""
    with (Path(__file__).parent / name).open("rb") as file:
        return tomllib.load(file)


HEADS = templates("heads.toml")


def template_digests() -> dict[str, str]:
    """The SHA-256 of every file of templates by its name; what is generated depends on their contents."""
    return {path.name: sha256_of(path) for path in sorted(Path(__file__).parent.glob("*.toml"))}


def head(language: str, word: Callable[[], str], random_: random.Random) -> str:
    """The beginning of a file of ``language`` with words from ``word``."""
    return fill(random_.choice(HEADS[language]), word, random_)


def fill(template: str, word: Callable[[], str], random_: random.Random) -> str:
    """``template`` with its placeholders, which heads.toml explains, replaced by random words and numbers."""

    def made(match: re.Match[str]) -> str:
        kind = match.group(1)
        if kind in "nd":
            return str(random_.randint(0, 59 if kind == "d" else 99999))
        text = word()
        return text.upper() if kind == "U" else text[:1].upper() + text[1:] if kind == "W" else text

    return re.sub("§([wWUnd])", made, template)


_LINES = templates("none_lines.toml")
_LINES_OF_SIDE = {"train": (0, 1), "calibration": (2,), "test": (3,)}
"""Which of every four lines of a kind each side uses, so that no line is both learned and asked about."""

_PROSE = """
    the a of to and in is that it for on with as this be are was by not from or have an at which you can
    if will has we when more use all one no may any other than so but only there how should new file
    code function value about because please after before first then each does time work need used using
    would also into some what where list hello thanks meeting tomorrow team think issue report question
    answer weekend project idea release people good
"""
_WORDS = _PROSE.split()


def _prose(random_: random.Random, word: Callable[[], str]) -> str:
    sentences = []
    for _ in range(random_.randint(2, 14)):
        words = [
            word() if random_.random() < 0.25 else random_.choice(_WORDS)
            for _ in range(random_.randint(4, 18))
        ]
        words[0] = words[0].capitalize()
        if random_.random() < 0.3:
            words[random_.randrange(len(words))] += ","
        sentences.append(" ".join(words) + random_.choice("....?!:"))
    text = sentences[0]
    for sentence in sentences[1:]:
        text += random_.choice((" ", " ", "\n", "\n\n")) + sentence
    return text


def _json(random_: random.Random, word: Callable[[], str], depth: int = 0) -> object:
    if depth > 2 or random_.random() < 0.35:
        return random_.choice(
            (word(), f"{word()} {word()}", random_.randint(0, 9999), random_.random(), True, False, None)
        )
    if random_.random() < 0.4:
        return [_json(random_, word, depth + 1) for _ in range(random_.randint(0, 5))]
    return {word(): _json(random_, word, depth + 1) for _ in range(random_.randint(1, 6))}


def _json_text(random_: random.Random, word: Callable[[], str]) -> str:
    value = {word(): _json(random_, word) for _ in range(random_.randint(1, 8))}
    return json.dumps(value, indent=random_.choice((None, 2, 4, "\t")))


def _diff(random_: random.Random, code: str) -> str:
    old = code.split("\n")
    new = [line for line in old if random_.random() > 0.15]
    for _ in range(random_.randint(1, 3)):
        new.insert(random_.randint(0, len(new)), random_.choice(old))
    lines = list(difflib.unified_diff(old, new, "a/file", "b/file", lineterm=""))
    return "\n".join(lines) if lines else "--- a/file\n+++ b/file"


def lines_for(side: str, lines: Sequence[str]) -> list[str]:
    """The lines of one kind that ``side`` uses."""
    return [line for place, line in enumerate(lines) if place % 4 in _LINES_OF_SIDE[side]]


def none_texts(
    count: int, word: Callable[[], str], codes: Sequence[str], random_: random.Random, side: str
) -> list[tuple[str, str]]:
    """``count`` texts of each kind for ``side``, as (kind, text), with names from ``word`` and diffs of ``codes``."""
    lines_of = {kind: lines_for(side, lines) for kind, lines in _LINES.items()}
    made = []
    for _ in range(count):
        for kind, lines in lines_of.items():
            chosen = [random_.choice(lines) for _ in range(random_.randint(2, 25))]
            text = fill("\n".join(chosen), word, random_)
            made.append((kind, text))
        made.append(("prose", _prose(random_, word)))
        made.append(("json", _json_text(random_, word)))
        made.append(("diff", _diff(random_, random_.choice(codes))))
    return made
