"""A document as plain values, which one template renders as an HTML page and another as Markdown."""

import re
from collections.abc import Sequence
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import ClassVar

from jinja2 import Environment, FileSystemLoader, StrictUndefined
from markupsafe import Markup, escape

_INLINE = (
    (re.compile(r"`([^`]+)`"), r"<code>\1</code>"),
    (re.compile(r"\*\*([^*]+)\*\*"), r"<strong>\1</strong>"),
    (re.compile(r"(?<![\w*])\*([^*\s][^*]*)\*(?![\w*])"), r"<em>\1</em>"),
)


@dataclass(frozen=True, slots=True)
class Heading:
    """A heading of ``level``, from 1."""

    kind: ClassVar[str] = "heading"
    text: str
    level: int = 2


@dataclass(frozen=True, slots=True)
class Paragraph:
    """A paragraph; ``role`` is empty, ``note`` for an explanation or ``fine`` for "nothing is wrong".

    Texts of all blocks may hold code in backquotes, emphasis between single and strong text between double asterisks.
    """

    kind: ClassVar[str] = "paragraph"
    text: str
    role: str = ""


@dataclass(frozen=True, slots=True)
class Table:
    """A table whose first column names its rows."""

    kind: ClassVar[str] = "table"
    header: Sequence[str]
    rows: Sequence[Sequence[str]]


@dataclass(frozen=True, slots=True)
class Bullets:
    """A list; with a ``title``, one that must be read first."""

    kind: ClassVar[str] = "items"
    texts: Sequence[str]
    title: str = ""


@dataclass(frozen=True, slots=True)
class Picture:
    """An SVG element with its title, which may be empty. Markdown leaves it out."""

    kind: ClassVar[str] = "picture"
    title: str
    svg: str


@dataclass(frozen=True, slots=True)
class Details:
    """A table that HTML opens on a click on ``title``."""

    kind: ClassVar[str] = "details"
    title: str
    table: Table


Block = Heading | Paragraph | Table | Bullets | Picture | Details


def html(title: str, blocks: Sequence[Block]) -> str:
    """A whole page, without scripts or external resources; all texts are escaped."""
    return _environment().get_template("page.html.jinja").render(title=title, blocks=blocks)


def markdown(blocks: Sequence[Block]) -> str:
    """The blocks with an empty line between them, without a line end after the last."""
    return _environment().get_template("page.md.jinja").render(blocks=blocks).strip()


@cache
def _environment() -> Environment:
    environment = Environment(
        loader=FileSystemLoader(Path(__file__).with_name("templates")),
        # Markdown is text for us: what it holds is escaped where it is rendered.
        autoescape=lambda name: name is not None and name.endswith(".html.jinja"),
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
    )
    environment.filters["inline"] = _inline
    environment.filters["svg"] = Markup
    return environment


def _inline(text: str) -> Markup:
    found = str(escape(text))
    for pattern, replacement in _INLINE:
        found = pattern.sub(replacement, found)
    return Markup(found)
