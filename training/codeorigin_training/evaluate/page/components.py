"""Components of a plain page: sections, tables and marks, each a macro in ``templates``.

Text is escaped by the templates; these functions return HTML, which is not escaped again.
"""

from collections.abc import Sequence
from functools import cache
from pathlib import Path
from typing import Any

from jinja2 import Environment, FileSystemLoader, StrictUndefined
from markupsafe import Markup


@cache
def _environment() -> Environment:
    return Environment(
        loader=FileSystemLoader(Path(__file__).with_name("templates")),
        autoescape=True,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
    )


def _piece(name: str, *arguments: object) -> Markup:
    macros: Any = _environment().get_template("parts.html.jinja").module
    return Markup(getattr(macros, name)(*arguments))


def page(title: str, *parts: str) -> str:
    """A whole page, without scripts or external resources."""
    return _environment().get_template("page.html.jinja").render(title=title, parts=parts)


def section(title: str, *parts: str) -> Markup:
    """A heading and the content below it."""
    return _piece("section", title, parts)


def heading(text: str, level: int = 3) -> Markup:
    """A heading of ``level``."""
    return _piece("element", f"h{level}", text)


def paragraph(text: str) -> Markup:
    """A paragraph."""
    return _piece("element", "p", text)


def note(text: str) -> Markup:
    """A paragraph of explanation."""
    return _piece("note", text)


def table(header: Sequence[str], rows: Sequence[Sequence[str]]) -> Markup:
    """A table of cells."""
    return _piece("table", header, rows)


def flag(good: bool, yes: str, no: str) -> Markup:
    """``yes`` in the colour for good, or ``no`` in the colour for bad."""
    return _piece("flag", "good" if good else "bad", yes if good else no)


def plots(*pictures: str) -> Markup:
    """SVG pictures next to each other."""
    return _piece("plots", [Markup(picture) for picture in pictures])


def figure(title: str, picture: str) -> Markup:
    """An SVG picture with its title, for :func:`plots`."""
    return _piece("figure", title, Markup(picture))


def bullets(texts: Sequence[str]) -> Markup:
    """A list."""
    return _piece("bullets", texts)


def details(summary: str, part: str) -> Markup:
    """Content that opens on a click on ``summary``."""
    return _piece("details", summary, part)


def fine(text: str) -> Markup:
    """A message that nothing is wrong."""
    return _piece("fine", text)


def problem_list(title: str, texts: Sequence[str]) -> Markup:
    """A list of problems that must be read first."""
    return _piece("problems", title, texts)
