"""Texts of the kinds that users have: two lines, five, ten, or whole functions, with or without a file head above."""

import random
import re
import tomllib
from collections.abc import Callable
from dataclasses import dataclass
from enum import StrEnum
from pathlib import Path


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
